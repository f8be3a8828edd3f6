/** What is changed in place, by alias too; files, randomness, display: a case a line. */
import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { analyseCells } from './analyse';
import type { CellFacts } from './facts';

function factsOf(...sources: string[]): CellFacts[] {
  return [
    ...analyseCells(
      sources.map((source, at) => ({
        id: CellId(`c${at}`),
        type: 'code' as const,
        source,
        tags: [],
      })),
    ),
  ];
}

/** `df! model?`: surely, possibly. */
function changed(facts: CellFacts | undefined): string {
  const uses = facts?.mutated ?? [];
  return uses
    .map(({ name, certainty }) => name + (certainty === 'surely' ? '!' : '?'))
    .sort()
    .join(' ');
}

const IMPORTS = [
  'import numpy as np, pandas as pd, copy, random, heapq',
  'from sklearn.linear_model import LogisticRegression',
  'from sklearn.pipeline import Pipeline, make_pipeline',
  'from sklearn.model_selection import train_test_split, GridSearchCV',
  'from somewhere import unheard',
].join('\n');

/** Earlier cell, the cell, what it changes of the earlier one's. */
const CASES: readonly [string, string, string][] = [
  ['df = pd.read_csv("a")', 'df["x"] = 1', 'df!'],
  ['df = pd.read_csv("a")', 'df.loc[0, "x"] = 1', 'df!'],
  ['df = pd.read_csv("a")', 'df.columns = c', 'df!'],
  ['df = pd.read_csv("a")', 'del df["x"]', 'df!'],
  ['df = pd.read_csv("a")', 'df.drop("x", axis=1, inplace=True)', 'df!'],
  ['df = pd.read_csv("a")', 'df.drop("x", axis=1)', ''],
  ['df = pd.read_csv("a")', 'df = df.dropna()', ''],
  ['df = pd.read_csv("a")', 'df.head(); df.describe(); df.groupby("a").mean()', ''],
  ['df = pd.read_csv("a")', 'df2 = df\ndf2["x"] = 1', 'df!'],
  ['df = pd.read_csv("a")\ndf2 = df', 'df2["x"] = 1', 'df! df2!'],
  ['df = pd.read_csv("a")\ndf2 = df.copy()', 'df2["x"] = 1', 'df2!'],
  ['df = pd.read_csv("a")\ns = df["a"]', 's[0] = 1', 'df? s!'],
  ['df = pd.read_csv("a")\nd2 = df[["a", "b"]]', 'd2["x"] = 1', 'd2!'],
  ['df = pd.read_csv("a")\nd2 = df[df.a > 3]', 'd2["x"] = 1', 'd2!'],
  ['a = np.zeros(3)', 'a += 1', ''],
  ['a = np.zeros(3)\nb = a', 'b += 1', 'a?'],
  ['a = np.zeros(3)\nb = a[:2]', 'b[0] = 1', 'a? b!'],
  ['a = np.zeros(4)\nb = a.reshape(2, 2)', 'b[0] = 1', 'a? b!'],
  ['a = np.zeros(3)\nb = np.sqrt(a)', 'b[0] = 1', 'b!'],
  ['a = np.zeros(3)', 'np.random.shuffle(a)', 'a!'],
  ['a = np.zeros(3)', 'np.add(a, 1, out=a)', 'a!'],
  ['n = 3\nm = n', 'm += 1', ''],
  ['xs = []', 'xs.append(1)', 'xs!'],
  ['xs = []', 'for i in r: xs.append(i)', 'xs!'],
  ['xs = []', '[xs.append(i) for i in r]', 'xs!'],
  ['d = {}\nxs = []\nd["k"] = xs', 'xs.append(1)', 'd? xs!'],
  ['xs = []\nall = [xs]', 'for x in all: x.append(1)', 'all? xs?'],
  ['h = []', 'heapq.heappush(h, 1)', 'h!'],
  ['m = LogisticRegression()', 'm.fit(X, y)', 'm!'],
  ['m = LogisticRegression()', 'm.predict(X)', ''],
  ['m = LogisticRegression()', 'fitted = m.fit(X, y)', 'm!'],
  ['m = LogisticRegression()\np = Pipeline([("m", m)])', 'p.fit(X, y)', 'p!'],
  ['m = LogisticRegression()\np = Pipeline([("m", m)])', 'm.fit(X, y)', 'm! p?'],
  [
    'models = {"a": LogisticRegression()}',
    'for name, model in models.items(): model.fit(X, y)',
    'models?',
  ],
  ['X = np.zeros(3)', 'A, B = train_test_split(X)\nA[0] = 1', ''],
  ['def f(d): d["x"] = 1\nq = {}', 'f(q)', 'q!'],
  ['def f(d): return d\nq = {}', 'r = f(q)\nr["x"] = 1', 'q!'],
  ['def f(d):\n  d = dict(d)\n  d["x"] = 1\nq = {}', 'f(q)', ''],
  ['log = []\ndef f(): log.append(1)', 'f()', 'log!'],
  ['log = []\ndef f(x): log.append(x)', 'pd.Series([1]).apply(f)', 'log!'],
  ['log = []\ndef f(x): log.append(x)', 'f', ''],
  [
    'class A:\n  def add(self, x): self.xs.append(x)\n  def show(self): return self.xs\na = A()',
    'a.add(1)',
    'a!',
  ],
  [
    'class A:\n  def add(self, x): self.xs.append(x)\n  def show(self): return self.xs\na = A()',
    'a.show()',
    '',
  ],
  ['class A:\n  n = 0', 'A.n = 3', 'A!'],
  ['def f(x, acc=[]):\n  acc.append(x)\n  return acc', 'f(1)', ''],
  ['x = unheard()', 'x.mystery()', 'x?'],
  ['x = {}', 'undefined_function(x)', 'x?'],
  ['x = {}', 'unheard(x)', ''],
  ['x = {}', 'print(x, len(x), sorted(x))', ''],
  ['it = iter([1, 2])', 'next(it)', 'it!'],
  ['rng = np.random.default_rng(0)', 'a = rng.normal()', 'rng!'],
  ['rng = np.random.RandomState(0)', 'a, b = train_test_split(X, random_state=rng)', 'rng?'],
  ['x = []', 'y = x if c else []\ny.append(1)', 'x!'],
  ['a = []\nb = []', 'a, b = b, a\na.append(1)', ''],
  ['x = copy.copy(a)', 'setattr(x, "k", 1)', 'x!'],
  ['f = open("a")', 'f.readline()', 'f!'],
  ['x = []', 'x = [1]\nx.append(2)', ''],
];

test.each(CASES)('%s → %s', (before, source, expected) => {
  expect(changed(factsOf(IMPORTS, before, source).at(-1))).toBe(expected);
});

test('files, environment variables and draws are found, through functions too', () => {
  const [, , facts] = factsOf(
    `import os, joblib, pickle\nfrom pathlib import Path\nimport matplotlib.pyplot as plt\n${IMPORTS}`,
    'DATA = "data"\nclf = LogisticRegression()\ndef save(name): plt.savefig(name + ".png")',
    [
      'df = pd.read_csv(DATA + "/a.csv")',
      'x = np.load(os.path.join(DATA, "x.npy"))',
      'with open(Path(DATA) / "b.txt", "w") as f: f.write("x")',
      'df.to_csv("out.csv")',
      'joblib.dump(clf, "m.joblib")',
      'save("figure")',
      'key = os.environ["KEY"] + os.getenv("HOME")',
      'np.random.seed(1); np.random.rand(); random.random()',
      'a, b = train_test_split(df)',
      'df.to_csv()',
    ].join('\n'),
  );
  expect({
    filesRead: facts?.filesRead.map((file) => `${file.line} ${file.path}`),
    filesWritten: facts?.filesWritten.map((file) => `${file.line} ${file.path}`),
    environment: facts?.environmentVariables,
    randomness: facts?.randomness,
  }).toEqual({
    filesRead: ['1 data/a.csv', '2 data/x.npy'],
    filesWritten: ['3 data/b.txt', '4 out.csv', '5 m.joblib', '6 figure.png'],
    environment: [
      { name: 'KEY', line: 7 },
      { name: 'HOME', line: 7 },
    ],
    randomness: [
      { line: 8, source: 'random.seed', isSeeded: true, stream: 'numpy' },
      { line: 8, source: 'random.rand', isSeeded: true, stream: 'numpy' },
      { line: 8, source: 'random.random', isSeeded: false, stream: 'random' },
      {
        line: 9,
        source: 'train_test_split() without a random_state',
        isSeeded: true,
        stream: 'numpy',
      },
    ],
  });
});

/** Source and whether the first cell only shows something, a later cell reading `kept`. */
const SHOWS: readonly [string, boolean][] = [
  ['df.head()', true],
  ['plt.plot(x)\nplt.show()', true],
  ['fig, ax = plt.subplots()\nax.plot(x)', true],
  ['kept = 1\nkept', false],
  ['x = 1\nx', false],
  ['xs.append(1)', false],
  ['plt.savefig("a.png")', false],
  ['plt.plot(np.random.rand(3))', false],
  ['import os\nprint(1)', false],
  ['model.fit(X)', false],
];

test.each(SHOWS)('%s only shows: %s', (source, expected) => {
  const [, , facts] = factsOf(
    `import matplotlib.pyplot as plt\n${IMPORTS}`,
    'xs = []\nmodel = LogisticRegression()',
    source,
    'kept',
  );
  expect(facts?.isDisplayOnly).toBe(expected);
});

/** Definitions of the first cell with what they read, `name[reads]`, `!` where it cannot move to helpers. */
const DEFINITIONS: readonly [string, string][] = [
  ['import numpy as np\ndef f(x): return np.sqrt(x)', 'f[np]'],
  ['def f(x): return x\ndef g(x): return f(x)', 'f[] g[f]'],
  ['K = 1\ndef f(): return K', 'f[K]!'],
  ['K = 1\ndef f(): return K\ndef g(): return f()', 'f[K]! g[f K]!'],
  ['def f():\n  global n\n  n = 1', 'f[]!'],
  ['f = lambda x: x + 1', 'f[]'],
  ['import functools\n@functools.cache\ndef f(x): return x', 'f[functools]'],
  ['K = 1\ndef f(x, y=K): return x', 'f[K]!'],
  ['class A:\n  def m(self): return A()', 'A[]'],
  ['def f(): return 1\ndef f(): return 2', 'f[]!'],
  ['def f(): return 1\nf.calls = 0', 'f[]'],
  ['def f(): return 1\nf = wrap(f)', 'f[]!'],
  ['from m import *\ndef f(): return star()', 'f[star]!'],
  ['def fact(n): return n * fact(n - 1)', 'fact[]'],
  ['def even(n): return odd(n - 1)\ndef odd(n): return even(n - 1)', 'even[odd] odd[even]'],
];

test.each(DEFINITIONS)('%s', (source, expected) => {
  const found = factsOf(source)[0]?.definitions.map(
    ({ name, reads, isMovable }) => `${name}[${reads.join(' ')}]${isMovable ? '' : '!'}`,
  );
  expect([...new Set(found)].join(' ')).toBe(expected);
});
