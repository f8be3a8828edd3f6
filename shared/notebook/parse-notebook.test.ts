import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyEdit } from './apply-edit';
import { parseNotebook } from './parse-notebook';
import { serializeNotebook } from './serialize-notebook';

function errorOf(text: string) {
  const result = parseNotebook(text, '/notebooks/my notes.ipynb');
  return result.ok ? null : result.error;
}

function notebook(cells: unknown, more: object = {}): string {
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5, ...more });
}

const view = {
  label: 'View its text',
  command: 'notebook.openReadOnly',
  argument: { path: '/notebooks/my notes.ipynb' },
};

describe('a file that is no valid notebook', () => {
  it('not JSON: says line and column', () => {
    expect(errorOf('{\n "cells": [\n  {"a": 1,}\n ]\n}')).toEqual({
      kind: 'invalid-file',
      message: 'my notes.ipynb is not JSON: line 3, column 11: expected a name in double quotes.',
      place: { path: '/notebooks/my notes.ipynb', line: 3, column: 11 },
      nextSteps: [view],
    });
  });

  it.each([
    ['', 'my notes.ipynb is empty, so it is no notebook.'],
    ['{"a": [1, 2}', 'my notes.ipynb is not JSON: line 1, column 12: expected a comma or ].'],
    [
      '{"a": NaN}',
      'my notes.ipynb is not JSON: line 1, column 7: expected a value, and “NaN” is none in JSON.',
    ],
    ['{"a": "b', 'my notes.ipynb is not JSON: line 1, column 9: the file ends too early.'],
    ['<html>', 'my notes.ipynb is not JSON: line 1, column 1: expected a value.'],
    [
      '{"a": "b\nc"}',
      'my notes.ipynb is not JSON: line 1, column 9: expected the closing double quote of this text before the line ends.',
    ],
    ['[]', 'my notes.ipynb is JSON, but no notebook: it holds no object.'],
    ['{"name": "x"}', 'my notes.ipynb is JSON, but no notebook: it has no “nbformat” number.'],
    ['{"nbformat": 4}', 'my notes.ipynb is JSON, but no notebook: it has no “cells”.'],
    [
      '{"nbformat": 5, "cells": []}',
      'my notes.ipynb is written in notebook format 5, which is newer than this studio knows (4).',
    ],
    [notebook({}), 'my notes.ipynb is JSON, but no notebook: its “cells” are no list.'],
    [notebook([1]), 'Cell 1 of my notes.ipynb is no object.'],
    [
      notebook([{ cell_type: 'raw', source: '' }, { source: [] }]),
      'Cell 2 of my notes.ipynb has no “cell_type”.',
    ],
    [
      notebook([{ cell_type: 'heading', source: '' }]),
      'Cell 1 of my notes.ipynb has the unknown cell_type "heading".',
    ],
    [notebook([{ cell_type: 'code' }]), 'Cell 1 of my notes.ipynb has no “source”.'],
    [
      notebook([{ cell_type: 'code', source: 3 }]),
      'Cell 1 of my notes.ipynb has a “source” that is neither text nor lines.',
    ],
    [
      notebook([{ cell_type: 'code', source: '', outputs: [{ output_type: 'pyout' }] }]),
      'Cell 1 of my notes.ipynb has an output (number 1) that is none of notebook format 4.',
    ],
  ])('%s', (text, message) => {
    expect(errorOf(text)).toMatchObject({ kind: 'invalid-file', message, nextSteps: [view] });
  });

  it('nbformat 3: gives the command that converts it', () => {
    const text = JSON.stringify({ worksheets: [{ cells: [] }], nbformat: 3, nbformat_minor: 0 });
    expect(errorOf(text)).toEqual({
      kind: 'invalid-file',
      message:
        'my notes.ipynb is written in notebook format 3, from before 2015; this studio reads format 4. Convert it once, then open the result.',
      place: { path: '/notebooks/my notes.ipynb' },
      nextSteps: [
        {
          label: 'Convert it in a terminal',
          shell: "jupyter nbconvert --to notebook --nbformat 4 '/notebooks/my notes.ipynb'",
        },
        view,
      ],
    });
  });
});

describe('duplicate and missing cell ids', () => {
  const raw = (id: string | undefined, source: string) => ({
    cell_type: 'raw',
    ...(id ? { id } : {}),
    metadata: {},
    source,
  });
  const text = notebook([raw('a', '1'), raw('a', '2'), raw(undefined, '3'), raw('b', '4')]);

  it('are said, and repaired in the cell that is edited only', () => {
    const result = parseNotebook(text, '/n.ipynb');
    if (!result.ok) throw new Error(result.error.message);
    const { document, source } = result.value;
    expect({ ids: document.cells.map((cell) => cell.id), problems: document.problems }).toEqual({
      ids: ['a', 'a-2', 'cell-2', 'b'],
      problems: [
        {
          message:
            'Cell 2 has the same id as an earlier cell (“a”). It gets one of its own when you change it.',
          cellId: 'a-2',
          cellNumber: 2,
        },
        {
          message:
            'Cell 3 has no id, which notebook format 4.5 asks for. It gets one when you change it.',
          cellId: 'cell-2',
          cellNumber: 3,
        },
      ],
    });
    expect(serializeNotebook(source, document)).toBe(text);
    const second = document.cells[1]?.id;
    if (!second) throw new Error('no second cell');
    const edited = applyEdit(document, { kind: 'set-source', cellId: second, source: '2!' });
    if (!edited.ok) throw new Error(edited.error.message);
    expect(serializeNotebook(source, edited.value)).toBe(
      text.replace('"id":"a","metadata":{},"source":"2"', '"id":"a-2","metadata":{},"source":"2!"'),
    );
  });
});

const folder = process.env.SLIPWAY_SHARED_NOTEBOOKS ?? resolve('../shared/notebooks');
const files = existsSync(folder) ? readdirSync(folder).filter((it) => it.endsWith('.ipynb')) : [];

describe.skipIf(files.length === 0)(
  `real notebooks (skipped where there is no ${folder}: set SLIPWAY_SHARED_NOTEBOOKS)`,
  () => {
    it.each(files)('%s: byte-equal, and one edit changes one cell', (name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const result = parseNotebook(text, name);
      if (!result.ok) throw new Error(result.error.message);
      const { document, source } = result.value;
      const known = new Set(text.split('\n'));
      expect(serializeNotebook(source, document) === text).toBe(true);
      for (const [index, cell] of document.cells.entries()) {
        const edit = {
          kind: 'set-source',
          cellId: cell.id,
          source: `${cell.source}\n# é`,
        } as const;
        const edited = applyEdit(document, edit);
        if (!edited.ok) throw new Error(edited.error.message);
        const written = serializeNotebook(source, edited.value);
        const node = source.cells[index]?.node;
        if (!node) throw new Error('no place');
        const isOnlyThisCell =
          written.startsWith(text.slice(0, node.start)) && written.endsWith(text.slice(node.end));
        const changedLines = written.split('\n').filter((line) => !known.has(line));
        expect({ isOnlyThisCell, few: changedLines.length <= 3 }).toEqual({
          isOnlyThisCell: true,
          few: true,
        });
      }
    });
  },
);
