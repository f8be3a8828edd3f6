/** A notebook full of what goes wrong when cells are cut into steps, made, run and compared with the real kernel. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PackageSource } from './package-needs';
import { type TestStudio, testStudio } from './test-environment';
import { sourceOf as notebookOf, serviceFor as packageServiceFor } from './test-source';

let studio: TestStudio;
let folder: string;

beforeAll(async () => {
  studio = await testStudio();
  folder = join(studio.home, 'notebooks');
}, 300_000);

afterAll(() => studio.dispose());

const sourceOf = (name: string, texts: readonly string[]) => notebookOf(folder, name, texts);
const serviceFor = (source: PackageSource) => packageServiceFor(studio, source);

const HARD = [
  '# Load',
  'import numpy as np\nimport pandas as pd\nimport random\nfrom math import *\nfrom helpers_of_mine import double',
  'folder = "da" + "ta"\nrows = pd.read_csv(folder + "/rows.csv")\nother = rows\nfirst = rows[:2]',
  'text = """\nkept\n  as it is\n"""\nlong = 1 + \\\n  2',
  'table = np.zeros((3, 2))\nrow = table[0]\nnested = {"rows": [1, 2]}\nalias = nested["rows"]',
  'count = 0\ndef bump():\n    global count\n    count += 1\n    return count',
  'class Box:\n    """Holds."""\n    def __init__(self, value):\n        self.value = value\n    def __eq__(self, other):\n        return self.value == other.value\nbox = Box([1])',
  'if long > 100:\n    maybe = 1',
  'draws = [random.random(), np.random.rand()]',
  '# Change',
  '%%time\nrows["b"] = double(rows["a"])\nrow[1] = 5\nalias.append(3)\nbox.value.append(2)',
  'for i in range(3):\n    bump()\nbump()',
  'try:\n    maybe\nexcept NameError:\n    maybe = "not bound"',
  'squares = (n * n for n in range(3))\ntotal = sum(squares)',
  'pd.set_option("display.precision", 3)\nnp.seterr(divide="raise")',
  'draws += [random.random(), np.random.rand(), sqrt(4)]',
  '# Use',
  'seen = [list(other.columns), table.tolist(), nested["rows"], box.value, count, maybe]\nseen',
  'draws += [random.random(), float(np.random.rand())]\nprecision = pd.get_option("display.precision")',
  'try:\n    np.ones(1) / np.zeros(1)\n    divided = True\nexcept FloatingPointError:\n    divided = False',
  'import asyncio\nasync def later():\n    return 7\nwaited = await later()',
  'del first\nfirst_again = [x for x in range(3) if x != long]',
];

test('a hard notebook becomes a package that gives the same', async () => {
  const source = sourceOf('hard', HARD);
  const service = await serviceFor(source);
  await mkdir(join(folder, 'hard', 'data'), { recursive: true });
  await writeFile(join(folder, 'hard', 'data', 'rows.csv'), 'a\n1\n2\n3\n');
  await writeFile(join(folder, 'hard', 'helpers_of_mine.py'), 'def double(x):\n    return 2 * x\n');
  const run = await service.run().result;
  expect(run.ok ? null : run.error).toBeNull();
  const { state, run: made } = { state: service.state.value, run: service.state.value.run };
  expect({
    problems: state.problems.filter(({ severity }) => severity === 'error'),
    steps: made?.steps.map((step) => [step.stepId, step.state]),
    notIdentical: made?.comparisons.filter(({ verdict }) => verdict !== 'identical'),
    data: state.generated?.files
      .map((file) => file.path)
      .filter((path) => path.startsWith('data/')),
  }).toEqual({
    problems: [],
    steps: [
      ['load', 'done'],
      ['change', 'done'],
      ['use', 'done'],
    ],
    notIdentical: [],
    data: ['data/data/rows.csv', 'data/helpers_of_mine.py'],
  });
}, 300_000);

test('each generated line knows its cell, and a changed output is caught and named', async () => {
  const source = sourceOf('two', ['# One', 'base = [1.0, 2.0]', '# Two', 'total = sum(base)']);
  const service = await serviceFor(source);
  const made = await service.generate().result;
  expect(made.ok).toBe(true);
  const path = 'src/two/steps/two.py';
  const file = await service.readFile(path);
  expect(file.ok && file.value.origins.filter((each) => each !== null)).toEqual([
    { cellId: 'two-3', line: 1 },
  ]);
  const absolute = join(folder, 'two', 'two_package', path);
  const text = await readFile(absolute, 'utf8');
  await writeFile(absolute, text.replace('sum(base)', 'sum(base) + 1e-6'));
  const run = await service.run().result;
  expect(run.ok && run.value.comparisons).toEqual([
    {
      stepId: 'one',
      name: 'base',
      kind: 'list',
      verdict: 'identical',
      note: '',
      role: 'output',
      place: null,
    },
    {
      stepId: 'two',
      name: 'total',
      kind: 'float',
      verdict: 'different',
      note: 'total is 3.0 in the notebook, 3.000001 in the package',
      role: 'output',
      place: {
        path: 'total',
        row: null,
        column: null,
        index: null,
        notebook: '3.0',
        package: '3.000001',
      },
      cause: {
        kind: 'edited',
        text: 'src/two/steps/two.py is no longer as it was made: line 8, which came from cell 4, line 1, was changed or is gone. Undo that, or carry it over into the notebook.',
        cellId: 'two-3',
        cellNumber: 4,
        line: 1,
      },
    },
  ]);
}, 300_000);

test('a cell that fails is named with its number and its error', async () => {
  const service = await serviceFor(sourceOf('fails', ['x = 1', 'x = missing_name + 1']));
  const run = await service.run().result;
  expect(run.ok ? null : { ...run.error, detail: undefined }).toEqual({
    kind: 'cell-failed',
    message:
      "Cell 2 fails when the notebook is run from the top: NameError: name 'missing_name' is not defined",
    place: { cellId: 'fails-1', cellNumber: 2, line: 1 },
    nextSteps: [
      { label: 'Show the cell', command: 'notebook.go-to-cell', argument: 'fails-1' },
      { label: 'Skip the cell', command: 'pipeline.skip', argument: 'fails-1' },
    ],
    detail: undefined,
  });
}, 120_000);

test('a folder that is not ours is never overwritten', async () => {
  const service = await serviceFor(sourceOf('mine', ['x = 1']));
  await mkdir(join(folder, 'mine', 'mine_package'), { recursive: true });
  await writeFile(join(folder, 'mine', 'mine_package', 'note.txt'), 'precious');
  const made = await service.generate().result;
  expect(made.ok ? null : made.error.kind).toBe('conflict');
  expect(await readFile(join(folder, 'mine', 'mine_package', 'note.txt'), 'utf8')).toBe('precious');
}, 120_000);

test('a model is served from the run that fitted it, without running again', async () => {
  const service = await serviceFor(
    sourceOf('served', [
      'import pandas as pd\nfrom sklearn.linear_model import LinearRegression',
      'X_train = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.0, 1.0, 0.0]})',
      'model = LinearRegression().fit(X_train, [2.0, 5.0, 6.0])',
    ]),
  );
  const first = await service.run().result;
  const candidate = service.state.value.candidates[0];
  expect(first.ok && candidate?.predictor.sampleRow).toEqual([1, 0]);
  if (!candidate) return;
  const { stepId, name } = candidate;
  await service.configure({ serve: { stepId, name, functionName: null } });
  const second = await service.run().result;
  expect(second.ok ? second.value.runId : second.error).toBe(first.ok && first.value.runId);
  const measured = service.state.value.run?.serviceMeasurement;
  expect(measured?.requests).toBeGreaterThan(0);
  expect(service.state.value.generated?.files.map((file) => file.path)).toContain(
    'model/model.pkl',
  );
}, 300_000);
