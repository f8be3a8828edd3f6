/** Random notebooks and edits for the property tests, in the layouts files are really found in. */
import fc from 'fast-check';
import { CellId } from '../base/ids';
import type { CellEdit } from './cell-edit';
import type { Cell } from './notebook';
import { CELL_TYPES } from './notebook';
import type { Output } from './output';

const line = fc.oneof(
  fc.constantFrom('x = 1', 'print("é😀")', '', '\t# tab', 'a\\b', '"""', 'žluť', '</script>'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
export const arbitrarySource = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'));

const tags = fc.uniqueArray(fc.constantFrom('parameters', 'skip', 'step:train', 'mine'));

const output: fc.Arbitrary<Output> = fc.oneof<fc.Arbitrary<Output>[]>(
  arbitrarySource.map((text) => ({ output_type: 'stream' as const, name: 'stdout', text })),
  arbitrarySource.map((text) => ({
    output_type: 'display_data' as const,
    data: { 'text/plain': text, 'application/json': { list: ['a', 'b', 1.5] } },
    metadata: {},
  })),
  fc.constant({
    output_type: 'error' as const,
    ename: 'ValueError',
    evalue: 'no',
    traceback: ['\u001b[31mValueError\u001b[0m: no'],
  }),
);

export const arbitraryCell = (id: string): fc.Arbitrary<Cell> =>
  fc
    .record({
      type: fc.constantFrom(...CELL_TYPES),
      source: arbitrarySource,
      tags,
      outputs: fc.array(output, { maxLength: 3 }),
      executionCount: fc.option(fc.nat(99)),
      collapsed: fc.boolean(),
    })
    .map(({ collapsed, ...cell }) => ({
      ...cell,
      id: CellId(id),
      outputs: cell.type === 'code' ? cell.outputs : [],
      executionCount: cell.type === 'code' ? cell.executionCount : null,
      ...(collapsed ? { metadata: { collapsed: true } } : {}),
    }));

export const arbitraryCells = fc
  .nat(5)
  .chain((count) =>
    fc.tuple(...Array.from({ length: count }, (_, index) => arbitraryCell(`cell-${index}`))),
  );

export interface Layout {
  readonly indent: number;
  readonly hasLineLists: boolean;
  readonly isAscii: boolean;
  readonly isCrlf: boolean;
  readonly ending: string;
  readonly minor: number;
  readonly isSorted: boolean;
}

export const arbitraryLayout: fc.Arbitrary<Layout> = fc.record({
  indent: fc.constantFrom(0, 1, 2, 4),
  hasLineLists: fc.boolean(),
  isAscii: fc.boolean(),
  isCrlf: fc.boolean(),
  ending: fc.constantFrom('', '\n', '\n\n'),
  minor: fc.integer({ min: 0, max: 5 }),
  isSorted: fc.boolean(),
});

/** The text of a file with these cells, written by other means than the code under test. */
export function layOut(cells: readonly Cell[], layout: Layout): string {
  const lines = (text: string) =>
    layout.hasLineLists ? text.split(/(?<=\n)/).filter((part) => part !== '') : text;
  const raw = cells.map((cell) => ({
    cell_type: cell.type,
    ...(layout.minor >= 5 ? { id: cell.id } : {}),
    ...(cell.type === 'code' ? { execution_count: cell.executionCount } : {}),
    metadata: { ...cell.metadata, ...(cell.tags.length > 0 ? { tags: cell.tags } : {}) },
    ...(cell.type === 'code' ? { outputs: cell.outputs } : {}),
    source: lines(cell.source),
  }));
  const notebook = {
    cells: layout.isSorted ? raw.map(sorted) : raw,
    metadata: { kernelspec: { name: 'python3', language: 'python' } },
    nbformat: 4,
    nbformat_minor: layout.minor,
  };
  let text = JSON.stringify(notebook, null, layout.indent);
  if (layout.isAscii) {
    text = text.replace(
      /[\u007f-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  }
  return (layout.isCrlf ? text.replaceAll('\n', '\r\n') : text) + layout.ending;
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** An edit that fits these cells. */
export function arbitraryEdit(cells: readonly Cell[]): fc.Arbitrary<CellEdit> {
  const place = fc.nat(cells.length);
  const insert = fc
    .tuple(place, arbitraryCell('new-cell'))
    .map(([index, cell]): CellEdit => ({ kind: 'insert', index, cell }));
  const clearAll = fc.constant<CellEdit>({ kind: 'clear-outputs', cellIds: null });
  if (cells.length === 0) return fc.oneof(insert, clearAll);
  const cell = fc.constantFrom(...cells);
  const withCell = (make: (cell: Cell) => fc.Arbitrary<CellEdit>) => cell.chain(make);
  return fc.oneof(
    insert,
    clearAll,
    withCell(({ id }) => fc.constant({ kind: 'delete', cellId: id })),
    withCell(({ id }) =>
      fc.nat(cells.length - 1).map((index) => ({ kind: 'move', cellId: id, index })),
    ),
    withCell(({ id }) =>
      arbitrarySource.map((source) => ({ kind: 'set-source', cellId: id, source })),
    ),
    withCell(({ id }) =>
      fc.constantFrom(...CELL_TYPES).map((type) => ({ kind: 'set-type', cellId: id, type })),
    ),
    withCell(({ id }) => tags.map((list) => ({ kind: 'set-tags', cellId: id, tags: list }))),
    withCell(({ id, source }) =>
      fc.nat(source.length).map((offset) => ({
        kind: 'split',
        cellId: id,
        offset,
        newCellId: CellId('split-cell'),
      })),
    ),
    withCell((it) =>
      it === cells.at(-1) ? clearAll : fc.constant({ kind: 'merge', cellId: it.id }),
    ),
    withCell(({ id, type }) =>
      type !== 'code'
        ? clearAll
        : fc.array(output, { maxLength: 2 }).map((outputs) => ({
            kind: 'set-outputs',
            cellId: id,
            outputs,
            executionCount: 7,
          })),
    ),
  );
}
