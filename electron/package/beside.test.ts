/** What a cell finds beside the notebook while it runs in a workspace of its own, in real Python. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../base/process';
import { RESOURCES } from './test-environment';

const FILES = {
  'opened.txt': 'opened',
  'looked.csv': 'a,b',
  'notebook.ipynb': '{}',
  '.settings': 'yes',
  '.slipway/run.json': '{}',
  'data/one.csv': '1',
  'data/deep/two.csv': '2',
  'deeper/three.csv': '3',
  'first.py': 'import second\nvalue = second.value',
  'second.py': 'value = 2',
  'whole/__init__.py': 'from .part import name',
  'whole/part.py': 'name = "part"',
};

const CODE = `
import glob, json, os, pathlib, sys
sys.path.insert(0, sys.argv[1])
import beside
at = beside.Beside(os.getcwd(), sys.argv[2])
at.follow(lambda event, arguments: None)
sys.path.insert(0, "")
seen = {
    "opened": open("opened.txt").read(),
    "looked for": [os.path.exists("looked.csv"), pathlib.Path("none.csv").exists()],
    "listed": sorted(glob.glob("data/*.csv")),
    "walked": sorted(os.path.join(at, each) for at, _, files in os.walk("data") for each in files),
    "not the user's": [os.path.exists(".slipway/run.json"), os.path.exists("notebook.ipynb")],
    "hidden": [os.listdir(".").count(".settings"), os.path.exists(".settings")],
}
import first, whole
seen["imported"] = [first.value, whole.name]
os.remove("looked.csv")
seen["taken away"] = os.path.exists("looked.csv")
os.chdir("deeper")
seen["in another folder"] = open("three.csv").read()
seen["files"] = sorted(at.files)
print(json.dumps(seen))
`;

test('files are there when they are opened, looked for, listed or imported, and only then', async () => {
  const desk = await mkdtemp(join(tmpdir(), 'slipway-beside-'));
  const folder = join(desk, 'notebook');
  const workspace = join(desk, 'workspace');
  await mkdir(workspace);
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const ran = await runProcess('python3', ['-B', '-c', CODE, join(RESOURCES, 'python'), folder], {
    cwd: workspace,
    env: process.env,
  });
  expect(ran.stderr).toBe('');
  expect(JSON.parse(ran.stdout)).toEqual({
    opened: 'opened',
    'looked for': [true, false],
    listed: ['data/one.csv'],
    walked: ['data/deep/two.csv', 'data/one.csv'],
    "not the user's": [false, false],
    hidden: [0, true],
    imported: [2, 'part'],
    'taken away': false,
    'in another folder': '3',
    files: [
      '.settings',
      'data/deep/two.csv',
      'data/one.csv',
      'deeper/three.csv',
      'first.py',
      'looked.csv',
      'opened.txt',
      'second.py',
      'whole/__init__.py',
      'whole/part.py',
    ],
  });
});
