/** Applies an edit to a document and tells the edit that takes it back. Pure; untouched cells keep their identity. */

import { assertNever } from '../base/assert';
import type { CellId } from '../base/ids';
import { err, ok, type Result } from '../base/result';
import { type StudioError, StudioFailure, studioError } from '../base/studio-error';
import type { CellEdit } from './cell-edit';
import type { Cell } from './notebook';

interface WithCells {
  readonly cells: Cell[];
}

export function applyEdit<D extends WithCells>(document: D, edit: CellEdit): Result<D> {
  return caught(() => ({ ...document, cells: changed(document.cells, edit) }));
}

/** The edit that undoes `edit`; `document` is the one before it. */
export function invertEdit(document: WithCells, edit: CellEdit): Result<CellEdit> {
  return caught(() => inverse(document.cells, edit));
}

function changed(cells: Cell[], edit: CellEdit): Cell[] {
  switch (edit.kind) {
    case 'insert':
      requireNew(cells, [edit.cell.id]);
      return splice(cells, edit.index, 0, [edit.cell]);
    case 'delete':
      return splice(cells, find(cells, edit.cellId), 1, []);
    case 'move': {
      const from = find(cells, edit.cellId);
      return splice(splice(cells, from, 1, []), edit.index, 0, cells.slice(from, from + 1));
    }
    case 'set-source':
      return change(cells, edit.cellId, (cell) => ({ ...cell, source: edit.source }));
    case 'set-tags':
      return change(cells, edit.cellId, (cell) => ({ ...cell, tags: edit.tags }));
    case 'set-type':
      return change(cells, edit.cellId, (cell) => withType(cell, edit.type));
    case 'clear-outputs':
      for (const id of edit.cellIds ?? []) find(cells, id);
      return cells.map((cell) => (isCleared(cell, edit.cellIds) ? cleared(cell) : cell));
    case 'set-outputs': {
      const { outputs, executionCount } = edit;
      return change(cells, edit.cellId, (cell) => ({ ...cell, outputs, executionCount }));
    }
    case 'split':
      requireNew(cells, [edit.newCellId]);
      return splitCell(cells, edit.cellId, edit.offset, edit.newCellId);
    case 'merge':
      return mergeCells(cells, edit.cellId);
    case 'replace': {
      const kept = splice(cells, edit.index, edit.removed, []);
      requireNew(
        kept,
        edit.cells.map((cell) => cell.id),
      );
      return splice(cells, edit.index, edit.removed, edit.cells);
    }
    case 'batch':
      return edit.edits.reduce(changed, cells);
    default:
      return assertNever(edit);
  }
}

function inverse(cells: Cell[], edit: CellEdit): CellEdit {
  switch (edit.kind) {
    case 'insert':
      return { kind: 'delete', cellId: edit.cell.id };
    case 'delete': {
      const index = find(cells, edit.cellId);
      return { kind: 'insert', index, cell: at(cells, index) };
    }
    case 'move':
      return { kind: 'move', cellId: edit.cellId, index: find(cells, edit.cellId) };
    case 'set-source': {
      const { source } = at(cells, find(cells, edit.cellId));
      return { kind: 'set-source', cellId: edit.cellId, source };
    }
    case 'set-tags':
      return { ...edit, tags: at(cells, find(cells, edit.cellId)).tags };
    case 'set-type':
      return restoring(cells, find(cells, edit.cellId), 1, 1);
    case 'clear-outputs': {
      const touched = cells.filter((cell) => isCleared(cell, edit.cellIds));
      return { kind: 'batch', edits: touched.map(outputsOf) };
    }
    case 'set-outputs':
      return outputsOf(at(cells, find(cells, edit.cellId)));
    case 'split':
      return restoring(cells, find(cells, edit.cellId), 2, 1);
    case 'merge':
      return restoring(cells, find(cells, edit.cellId), 1, 2);
    case 'replace':
      return restoring(cells, edit.index, edit.cells.length, edit.removed);
    case 'batch':
      return inverseOfAll(cells, edit.edits);
    default:
      return assertNever(edit);
  }
}

function inverseOfAll(cells: Cell[], edits: readonly CellEdit[]): CellEdit {
  const inverses: CellEdit[] = [];
  edits.reduce((before, edit) => {
    inverses.unshift(inverse(before, edit));
    return changed(before, edit);
  }, cells);
  return { kind: 'batch', edits: inverses };
}

/** Puts the `count` cells that stood at `index` back in place of the `removed` ones that took their place. */
function restoring(cells: Cell[], index: number, removed: number, count: number): CellEdit {
  return { kind: 'replace', index, removed, cells: cells.slice(index, index + count) };
}

function outputsOf(cell: Cell): CellEdit {
  const { outputs, executionCount } = cell;
  return { kind: 'set-outputs', cellId: cell.id, outputs, executionCount };
}

function withType(cell: Cell, type: Cell['type']): Cell {
  return type === 'code' || type === cell.type ? { ...cell, type } : { ...cleared(cell), type };
}

function cleared(cell: Cell): Cell {
  return { ...cell, outputs: [], executionCount: null };
}

function isCleared(cell: Cell, ids: readonly CellId[] | null): boolean {
  const isNamed = ids === null || ids.includes(cell.id);
  return isNamed && (cell.outputs.length > 0 || cell.executionCount !== null);
}

function splitCell(cells: Cell[], id: CellId, offset: number, newCellId: CellId): Cell[] {
  const index = find(cells, id);
  const cell = at(cells, index);
  if (offset > cell.source.length) refuse('The place to split lies behind the end of the cell.');
  const head = cell.source.slice(0, offset).replace(/\r?\n$/, '');
  const tail = cell.source.slice(offset).replace(/^\r?\n/, '');
  const { attachments: _, ...rest } = cell;
  const second = { ...rest, id: newCellId, source: tail, tags: [] };
  return splice(cells, index, 1, [{ ...cleared(cell), source: head }, second]);
}

function mergeCells(cells: Cell[], id: CellId): Cell[] {
  const index = find(cells, id);
  const first = at(cells, index);
  const second = cells[index + 1];
  if (!second) refuse('There is no cell below to merge with.', id);
  const source = [first.source, second.source].filter(Boolean).join('\n');
  const attachments = { ...first.attachments, ...second.attachments };
  const merged = {
    ...first,
    source,
    outputs: first.type === 'code' ? [...first.outputs, ...second.outputs] : [],
    ...(Object.keys(attachments).length > 0 ? { attachments } : {}),
  };
  return splice(cells, index, 2, [merged]);
}

function splice(cells: Cell[], index: number, removed: number, added: readonly Cell[]): Cell[] {
  if (index + removed > cells.length) refuse(`There is no place ${index + 1} in this notebook.`);
  return [...cells.slice(0, index), ...added, ...cells.slice(index + removed)];
}

function change(cells: Cell[], id: CellId, update: (cell: Cell) => Cell): Cell[] {
  const index = find(cells, id);
  return splice(cells, index, 1, [update(at(cells, index))]);
}

function find(cells: readonly Cell[], id: CellId): number {
  const index = cells.findIndex((cell) => cell.id === id);
  if (index < 0) refuse('That cell is no longer in the notebook.', id);
  return index;
}

function at(cells: readonly Cell[], index: number): Cell {
  const cell = cells[index];
  if (!cell) refuse(`There is no place ${index + 1} in this notebook.`);
  return cell;
}

function requireNew(cells: readonly Cell[], ids: readonly CellId[]): void {
  const taken = ids.find((id, at) => cells.some((cell) => cell.id === id) || ids.indexOf(id) < at);
  if (taken) refuse('A cell with this id is in the notebook already.', taken);
}

function refuse(message: string, cellId?: CellId): never {
  throw new StudioFailure(
    studioError('invalid-input', message, cellId ? { place: { cellId } } : {}),
  );
}

function caught<T>(work: () => T): Result<T, StudioError> {
  try {
    return ok(work());
  } catch (thrown) {
    if (thrown instanceof StudioFailure) return err(thrown.error);
    throw thrown;
  }
}
