/** How values go from step to step, in real Python. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../base/process';
import { RESOURCES, type TestStudio, testStudio } from './test-environment';

let studio: TestStudio;

beforeAll(async () => {
  studio = await testStudio();
}, 300_000);

afterAll(() => studio.dispose());

async function answerOf(code: string): Promise<unknown> {
  const head = `
import json, sys, pathlib, tempfile
sys.path.insert(0, ${JSON.stringify(join(RESOURCES, 'templates', 'package'))})
import numpy as np, pandas as pd, artifacts
def keep(**values):
    folder = pathlib.Path(tempfile.mkdtemp(dir=${JSON.stringify(studio.home)}))
    entries = artifacts.save(folder, values)
    artifacts.write_manifest(folder, {"artifacts": entries})
    return {entry["name"]: entry for entry in entries}, artifacts.load(folder)
`;
  const {
    code: exit,
    stdout,
    stderr,
  } = await runProcess(studio.python, ['-c', head + code], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (exit !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

test('each value is kept by its type, and only where it comes back equal', async () => {
  const kinds = await answerOf(`
entries, back = keep(
    number=1, text="a", tup=(1, 2), nan=float("nan"), nested={"a": [1, 2.5]}, keys={1: 2},
    floats=np.arange(3.0), objects=np.array([1, "a"], dtype=object),
    frame=pd.DataFrame({"a": [1, 2]}), mixed=pd.DataFrame({"a": [1, "x"]}),
    generator=(x for x in []), module=json, function=lambda: 1)
print(json.dumps({name: entry["kind"] for name, entry in entries.items()}))
`);
  expect(kinds).toEqual({
    number: 'json',
    text: 'json',
    tup: 'pickle',
    nan: 'pickle',
    nested: 'json',
    keys: 'pickle',
    floats: 'npy',
    objects: 'pickle',
    frame: 'parquet',
    mixed: 'pickle',
    generator: 'none',
    module: 'pickle',
    function: 'pickle',
  });
}, 60_000);

test('a function of a library that keeps its results goes by name; one of the notebook is refused in words', async () => {
  const kept = await answerOf(`
import functools, types
own = functools.lru_cache(lambda: 1)
library = types.ModuleType("library_of_others"); sys.modules["library_of_others"] = library
exec("import functools\\n@functools.lru_cache\\ndef finder(): return 3", vars(library))
entries, back = keep(finder=[library.finder], own=own)
print(json.dumps([back["finder"][0] is library.finder, entries["own"]["reason"]]))
`);
  expect(kept).toEqual([
    true,
    'it keeps a cache of its results, which cannot be kept; define it in the step that calls it',
  ]);
});

test('what holds the one random stream of numpy holds that of the process it comes to', async () => {
  const held = await answerOf(`
class Holder: pass
one, two = Holder(), Holder()
one.stream = two.stream = np.random.mtrand._rand
one.draw = np.random.rand
entries, back = keep(one=one, two=two)
np.random.seed(4)
drawn = back["one"].draw()
np.random.seed(4)
print(json.dumps({
    "same": back["two"].stream is np.random.mtrand._rand,
    "drawn": drawn == np.random.rand(),
    "apart": [entry["kind"] for entry in entries.values()],
}))
`);
  expect(held).toEqual({ same: true, drawn: true, apart: ['pickle', 'pickle'] });
});

test('names that share an object still share it afterwards, and others are kept apart', async () => {
  const answer = await answerOf(`
df = pd.DataFrame({"a": [1, 2]})
base = np.zeros(4)
rows = [1]
entries, back = keep(df=df, df2=df, base=base, view=base[:2], rows=rows, holder={"rows": rows}, alone=np.ones(2))
back["df2"]["b"] = 1
back["view"][0] = 7
back["rows"].append(2)
print(json.dumps([list(back["df"].columns), back["base"].tolist(), back["holder"]["rows"],
    [entries[name]["together"] for name in ("df", "base", "rows", "alone")]]))
`);
  expect(answer).toEqual([
    ['a', 'b'],
    [7, 0, 0, 0],
    [1, 2],
    [['df', 'df2'], ['base', 'view'], ['rows', 'holder'], []],
  ]);
}, 60_000);

test('what cannot be kept and is needed is an error in words', async () => {
  const answer = await answerOf(`
try:
    artifacts.save(pathlib.Path(tempfile.mkdtemp(dir=${JSON.stringify(studio.home)})), {"rows": (x for x in [])}, required={"rows"})
except artifacts.ArtifactError as error:
    print(json.dumps(str(error)))
`);
  expect(answer).toBe(
    'rows (generator) cannot go on to a later step: a generator cannot be kept; make a list of it.',
  );
}, 60_000);

test('a fitted model says what a row looks like', async () => {
  const answer = await answerOf(`
from sklearn.linear_model import LinearRegression
X = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
entries, back = keep(X_train=X, model=LinearRegression().fit(X, [1, 2]), raw=LinearRegression())
print(json.dumps([entries["model"]["predictor"], entries["raw"]["predictor"]]))
`);
  expect(answer).toEqual([
    {
      className: 'LinearRegression',
      featureCount: 2,
      featureNames: ['a', 'b'],
      sampleRow: [1, 3],
    },
    null,
  ]);
}, 60_000);
