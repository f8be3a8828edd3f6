import { describe, expect, it } from 'vitest';
import { CellId } from '../base/ids';
import { analyseCells } from './analyse';
import { type CellRecording, cellRecordingSchema } from './recording';
import { settle } from './settle';

const factsOf = (...sources: string[]) =>
  analyseCells(
    sources.map((source, index) => ({
      id: CellId(`c${index}`),
      type: 'code' as const,
      source,
      tags: [],
    })),
  );

const recorded = (cell: number, seen: object): CellRecording =>
  cellRecordingSchema.parse({
    cellId: `c${cell}`,
    key: '',
    wallMs: 1,
    cpuMs: 1,
    peakMemoryBytes: null,
    recorderMs: 0,
    ...seen,
  });

describe('what was seen settles what was suspected', () => {
  const facts = factsOf(
    'rows = [1]\nother = [2]\ndef change(x):\n    x.go()',
    'change(rows)\nchange(other)',
  );
  const possibly = facts[1]?.mutated.map(({ name, certainty }) => [name, certainty]);

  it('says of each possible change whether it was seen', () => {
    expect(possibly).toEqual([
      ['rows', 'possibly'],
      ['other', 'possibly'],
    ]);
    const reads = [
      { name: 'change', line: 1 },
      { name: 'rows', line: 1 },
      { name: 'other', line: 1 },
    ];
    const { facts: settled, problems } = settle(facts, [recorded(1, { reads, mutates: ['rows'] })]);
    expect(settled[1]?.mutated.map(({ name, seen }) => [name, seen])).toEqual([
      ['rows', 'yes'],
      ['other', 'no'],
    ]);
    expect(settled[1]?.read.every(({ seen }) => seen === 'yes')).toBe(true);
    expect(problems).toEqual([]);
    expect(settled[0]).toBe(facts[0]);
  });

  it('leaves open what the recorder could not look into, and reads it could not follow', () => {
    const { facts: settled } = settle(facts, [
      recorded(1, { unsure: [{ name: 'rows', reason: 'too big' }], namesGaveUp: 'too many calls' }),
    ]);
    expect(settled[1]?.mutated.map(({ name, seen }) => [name, seen])).toEqual([
      ['rows', null],
      ['other', 'no'],
    ]);
    expect(settled[1]?.read.map(({ seen }) => seen)).toEqual([null, null, null]);
  });

  it('adds what only the run saw, loudly', () => {
    const { facts: settled, problems } = settle(factsOf('a = [1]', 'x = 1'), [
      recorded(1, {
        reads: [{ name: 'a', line: 1 }],
        writes: [{ name: 'x', line: 1 }],
        mutates: ['a'],
      }),
    ]);
    expect(settled[1]?.read).toEqual([{ name: 'a', line: 1, seen: 'yes' }]);
    expect(settled[1]?.mutated).toEqual([
      { name: 'a', line: 1, how: 'changed while the cell ran', certainty: 'surely', seen: 'yes' },
    ]);
    expect(problems.map(({ severity, message }) => [severity, message.split(' when ')[0]])).toEqual(
      [
        ['warning', 'Cell 2 was seen to read a'],
        ['warning', 'Cell 2 was seen to change a'],
      ],
    );
  });
});
