/**
 * Small notebooks, each hard in one way, cut where it hurts: each converts and proves equal, or is refused with the
 * right sentence. The notebook runs in a real IPython, the package by its own runner.
 *
 * `HARD_CASES=aliasing` runs the cases whose id or title holds that word; `HARD_CASES_REPORT=<file>` writes what came of each.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeOutcome, type Outcome, proveCases } from './hard-cases/prove-cases';
import { type HardCase, readCases } from './hard-cases/read-cases';
import { RESOURCES, type TestStudio, testStudio } from './test-environment';

const FOLDER = join(RESOURCES, '..', 'shared', 'pipeline', 'hard-cases');
const wanted = process.env.HARD_CASES ?? '';
const all = await readCases(FOLDER);
const cases = all.filter(({ id, title }) => `${id} ${title}`.includes(wanted));
let outcomes: ReadonlyMap<string, Outcome>;

beforeAll(async () => {
  const studio: TestStudio = await testStudio();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-hard-cases-'));
  try {
    outcomes = await proveCases(cases, studio.python, folder);
    const { HARD_CASES_REPORT: report } = process.env;
    if (report) await writeFile(report, JSON.stringify(cases.map(reportOf), null, 1));
  } finally {
    if (!process.env.HARD_CASES) await rm(folder, { recursive: true, force: true });
    await studio.dispose();
  }
}, 900_000);

test('there are enough of them', () => {
  expect(all.length).toBeGreaterThanOrEqual(120);
});

describe.each([...new Set(cases.map(({ theme }) => theme))])('%s', (theme) => {
  test.each(cases.filter((each) => each.theme === theme))('$title', ({ id, refusal, hint }) => {
    const outcome = describeOutcome(outcomes.get(id));
    const part = refusal ?? hint;
    const kind = refusal === null ? 'said' : 'refused';
    const expected = part === null ? 'equal' : expect.stringMatching(sentenceWith(kind, part));
    expect({ outcome }).toEqual({ outcome: expected });
  });
});

const sentenceWith = (kind: string, part: string): RegExp =>
  new RegExp(`^${kind}: .*${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 's');

const reportOf = ({ id, title, refusal, hint }: HardCase) => ({
  id,
  title,
  refusal,
  hint,
  outcome: describeOutcome(outcomes.get(id)),
});
