import { describe, expect, it } from 'vitest';
import { CellId, StepId } from '../base/ids';
import {
  analyseCells,
  type CellSource,
  cellRecordingSchema,
  NO_CHOICES,
  type Recording,
  suggestPipeline,
} from '../pipeline';
import { type FileEdit, withCauses } from './causes';
import { cellsWithParameters } from './notebook-parameters';
import type { Comparison } from './package-run';
import { firstVariation } from './variation';

const cells: CellSource[] = [
  '# One',
  'import numpy as np\nrows = [1]\nnoise = np.random.rand(3)',
  '# Two',
  'rows.append(2)\ntotal = sum(rows)',
].map((source, index) => ({
  id: CellId(`c${index}`),
  type: source.startsWith('# ') ? 'markdown' : 'code',
  source,
  tags: [],
}));
const facts = analyseCells(cells);
const pipeline = suggestPipeline(cells, facts, NO_CHOICES);

const recording = (two: object, one: object = {}): Recording => ({
  format: 1,
  recordedAt: 0,
  python: '3.11.7',
  cells: [
    { cellId: 'c1', ...one },
    { cellId: 'c3', ...two },
  ].map((each) =>
    cellRecordingSchema.parse({
      key: '',
      wallMs: 1,
      cpuMs: 1,
      peakMemoryBytes: null,
      recorderMs: 0,
      ...each,
    }),
  ),
});

const different = (step: string, name: string, more: Partial<Comparison> = {}): Comparison => ({
  stepId: StepId(step),
  name,
  kind: 'list',
  verdict: 'different',
  note: `${name} is 1 in the notebook, 2 in the package`,
  role: 'output',
  place: { path: name, row: null, column: null, index: null, notebook: '1', package: '2' },
  ...more,
});

const kindsOf = (
  comparisons: readonly Comparison[],
  seen: Recording,
  more: { edits?: FileEdit[]; varying?: string[]; packagePython?: string } = {},
) =>
  withCauses({
    comparisons,
    pipeline,
    facts,
    recording: seen,
    second: more.varying ? { variation: null, varying: new Set(more.varying) } : null,
    edits: more.edits ?? [],
    pythons: { notebook: '3.11.7', package: more.packagePython ?? '3.11.7' },
  }).map(({ verdict, cause }) => [verdict, cause?.kind, cause?.cellNumber ?? null]);

describe('a difference has a likely cause', () => {
  it.each([
    ['a file changed by hand', 'edited', 4],
    ['a value that came in and was changed in the notebook only', 'missed-mutation', 4],
    ['what follows from an earlier difference', 'upstream', null],
    ['a value that is not there any more', 'missing-output', null],
    ['another Python', 'environment', null],
    ['a draw from a stream', 'randomness', 2],
    ['none of these', 'code', 4],
  ] as const)('%s: %s', (_what, kind, cellNumber) => {
    const edit: FileEdit = {
      path: 'src/x/steps/two.py',
      line: 3,
      origin: { cellId: CellId('c3'), line: 1 },
      stepId: StepId('two'),
    };
    const plain = recording({ mutates: ['rows'] }, { streams: ['numpy'] });
    const found = {
      edited: () => kindsOf([different('two', 'total')], plain, { edits: [edit] }),
      'missed-mutation': () => kindsOf([different('two', 'rows', { role: 'input' })], plain),
      upstream: () => kindsOf([different('one', 'rows'), different('two', 'total')], plain),
      'missing-output': () =>
        kindsOf(
          [different('two', 'total', { place: null, note: 'the package’s step gave it no value' })],
          plain,
        ),
      environment: () => kindsOf([different('two', 'total')], plain, { packagePython: '3.12.1' }),
      randomness: () => kindsOf([different('one', 'noise')], plain),
      code: () => kindsOf([different('two', 'total')], recording({})),
    }[kind]();
    expect(found.at(-1)).toEqual(['different', kind, cellNumber]);
  });

  it('what the notebook itself gives otherwise each time is not compared', () => {
    expect(kindsOf([different('one', 'noise')], recording({}), { varying: ['one/noise'] })).toEqual(
      [['not-compared', 'notebook-varies', null]],
    );
  });
});

it('the first cell whose values are others in a second run is found, with a line that says why', () => {
  const clock: CellSource = {
    id: CellId('c1'),
    type: 'code',
    source: 'import time\nx = 1\nnow = time.time()',
    tags: [],
  };
  const object = (digest: string) => ({ name: 'now', type: 'float', bytes: 24, digest });
  const run = (digest: string) => recording({}, { objects: [object(digest)] });
  const known = [cells[0], clock].flatMap((cell) => cell ?? []);
  expect(firstVariation(run('a'), run('b'), known, analyseCells(known))).toEqual({
    cellId: 'c1',
    cellNumber: 2,
    line: 3,
    name: 'now',
    kind: 'clock',
    why: 'it reads the clock',
  });
  expect(firstVariation(run('a'), run('a'), known, analyseCells(known))).toBeNull();
});

it('values of parameters take the places of the literals, as Python', () => {
  const given: CellSource[] = [
    {
      id: CellId('p'),
      type: 'code',
      source: 'n = 3  # rounds\npath = "a.csv"\nfast = True',
      tags: ['parameters'],
    },
  ];
  const steps = suggestPipeline(given, analyseCells(given), NO_CHOICES);
  const texts = cellsWithParameters(given, steps, { n: '10', path: 'b "c".csv', fast: 'false' });
  expect([...texts.values()]).toEqual(['n = 10  # rounds\npath = "b \\"c\\".csv"\nfast = False']);
  expect(() => cellsWithParameters(given, steps, { m: '1' })).toThrow(
    'There is no parameter m. The notebook’s parameters: n, path, fast.',
  );
});
