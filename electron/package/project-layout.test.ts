/** Notebooks that read `../data` and import from `../src`: packaged with their project's folders, and proved there. */
import { mkdir, mkdtemp, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellSource } from '../../shared/pipeline';
import { findDataFiles } from './data-files';
import { placeOf } from './notebook-place';
import { type TestStudio, testStudio } from './test-environment';
import { serviceFor, sourceOf } from './test-source';

let studio: TestStudio;
let desk: string;
beforeAll(async () => {
  studio = await testStudio();
  desk = await mkdtemp(join(studio.home, 'projects-'));
}, 300_000);
afterAll(() => studio.dispose());

const FILES = {
  'pyproject.toml': '[project]\nname = "mine"\nversion = "1"\n',
  'words.py': 'GREETING = "hello"\n',
  'src/config.py': 'FACTOR = 3\n',
  'src/cleaning.py':
    'import words\nfrom src.config import FACTOR\n\ndef clean(rows):\n    return rows.dropna() * FACTOR\n\nclass Cleaner:\n    def __init__(self, more):\n        self.more = more\n\n    def run(self, rows):\n        return float(rows["a"].sum()) + self.more\n\n    def greet(self):\n        return words.GREETING\n',
  'src/__pycache__/old.pyc': 'no',
  'data/raw/a.csv': 'a,b\n1,2\n,3\n4,5\n',
  'data/found/b.txt': 'found by the run',
  'data/never.csv': 'not read by any cell',
  'notebooks/deep/beside.txt': 'beside',
};

const CELLS = [
  '# Load',
  "import sys\nsys.path.append('../..')\nfrom pathlib import Path\nimport pandas as pd\nfrom src.cleaning import Cleaner, clean",
  "rows = clean(pd.read_csv('../../data/raw/a.csv'))\ncleaner = Cleaner(2)",
  'def twice(rows):\n    return clean(rows) * 2',
  '# Use',
  'total = cleaner.run(rows)\ngreeting = cleaner.greet()\nmore = twice(rows)',
  "up = Path.cwd().parents\nfound = (up[1] / 'data' / 'found' / 'b.txt').read_text()\nbeside = open('beside.txt').read()\nwhere = [Path.cwd().name, up[0].name]\ndel up",
];

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

it('a notebook two folders down, with modules and data of its project', async () => {
  const project = join(desk, 'mine');
  await write(project, FILES);
  const source = sourceOf(join(project, 'notebooks'), 'deep', CELLS);
  const service = await serviceFor(studio, source);
  const result = await service.run().result;
  if (!result.ok) throw new Error(`${result.error.message}\n${result.error.detail}`);
  const shown = result.value.comparisons.map(({ name, verdict }) => `${name} ${verdict}`);
  const { generated } = service.state.value;
  const data = (generated?.files ?? []).flatMap(({ path }) =>
    path.startsWith('data/') ? [path] : [],
  );
  const said = service.state.value.problems.map(({ message }) => message);
  expect({ shown, data, said }).toEqual({
    shown: [
      'rows identical',
      'cleaner identical',
      'cleaner identical',
      'total identical',
      'greeting identical',
      'more identical',
      'found identical',
      'beside identical',
      'where identical',
    ],
    data: [
      'data/data/found/b.txt',
      'data/data/raw/a.csv',
      'data/notebooks/deep/beside.txt',
      'data/src/cleaning.py',
      'data/src/config.py',
      'data/words.py',
    ],
    said: [
      'The notebook looks above its folder, so the package keeps the folders of the project mine below data/, with the notebook’s at data/notebooks/deep: its relative paths stay true.',
    ],
  });
}, 300_000);

describe('where a notebook stands', () => {
  const place = (folder: string, texts: readonly string[]) => {
    const source = sourceOf(join(folder, 'notebooks'), 'n', texts);
    const { root, start } = placeOf(dirname(source.path), source);
    return { root: root.slice(desk.length + 1), start };
  };

  it.each([
    ['a mark of the project', 'marked', ["open('../x.csv')"], 'marked', 'notebooks/n'],
    ['none: the nearest folder of all', 'plain', ["open('../x.csv')"], 'plain/notebooks', 'n'],
    ['two levels', 'plain', ["open('../../x.csv')"], 'plain', 'notebooks/n'],
    ['never above the desk', 'plain', ["open('../../../../../../x')"], 'plain', 'notebooks/n'],
    ['nothing above is used', 'marked', ["open('x.csv')"], 'marked/notebooks/n', ''],
    ['an ellipsis is no folder', 'marked', ["print('and so on...')"], 'marked/notebooks/n', ''],
  ])('%s', async (_title, folder, texts, root, start) => {
    if (folder === 'marked') await write(join(desk, folder), { '.git/HEAD': '' });
    expect(place(join(desk, folder), texts)).toEqual({ root, start });
  });
});

describe('what is too much, or lies elsewhere, is said before it is copied', () => {
  const found = async (texts: readonly string[], bytes: number) => {
    const project = await mkdtemp(join(tmpdir(), 'slipway-size-'));
    await write(project, { '.git/HEAD': '', 'data/a.bin': '', 'n/n.txt': '' });
    await truncate(join(project, 'data', 'a.bin'), bytes);
    const cells: CellSource[] = [...sourceOf(project, 'n', texts).cells];
    const source = { cells, facts: sourceOf(project, 'n', texts).facts };
    const { problems } = await findDataFiles(placeOf(join(project, 'n'), source), source.facts);
    return problems.map(({ message }) => message);
  };

  it('large', async () => {
    expect(await found(["open('../data/a.bin')"], 600e6)).toEqual([
      'The files that the cells read come to 600 MB, the largest is data/a.bin with 600 MB; they are copied into the package. A path that is a parameter is left where it is.',
    ]);
  });

  it('too large', async () => {
    await expect(found(["open('../data/a.bin')"], 6e9)).rejects.toThrow(
      'The package was not made: the files that the cells read come to 6.0 GB, the largest is data/a.bin with 6.0 GB. Make the path a parameter, so that the data stays where it is, or read a part of it.',
    );
  });

  it('outside the project, or by a path of this computer', async () => {
    expect(await found(["open('../../x.csv')\nopen('/data/x.csv')"], 1)).toEqual(
      ['../../x.csv', '/data/x.csv'].map(
        (path) =>
          `Cell 1 reads ${path}, which lies outside the project’s folder and is not put into the package. Copy it beside the notebook, or make the path a parameter.`,
      ),
    );
  });
});
