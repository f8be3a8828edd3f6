import { expect, it } from 'vitest';
import { EstimateId } from '../../../../shared/base/ids';
import type { RevisionRecord } from '../../../../shared/deploy';
import { readRecords, recordTags } from './tags';

const record = (number: number, parameters: Readonly<Record<string, string>>): RevisionRecord => ({
  number,
  createdAt: 1_795_260_379_432 + number,
  packageName: 'churn',
  packageDigest: 'd'.repeat(64),
  environment: null,
  image: `registry.azurecr.io/slipway-churn/churn:${number}`,
  settings: null,
  parameters,
  schedule: null,
  estimate: { id: EstimateId('e'), perRun: null, perMonth: null },
});

it('keeps the records of five revisions in tags that Azure takes, and reads them back', () => {
  const records = [1, 2, 3, 4, 5].map((number) => record(number, { rows: '10', name: 'größer' }));
  const tags = recordTags(records);
  expect(readRecords({ team: 'them', ...tags })).toEqual(records);
  expect(Object.values(tags).every((value) => value.length <= 256)).toBe(true);
  expect(Object.keys(tags).length).toBeLessThan(8);
});

it('reads nothing where a tag is lost, and says when there is too much for tags', () => {
  const noise = (at: number) =>
    Array.from({ length: 400 }, (_, each) => Math.sin(at * each)).join();
  const long = [1, 2, 3].map((number) => record(number, { noise: noise(number) }));
  const { 'dev.slipway.records.0': _, ...rest } = recordTags([record(1, { a: 'b' })]);
  expect([readRecords(rest), readRecords({}), readRecords(undefined)]).toEqual([[], [], []]);
  expect(() => recordTags(long)).toThrow(/too long for the tags of Azure\. Name fewer/);
});
