/** What counts as the same type where the package's environment keeps values another way, in real Python. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProcess } from '../base/process';
import { RESOURCES, type TestStudio, testStudio } from './test-environment';

let studio: TestStudio;

beforeAll(async () => {
  studio = await testStudio();
}, 300_000);

afterAll(() => studio.dispose());

test('text kept in pyarrow is the text kept in Python objects: in columns, their names and the index', async () => {
  const code = `
import json, sys
sys.path.insert(0, ${JSON.stringify(join(RESOURCES, 'templates', 'tests'))})
import numpy as np, pandas as pd, comparison
def table(storage, first="x", dtype=None):
    kept = dtype or pd.StringDtype(storage=storage, na_value=np.nan)
    rows = pd.DataFrame({"a": pd.array([first, "y"], dtype=kept)})
    rows.columns = pd.Index(["a"], dtype=kept)
    rows.index = pd.Index(["p", "q"], dtype=kept)
    return rows
pairs = {
    "same": (table("python"), table("pyarrow")),
    "text": (table("python"), table("pyarrow", first="z")),
    "type": (table("python").index, table("python", dtype="category").index.astype(object)),
}
print(json.dumps({name: comparison.compare("t", *pair)[:2] for name, pair in pairs.items()}))
`;
  const ran = await runProcess(studio.python, ['-c', code], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(ran.stdout)).toEqual({
    same: ['identical', ''],
    text: ['different', "t['a'][0] is 'x' in the notebook, 'z' in the package"],
    type: ['different', 't has type str in the notebook, object in the package'],
  });
});
