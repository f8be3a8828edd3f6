import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { analyseCells } from './index';

/** Source, what is put into sys.path, files read. */
const CASES: readonly [string, string, string][] = [
  ["import sys\nsys.path.append('..')", '..', ''],
  ["import sys\nsys.path.insert(0, '../src')", 'first ../src', ''],
  ["import os, sys\nsys.path.append(os.path.abspath(os.path.join('..')))", '..', ''],
  ['import os, sys\nsys.path.append(os.path.dirname(os.getcwd()))', './..', ''],
  ['import sys\nfrom pathlib import Path\nsys.path.append(str(Path.cwd().parent))', './..', ''],
  [
    "import sys\nfrom pathlib import Path\nROOT = Path().resolve().parent\nsys.path.insert(0, str(ROOT / 'src'))",
    'first ./../src',
    '',
  ],
  [
    "from pathlib import Path\nimport pandas as pd\nDATA = Path('..') / 'data'\npd.read_csv(DATA / 'a.csv')",
    '',
    '../data/a.csv',
  ],
  ["from pathlib import Path\nPath('a/b.txt').parent.joinpath('c.txt').read_text()", '', 'a/c.txt'],
  ['import sys\nsys.path.append(where())', '?', ''],
];

test.each(CASES)('%s', (source, paths, files) => {
  const [facts] = analyseCells([{ id: CellId('c'), type: 'code', source, tags: [] }]);
  expect({
    paths: facts?.searchPaths
      .map(({ path, isFirst }) => `${isFirst ? 'first ' : ''}${path ?? '?'}`)
      .join(' '),
    files: facts?.filesRead.map(({ path }) => path).join(' '),
  }).toEqual({ paths, files });
});
