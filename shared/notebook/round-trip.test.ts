import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellId } from '../base/ids';
import { applyEdit, invertEdit } from './apply-edit';
import { arbitraryCells, arbitraryEdit, arbitraryLayout, layOut } from './arbitrary-notebook';
import type { CellEdit } from './cell-edit';
import { memberOf, parseJsonTree } from './json-tree';
import type { Cell } from './notebook';
import { parseNotebook } from './parse-notebook';
import { serializeNotebook } from './serialize-notebook';

function parsed(text: string) {
  const result = parseNotebook(text, '/n.ipynb');
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function answerOf<T>(
  result: { ok: true; value: T } | { ok: false; error: { message: string } },
): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** The text of each cell and what surrounds them all. */
function bytesOf(text: string): string[] {
  const cells = memberOf(parseJsonTree(text), 'cells');
  if (cells?.kind !== 'array') throw new Error('no cells');
  return cells.items.map(({ start, end }) => text.slice(start, end));
}

describe('a notebook written back', () => {
  it('is byte-equal when nothing changed, in every layout', () => {
    fc.assert(
      fc.property(arbitraryCells, arbitraryLayout, (cells, layout) => {
        const text = layOut(cells, layout);
        const { source, document } = parsed(text);
        expect(document.cells.map((cell) => ({ ...cell, id: '' }))).toEqual(
          cells.map((cell) => ({ ...cell, id: '' })),
        );
        expect(serializeNotebook(source, document)).toBe(text);
      }),
    );
  });

  it('says after any edit what the document says, and a second reading gives the same', () => {
    fc.assert(
      fc.property(withEdit(), ({ text, edit }) => {
        const { source, document } = parsed(text);
        const after = answerOf(applyEdit(document, edit));
        const written = serializeNotebook(source, after);
        const again = parsed(written);
        const plain = (cells: Cell[]) => cells.map(({ id: _, ...cell }) => cell);
        expect(plain(again.document.cells)).toEqual(plain(after.cells));
        expect(serializeNotebook(again.source, again.document)).toBe(written);
      }),
    );
  });

  it('changes the bytes of the edited cell only', () => {
    fc.assert(
      fc.property(withEdit(), ({ text, edit }) => {
        fc.pre(
          edit.kind === 'set-source' || edit.kind === 'set-tags' || edit.kind === 'set-outputs',
        );
        const { source, document } = parsed(text);
        const after = answerOf(applyEdit(document, edit));
        const written = serializeNotebook(source, after);
        const edited = document.cells.findIndex((cell) => cell.id === edit.cellId);
        const [old, now] = [bytesOf(text), bytesOf(written)];
        expect(now.toSpliced(edited, 1)).toEqual(old.toSpliced(edited, 1));
        expect(written.replace(now[edited] ?? '', '')).toBe(text.replace(old[edited] ?? '', ''));
      }),
    );
  });

  it('is byte-equal again when the edit was undone', () => {
    fc.assert(
      fc.property(withEdit(), ({ text, edit }) => {
        const { source, document } = parsed(text);
        const undo = answerOf(invertEdit(document, edit));
        const back = answerOf(applyEdit(answerOf(applyEdit(document, edit)), undo));
        expect(back).toEqual(document);
        expect(serializeNotebook(source, back)).toBe(text);
      }),
    );
  });
});

describe('a file laid out by hand', () => {
  const text = `\uFEFF{ "nbformat":4 ,"nbformat_minor" : 5,
\t"cells":[ {"id":"a","cell_type":"raw","source":["one\\n" , "tw\\u006f\\n",   "three"],"metadata":{ "x":1.0 }}
   ,{"id":"b","cell_type":"raw","metadata":{},"source":"\\u00e9\\/"},

{"id":"c","cell_type":"raw","metadata":{},"source":""} ] , "metadata":{}}\n\n`;

  function edit(...edits: CellEdit[]): string {
    const { source, document } = parsed(text);
    const result = edits.reduce((it, edit) => answerOf(applyEdit(it, edit)), document);
    return serializeNotebook(source, result);
  }
  const [a, b] = [CellId('a'), CellId('b')];

  it('keeps its spaces, escapes, numbers and byte order mark around each edit', () => {
    const source = '1\ntwo\nthree';
    expect({
      nothing: edit(),
      line: edit({ kind: 'set-source', cellId: a, source }),
      tags: edit({ kind: 'set-tags', cellId: a, tags: ['skip'] }),
      removed: edit({ kind: 'delete', cellId: b }),
    }).toEqual({
      nothing: text,
      line: text.replace('"one\\n"', '"1\\n"'),
      tags: text.replace('"x":1.0 }', '"tags":["skip"] ,"x":1.0 }'),
      removed: text.replace(/,\{"id":"b".*,\n\n/, ',').replace(/\n {3},(?=\{"id":"c")/, '\n   ,'),
    });
  });
});

function withEdit() {
  return fc.tuple(arbitraryCells, arbitraryLayout).chain(([cells, layout]) => {
    const text = layOut(cells, layout);
    return arbitraryEdit(parsed(text).document.cells).map((edit) => ({ text, edit }));
  });
}
