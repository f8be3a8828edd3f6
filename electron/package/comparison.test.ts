/** Two values of each type: equal ones are equal, and of others the first place is found. In real Python. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../base/process';
import { RESOURCES, type TestStudio, testStudio } from './test-environment';

let studio: TestStudio;
beforeAll(async () => {
  studio = await testStudio();
}, 300_000);
afterAll(() => studio.dispose());

const HEAD = `
import importlib.util, json, pickle, sys
sys.path.insert(0, ${JSON.stringify(join(RESOURCES, 'templates', 'tests'))})
import numpy as np, pandas as pd, pyarrow as pa, scipy.sparse as sp
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
has = lambda name: importlib.util.find_spec(name) is not None
if has("polars"): import polars as pl
if has("torch"): import torch
if has("xgboost"): import xgboost
if has("lightgbm"): import lightgbm
import comparison
X = np.random.RandomState(0).rand(40, 3)
y = (X[:, 0] + X[:, 1] > 1).astype(int)
other = X.copy(); other[3, 1] *= 1.001
frame = pd.DataFrame({"a": np.arange(5.0), "b": list("uvwxy"), "k": pd.Categorical(list("aabba"))}, index=list("pqrst"))
def changed(value, change):
    value = pickle.loads(pickle.dumps(value)); change(value); return value
def figure(last, title="t"):
    made, axes = plt.subplots(1, 2)
    axes[0].plot([1, 2, last]); axes[0].set_title(title); axes[1].scatter([1, 2], [last, 1]); axes[1].bar([1, 2], [3, last])
    return made
used = KNeighborsClassifier(2, algorithm="kd_tree").fit(X, y); used.predict(X)
def boost(module, rounds):
    data = module.DMatrix(X, y) if module.__name__ == "xgboost" else module.Dataset(X, y)
    return module.train({"verbosity": 0 if module.__name__ == "xgboost" else -1, "seed": 1}, data, rounds)
`;

async function answer(code: string): Promise<unknown> {
  const {
    code: exit,
    stdout,
    stderr,
  } = await runProcess(studio.python, ['-c', HEAD + code], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' },
  });
  if (exit !== 0) throw new Error(stderr);
  return JSON.parse(stdout.split('\n').at(-2) ?? '');
}

test('equal values of every type are equal, also when they come back from a file', async () => {
  const unequal = await answer(`
values = {"int": 1, "text": "a", "nested": {1: [2, {3}, (4.5, None)]}, "array": X, "frame": frame, "series": frame["a"],
    "index": frame.index, "sparse": sp.csr_matrix(X), "arrow": pa.table({"a": [1.0, None]}), "random": np.random.default_rng(3),
    "pipeline": make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y), "forest": RandomForestClassifier(4).fit(X, y),
    "search": GridSearchCV(Ridge(), {"alpha": [1, 2]}).fit(X, y), "masked": np.ma.masked_array([1, 2], [0, 1]), "figure": figure(3),
    "nan": [float("nan"), pd.NaT, np.array([np.nan])], "dates": pd.date_range("2020", periods=3), "objects": np.array([1, "a", None], dtype=object)}
if has("polars"): values["polars"] = pl.DataFrame({"a": [1.0, None], "b": ["x", "y"]})
if has("torch"): values["tensor"], values["network"] = torch.arange(3.0), torch.nn.Linear(2, 1)
if has("xgboost"): values["xgboost"] = boost(xgboost, 2)
if has("lightgbm"): values["lightgbm"] = boost(lightgbm, 2)
found = {name: comparison.compare(name, value, pickle.loads(pickle.dumps(value))) for name, value in values.items()}
fresh = KNeighborsClassifier(2, algorithm="kd_tree").fit(X, y)
found["asked before"] = comparison.compare("model", used, fresh)
print(); print(json.dumps({name: each[:2] for name, each in found.items() if each[0] != "identical"}))
`);
  expect(unequal).toEqual({});
}, 120_000);

/** What, two values as Python, the path of the first place; `null` where they count as equal. */
const PAIRS: readonly (readonly [string, string, string | null])[] = [
  ['another number', '1, 2', 'x'],
  ['another type', '1, True', 'x'],
  ['a thousandth', '2.0, 2.002', 'x'],
  ['within the tolerance', '2.0, 2.0 + 1e-12', null],
  ['one item more', '[1, 2], [1, 2, 3]', 'x'],
  ['within a dictionary', '{"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}', "x['a'][1]['b']"],
  ['another key', '{1: 2}, {2: 2}', 'x[1]'],
  ['a set', '{1, 2}, {1, 3}', 'x'],
  ['one element', 'X, other', 'x[3, 1]'],
  ['a dtype', 'X, X.astype("f4")', 'x'],
  ['a lost last row', 'X, X[:-1]', 'x'],
  [
    'a cell of a frame',
    'frame, changed(frame, lambda f: f.__setitem__("a", [0, 1, 9.0, 3, 4]))',
    "x['a'][2]",
  ],
  ['swapped columns', 'frame, frame[["b", "a", "k"]]', 'x.columns[0]'],
  ['a frame’s lost row', 'frame, frame.drop("q")', 'x'],
  ['a column’s dtype', 'frame, frame.astype({"a": "f4"})', "x['a']"],
  ['row labels', 'frame, frame.set_axis(list("pqrsT"))', 'x.index[4]'],
  ['a category', 'frame["k"], frame["k"].cat.rename_categories({"b": "c"})', 'x.categories[1]'],
  ['a sparse element', 'sp.csr_matrix(X), sp.csr_matrix(other)', 'x[3, 1]'],
  ['an arrow value', 'pa.table({"a": [1.0, 2]}), pa.table({"a": [1.0, 3]})', "x['a'][1]"],
  ['a hyperparameter', 'Ridge(1.0).fit(X, y), Ridge(1.5).fit(X, y)', 'x.alpha'],
  ['other training data', 'Ridge().fit(X, y), Ridge().fit(X[:-1], y[:-1])', 'x.coef_[0]'],
  [
    'what a neighbour model holds',
    'KNeighborsClassifier().fit(X, y), KNeighborsClassifier().fit(other, y)',
    'x._fit_X[3, 1]',
  ],
  ['a drawn line', 'figure(3), figure(4)', "x.axes[0].lines[0]['xydata'][2, 1]"],
  ['a title', 'figure(3), figure(3, "u")', "x.axes[0].texts['title']"],
];

test.each(PAIRS)('%s', async (_what, pair, path) => {
  const found = await answers();
  expect(found[pair]).toEqual(path === null ? ['within-tolerance', null] : ['different', path]);
});

let asked: Promise<Record<string, [string, string | null]>> | null = null;

/** All pairs in one process. */
function answers() {
  asked ??= answer(`
found = {}
for text in ${JSON.stringify(PAIRS.map(([, pair]) => pair))}:
    one, two = eval(text)
    verdict, _note, place = comparison.compare("x", one, two)
    found[text] = [verdict, place and place["path"]]
print(); print(json.dumps(found))
`) as Promise<Record<string, [string, string | null]>>;
  return asked;
}

test('a generator and a thing that keeps its content to itself are not compared, with the reason', async () => {
  const found = await answer(`
print(); print(json.dumps([comparison.compare("x", (i for i in ()), (i for i in ()))[:2]]))
`);
  expect(found).toEqual([['not-compared', 'a generator cannot be read without being used up']]);
}, 60_000);
