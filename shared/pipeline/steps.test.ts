/** Cells to steps: boundaries, what each step takes and gives, and what stands in the way. */
import { describe, expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { analyseCells } from './analyse';
import { NO_CHOICES, type PipelineChoices } from './choices';
import type { CellSource } from './facts';
import type { Pipeline, Step } from './pipeline';
import { parseParameterValue } from './steps/parameters';
import { identifierOf, suggestPipeline } from './steps/suggest';

/** `# Heading` is a heading; `[tag] code` a tagged cell; the rest is code. */
function notebook(...texts: string[]): CellSource[] {
  return texts.map((text, at) => {
    const id = CellId(`c${at}`);
    if (/^#{1,3} /.test(text)) return { id, type: 'markdown', source: text, tags: [] };
    const [, tag, source] = /^\[([\w:\- ]+)\] ([\s\S]*)$/.exec(text) ?? [];
    return { id, type: 'code', source: source ?? text, tags: tag ? [tag] : [] };
  });
}

function pipelineOf(cells: readonly CellSource[], choices: PipelineChoices = NO_CHOICES): Pipeline {
  return suggestPipeline(cells, analyseCells(cells), choices);
}

const cellsOf = (step: Step) => step.cellIds.map((id) => id.slice(1)).join(' ');
const shape = ({ steps }: Pipeline) => steps.map((step) => `${step.id}: ${cellsOf(step)}`);
const flow = ({ steps }: Pipeline) =>
  steps.map((step) => `${step.id}(${step.inputs.join(' ')}) → ${step.outputs.join(' ')}`);
const said = ({ problems }: Pipeline) =>
  problems.map((each) => `${each.severity}: ${each.message}`);

describe('boundaries', () => {
  test('headings begin steps; imports and functions are no step', () => {
    const pipeline = pipelineOf(
      notebook(
        '# Churn',
        'import pandas as pd',
        '## Load the data',
        'df = pd.read_csv("a.csv")',
        'def clean(d): return d.dropna()',
        '## Train',
        'x = clean(df)',
      ),
    );
    expect({
      shape: shape(pipeline),
      flow: flow(pipeline),
      helpers: pipeline.steps.map((step) => step.helpers),
      imports: pipeline.steps.map((step) => step.imports),
      places: pipeline.placements.map((each) => each.place),
    }).toEqual({
      shape: ['load_the_data: 3', 'train: 6'],
      flow: ['load_the_data() → df', 'train(df) → x'],
      helpers: [[], ['clean']],
      imports: [['import pandas as pd'], []],
      places: ['text', 'imports', 'text', 'step', 'helpers', 'text', 'step'],
    });
  });

  test('a tag wins; skipped cells are left out; a cell of comments is nothing', () => {
    const pipeline = pipelineOf(
      notebook(
        '[step:Load] a = 1',
        '[skip] b = 2',
        '# h',
        '[step:Train it] c = a',
        '[step:Load] d = 1',
        '%matplotlib inline',
      ),
    );
    expect({
      shape: shape(pipeline),
      skipped: pipeline.skipped.map((each) => each.cellId),
    }).toEqual({
      shape: ['load: 0 4', 'train_it: 3'],
      skipped: ['c1', 'c5'],
    });
  });

  test('without headings what cells do decides', () => {
    const pipeline = pipelineOf(
      notebook(
        'import pandas as pd\nfrom sklearn.linear_model import LinearRegression',
        'df = pd.read_csv("a.csv")',
        'X, y = df[["a"]], df.b',
        'model = LinearRegression()\nmodel_ = model',
        'model.fit(X, y)',
        'model.score(X, y)',
      ),
    );
    expect(shape(pipeline)).toEqual(['load: 1 2 3', 'train: 4 5']);
  });

  test('an edit inside a cell moves no boundary', () => {
    const texts = ['## A', 'a = 1', '## B', 'b = a', '## C', 'c = b'];
    const edited = [...texts];
    edited[1] = 'a = 2\nextra = 3';
    expect(shape(pipelineOf(notebook(...edited)))).toEqual(shape(pipelineOf(notebook(...texts))));
  });

  test.each([
    ['How does DBSCAN perform?', 'how_does_dbscan_perform'],
    ['3. Train & test', 'step_3_train_test'],
    ['Évaluation', 'evaluation'],
    ['日本語', 'step'],
    [
      'Make moon-shaped and doughnut-shaped data for the clustering',
      'make_moon_shaped_doughnut_shaped',
    ],
  ])('%s → %s', (heading, id) => {
    expect(identifierOf(heading)).toBe(id);
  });
});

/** Two steps A and B: their cells' code, what B takes, what A gives. */
const FLOWS: readonly [string, string, string, string][] = [
  ['x = 1', 'y = x', 'x', 'x'],
  ['x = 1', 'x = 2\ny = x', '', ''],
  ['x = 1', 'if c: x = 2\ny = x', 'x', 'c x'],
  ['xs = []\nys = xs', 'ys.append(1)', 'xs ys', 'xs ys'],
  ['K = 1\ndef f(): return K', 'y = f()', 'K', 'K'],
  ['K = []\ndef f(): K.append(1)', 'f()', 'K', 'K'],
  ['f = open("a")\nx = f.read()', 'y = x', 'x', 'x'],
  ['x = 1\ndel x', 'x = 3', '', ''],
  ['_x = 1', 'y = _x', '_x', '_x'],
  ['import numpy as np\nx = np.zeros(3)', 'x[0] = np.pi', 'x', 'x'],
];

test.each(FLOWS)('%s | %s', (first, second, inputs, outputs) => {
  const { steps } = pipelineOf(notebook(`[step:A] c = 0\n${first}`, `[step:B] ${second}`));
  const [a, b] = steps;
  const needed = a?.outputs.filter((name) => b?.inputs.includes(name)).join(' ');
  expect({ inputs: b?.inputs.filter((name) => name !== 'c').join(' '), outputs: needed }).toEqual({
    inputs,
    outputs,
  });
});

describe('dataflow', () => {
  test('an edge tells the lines that cause it', () => {
    const { edges } = pipelineOf(notebook('[step:A] a = 1\nx = a + 1', '[step:B] y = 2\nprint(x)'));
    expect(edges).toEqual([
      {
        from: 'a',
        to: 'b',
        artifacts: [
          {
            name: 'x',
            writer: { cellId: 'c0', line: 2, text: 'x = a + 1' },
            reader: { cellId: 'c1', line: 2, text: 'print(x)' },
          },
        ],
      },
    ]);
  });

  test('a change in place makes an output of the step that changes', () => {
    const pipeline = pipelineOf(
      notebook(
        'from sklearn.svm import SVC',
        '[step:A] m = SVC()',
        '[step:B] m.fit(X, y)',
        '[step:C] p = m.predict(X)',
      ),
    );
    expect(
      pipeline.edges.map(({ from, to, artifacts }) => `${from} ${to} ${artifacts[0]?.name}`),
    ).toEqual(['a b m', 'b c m']);
  });

  test('a function that reads a variable travels with it, the definition before that cell', () => {
    const pipeline = pipelineOf(
      notebook(
        '[step:A] k = 1\ndef f(): return k',
        '[step:B] y = f()',
        '[step:C] def f(): return k + 1',
        '[step:D] z = f()',
      ),
    );
    expect(
      pipeline.steps.map((step) => [step.id, step.travellingDefinitions, step.inputs]),
    ).toEqual([
      ['a', [], []],
      ['b', [{ cellId: 'c0', name: 'f' }], ['k']],
      ['c', [], []],
      ['d', [{ cellId: 'c2', name: 'f' }], ['k']],
    ]);
  });

  test('cells of one step far apart come together only where nothing changes by it', () => {
    const apart = notebook('[step:A] x = 1', '[step:B] y = x', '[step:A] z = 3');
    const torn = notebook('[step:A] x = 1', '[step:B] x = x + 1', '[step:A] z = x');
    const random = notebook(
      'import numpy as np',
      '[step:A] x = np.random.rand()',
      '[step:B] y = np.random.rand()',
      '[step:A] z = np.random.rand()',
    );
    expect({
      apart: shape(pipelineOf(apart)),
      torn: shape(pipelineOf(torn)),
      why: said(pipelineOf(torn)),
      random: shape(pipelineOf(random)),
    }).toEqual({
      apart: ['a: 0 2', 'b: 1'],
      torn: ['a: 0', 'b: 1', 'a_2: 2'],
      why: [
        'warning: The cells of “A” can’t run together: both use x with cells between them. From cell 3 on they are a step of their own.',
      ],
      random: ['a: 1', 'b: 2', 'a_2: 3'],
    });
  });

  test('what draws is known, and never offered to be skipped', () => {
    const pipeline = pipelineOf(
      notebook(
        'import numpy as np\nimport matplotlib.pyplot as plt',
        '[step:A] x = np.random.rand()',
        '[step:B] plt.plot(x)',
        '[step:B] plt.plot(np.random.rand())',
      ),
    );
    expect({
      draws: pipeline.steps.map((step) => step.drawsRandomly),
      skippable: pipeline.skippable.map((each) => each.cellId),
    }).toEqual({ draws: [true, true], skippable: ['c2'] });
  });
});

/** Cells and what is said of them. */
const PROBLEMS: readonly [string[], string][] = [
  [
    ['x = 1', 'print "a"'],
    'error: Cell 2: This is Python 2: print needs parentheses, as in print("…"). Write it so, or skip the cell.',
  ],
  [
    ['!pip install -q pandas'],
    'hint: Cell 1: “!pip install -q pandas” moved to the requirements; the step itself installs nothing.',
  ],
  [
    ['%%bash\nls'],
    'error: Cell 1: “%%bash” can’t become a Python step. Skip the cell, or write it in Python.',
  ],
  [
    ['y = x'],
    'warning: Cell 1 reads x, which no cell binds. It may come from a cell that was removed.',
  ],
  [
    ['y = x', 'x = 1'],
    'warning: Cell 1 reads x before cell 2 binds it: the notebook was not run from top to bottom. Move that cell up.',
  ],
  [['[skip] x = 1', 'y = x'], 'warning: Cell 2 needs x, which cell 1 binds; that cell is skipped.'],
  [
    ['[functions] x = 1\ndef f(): pass', 'y = x'],
    'warning: Cell 2 needs x, a value that cell 1 binds among imports or functions. Put that cell into a step.',
  ],
  [
    ['[step:A] f = open("a")', '[step:B] f.read()'],
    'error: f is an open file or connection: it can’t pass from a to b. Merge the two steps, or make it where it is used.',
  ],
  [
    ['exec(code)', 'code = 1'],
    'error: Cell 1: exec runs code made while the notebook runs, so the names it binds and reads can’t be known. Write the code itself, or skip the cell.',
  ],
  [
    ['[step:A] a = []\nb = a', '[step:B] b.append(1)\na'],
    'warning: b and a may be one object, which cell 2 changes.',
  ],
];

test.each(PROBLEMS)('%j', (texts, expected) => {
  expect(said(pipelineOf(notebook(...texts))).join('\n')).toContain(expected);
});

test('requirements come from pip lines', () => {
  const { requirements } = pipelineOf(
    notebook('!pip install -q "pandas>=2" scikit-learn', '%pip install -r req.txt polars'),
  );
  expect(requirements).toEqual(['pandas>=2', 'polars', 'scikit-learn']);
});

describe('parameters', () => {
  test('a cell tagged parameters, with types, remarks and literals over lines', () => {
    const { parameters, steps } = pipelineOf(
      notebook(
        '[parameters] n: int = 3  # how many\nrate = 0.5\npath = "data/a.csv"\nday = "2026-11-21"\nflag = True\nsizes = [\n  1,\n  2,\n]\napi_key = "x"\nname = "b"  # type: str the name\nopts = {"a": 1}',
        '[step:A] x = [n, rate]',
      ),
    );
    expect({
      parameters: parameters.map(
        (each) => `${each.line} ${each.name}: ${each.type} = ${each.defaultSource} # ${each.doc}`,
      ),
      taken: steps.map((step) => step.parameters),
    }).toEqual({
      parameters: [
        '1 n: int = 3 # how many',
        '2 rate: float = 0.5 # ',
        '3 path: path = "data/a.csv" # ',
        '4 day: date = "2026-11-21" # ',
        '5 flag: bool = True # ',
        '6 sizes: list = [\n  1,\n  2,\n] # ',
        '10 api_key: secret = "x" # ',
        '11 name: str = "b" # the name',
        '12 opts: json = {"a": 1} # ',
      ],
      taken: [['n', 'rate']],
    });
  });

  test('a parameters cell that computes runs as a step, its literals replaced', () => {
    const pipeline = pipelineOf(notebook('[parameters] n = 3\nm = n * 2', '[step:B] x = m + n'));
    expect({
      flow: flow(pipeline),
      parameters: pipeline.parameters.map(({ name, origin, start, end }) => [
        name,
        origin,
        start,
        end,
      ]),
      taken: pipeline.steps.map((step) => step.parameters),
    }).toEqual({
      flow: ['prepare() → m n', 'b(m n) → x'],
      parameters: [['n', 'literal', 4, 5]],
      taken: [['n'], []],
    });
  });

  test('a removed parameter stays what the notebook says', () => {
    const choices = { ...NO_CHOICES, parameters: { n: { isRemoved: true } } };
    const pipeline = pipelineOf(notebook('[parameters] n = 3', '[step:B] x = n'), choices);
    expect(flow(pipeline)).toEqual(['prepare() → n', 'b(n) → x']);
  });

  test('a promoted literal is found again after an edit around it, and said when it is gone', () => {
    const literal = { name: 'k', cellId: CellId('c0'), start: 4, end: 6, text: '42' };
    const choices = { ...NO_CHOICES, literals: [literal] };
    const moved = pipelineOf(notebook('long_name = 42'), choices);
    const gone = pipelineOf(notebook('x = 41'), choices);
    expect({
      moved: moved.parameters.map(({ name, start, end }) => [name, start, end]),
      taken: moved.steps.map((step) => step.parameters),
      gone: said(gone),
    }).toEqual({
      moved: [['k', 12, 14]],
      taken: [['k']],
      gone: [
        'warning: The parameter k was the literal 42, which is no longer there. Make it a parameter again, or remove it.',
      ],
    });
  });

  test.each([
    ['int', '12', true],
    ['int', '1.5', false],
    ['float', '1e-3', true],
    ['float', 'much', false],
    ['bool', 'True', true],
    ['bool', '1', false],
    ['date', '2026-02-30x', false],
    ['date', '2026-02-28', true],
    ['list', '[1, "a"]', true],
    ['list', '[f()]', false],
    ['json', '{"a": [1, None]}', true],
    ['path', ' ', false],
    ['str', 'anything', true],
  ] as const)('%s takes %s: %s', (type, text, isGood) => {
    const parameter = {
      name: 'p',
      type,
      defaultSource: '0',
      doc: '',
      cellId: CellId('c'),
      line: 1,
      origin: 'cell' as const,
    };
    expect(parseParameterValue(parameter, text).ok).toBe(isGood);
  });
});
