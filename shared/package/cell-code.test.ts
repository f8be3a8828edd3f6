import { expect, test } from 'vitest';
import { CellId } from '../base/ids';
import type { CellFacts } from '../pipeline';
import { convertCell, definitionCode, readCell } from './cell-code';

const facts: CellFacts = {
  cellId: CellId('a'),
  index: 0,
  kind: 'code',
  error: null,
  bound: [],
  read: [],
  deleted: [],
  mutated: [],
  definitions: [],
  imports: [],
  magics: [],
  starImports: [],
  network: [],
  clock: [],
  secrets: [],
  filesRead: [],
  filesWritten: [],
  environmentVariables: [],
  randomness: [],
  settings: [],
  unsavable: [],
  shared: [],
  isHoistable: false,
  isPlotting: false,
  isDisplayOnly: false,
  unknowable: [],
};

function read(source: string) {
  return readCell({ cell: { id: CellId('a'), type: 'code', source, tags: [] }, facts, number: 3 });
}

function convert(source: string, more: Partial<Parameters<typeof convertCell>[1]> = {}) {
  return convertCell(read(source), {
    moved: new Set(),
    hoisted: new Set(),
    parameters: [],
    shims: 'notebook',
    ...more,
  });
}

test.each([
  ['a value at the end is shown', 'x = 1\nx', 'x = 1\nnotebook.show(x)'],
  ['a tuple at the end is shown as one', 'x, y', 'notebook.show((x, y))'],
  ['a semicolon keeps it back', 'df.head();', 'df.head();'],
  ['print shows by itself', 'print(1)', 'print(1)'],
  ['a comment behind stays behind', 'f(\n  1)  # why', 'notebook.show(f(\n  1))  # why'],
  ['%matplotlib becomes a comment', '%matplotlib inline\nx = 1', '# %matplotlib inline\nx = 1'],
  [
    'a magic in a block leaves a statement',
    'if x:\n    %pip install a',
    'if x:\n    pass  # %pip install a',
  ],
  ['%time keeps its code', '%time fit(x)', 'notebook.show(fit(x))'],
  ['%%time keeps the cell', '%%time\nx = 1', 'x = 1'],
  ['!pip is dropped', '!pip install pandas\nx = 1', '# !pip install pandas\nx = 1'],
  ['a shell command runs', '!ls {folder}', 'notebook.shell(f"ls {folder}")'],
  ['and its lines are kept', 'a = !ls "x"', 'a = notebook.shell_lines("ls \\"x\\"")'],
  [
    'global in a function is nonlocal to the step',
    'def f():\n    global n, m\n    n = 1',
    'def f():\n    nonlocal n, m\n    n = 1',
  ],
  ['global at the top says nothing', 'global n\nn = 1', 'pass\nn = 1'],
])('%s', (_title, source, expected) => {
  expect(convert(source).code.text).toBe(expected);
});

test('imports at the top of the module and definitions in helpers leave the body', () => {
  const source = 'import a, b  # both\nimport c\n@d\ndef f():\n    return 1\nx = f()';
  const converted = convert(source, {
    hoisted: new Set(['import a, b', 'import c']),
    moved: new Set(['f']),
  });
  expect(converted).toEqual({
    code: {
      text: '# both\n# f() is in helpers.py.\nx = f()',
      origins: [
        { cellId: 'a', line: 1 },
        { cellId: 'a', line: 3 },
        { cellId: 'a', line: 6 },
      ],
    },
    isEmpty: false,
    problems: [],
  });
});

test('each line of a definition knows its line in the cell', () => {
  expect(definitionCode(read('x = 1\n\ndef f():\n    return x\n'), 'f')).toEqual({
    text: 'def f():\n    return x',
    origins: [
      { cellId: 'a', line: 3 },
      { cellId: 'a', line: 4 },
    ],
  });
});

test.each([
  [
    '%%bash\nls',
    'Cell 3: %%bash is not Python and can’t become part of a step. Skip the cell, or write it in Python.',
  ],
  [
    '%run other.py',
    'Cell 3: %run other.py has no counterpart outside a notebook. Write it in Python, or skip the cell.',
  ],
])('%s is refused in words', (source, message) => {
  expect(convert(source).problems).toEqual([{ severity: 'error', message, cellId: 'a', line: 1 }]);
});
