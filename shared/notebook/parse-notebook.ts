/** From the text of an .ipynb file to a document, or to a sentence that says what is wrong and where. */
import { CellId } from '../base/ids';
import { err, ok, type Result } from '../base/result';
import { type Place, type StudioError, studioError } from '../base/studio-error';
import { isRecord, isTextList, outputFromFile } from './file-output';
import { detectFormat } from './json-format';
import {
  type JsonNode,
  JsonSyntaxError,
  lineAndColumn,
  memberOf,
  parseJsonTree,
} from './json-tree';
import { CELL_TYPES, type Cell, type NotebookDocument, type NotebookProblem } from './notebook';
import type { NotebookSource } from './notebook-source';
import type { Output } from './output';

export interface ParsedNotebook {
  readonly document: NotebookDocument;
  readonly source: NotebookSource;
}

type Json = Record<string, unknown>;

/** `ids`: those the cells had before the file was written, in order, so that a window keeps its cells. */
export function parseNotebook(
  text: string,
  path: string,
  ids: readonly CellId[] = [],
): Result<ParsedNotebook> {
  const read = readJson(text, path);
  if (!read.ok) return read;
  const { root, value } = read.value;
  const shape = checkShape(value, path);
  if (!shape.ok) return shape;
  const { notebook, rawCells } = shape.value;
  const minor = integer(notebook.nbformat_minor) ?? 0;
  const problems: NotebookProblem[] = [];
  const naming = nameCells(rawCells, minor >= 5, ids);
  problems.push(...naming.problems);
  const cells: Cell[] = [];
  for (const [index, raw] of rawCells.entries()) {
    const cell = readCell(raw, index, naming.ids[index] ?? CellId(`cell-${index}`), path);
    if (!cell.ok) return cell;
    cells.push(cell.value);
  }
  const cellsNode = memberOf(root, 'cells');
  if (cellsNode?.kind !== 'array') return notANotebook(path, 'its “cells” are no list');
  return ok({
    document: { ...describeFile(notebook, path), nbformatMinor: minor, problems, cells },
    source: {
      text,
      root,
      cellsNode,
      cells: cells.flatMap((cell, index) => {
        const node = cellsNode.items[index];
        return node ? [{ cell, node }] : [];
      }),
      format: detectFormat(text, root),
      hasIds: minor >= 5,
    },
  });
}

/** After `text` was written from `cells`: the same cells, identity and all, now have their places there. */
export function rebaseSource(text: string, path: string, cells: readonly Cell[]): NotebookSource {
  const result = parseNotebook(
    text,
    path,
    cells.map((cell) => cell.id),
  );
  if (!result.ok) throw new Error(`What was written cannot be read: ${result.error.message}`);
  const { source } = result.value;
  const known = source.cells.map((place, index) => ({
    ...place,
    cell: cells[index] ?? place.cell,
  }));
  return { ...source, cells: known };
}

/** A view of the text of a file that is no valid notebook. */
export function readOnlyNotebook(text: string, path: string): NotebookDocument {
  return {
    path,
    nbformat: 0,
    nbformatMinor: 0,
    language: 'python',
    kernelName: null,
    isReadOnly: true,
    rawText: text,
    problems: [],
    cells: [],
  };
}

function describeFile(notebook: Json, path: string) {
  const metadata = isRecord(notebook.metadata) ? notebook.metadata : {};
  const kernel = isRecord(metadata.kernelspec) ? metadata.kernelspec : {};
  const language = isRecord(metadata.language_info) ? metadata.language_info : {};
  return {
    path,
    nbformat: 4,
    language: text(language.name) ?? text(kernel.language) ?? 'python',
    kernelName: text(kernel.name),
    isReadOnly: false,
    rawText: null,
  };
}

function readJson(text: string, path: string): Result<{ root: JsonNode; value: unknown }> {
  try {
    const root = parseJsonTree(text);
    return ok({ root, value: JSON.parse(text.slice(root.start, root.end)) });
  } catch (thrown) {
    if (!(thrown instanceof JsonSyntaxError)) throw thrown;
    if (text.trim() === '') return invalid(path, `${nameOf(path)} is empty, so it is no notebook.`);
    const at = lineAndColumn(text, thrown.offset);
    const where = `line ${at.line}, column ${at.column}`;
    return invalid(path, `${nameOf(path)} is not JSON: ${where}: ${thrown.message}.`, at);
  }
}

function checkShape(value: unknown, path: string): Result<{ notebook: Json; rawCells: unknown[] }> {
  if (!isRecord(value)) return notANotebook(path, 'it holds no object');
  const major = integer(value.nbformat);
  if (major === null) return notANotebook(path, 'it has no “nbformat” number');
  if (major < 4) return tooOld(path, major);
  if (major > 4) {
    return invalid(
      path,
      `${nameOf(path)} is written in notebook format ${major}, which is newer than this studio knows (4).`,
    );
  }
  if (!('cells' in value)) return notANotebook(path, 'it has no “cells”');
  if (!Array.isArray(value.cells)) return notANotebook(path, 'its “cells” are no list');
  return ok({ notebook: value, rawCells: value.cells });
}

function tooOld(path: string, major: number) {
  const shell = `jupyter nbconvert --to notebook --nbformat 4 ${quote(path)}`;
  return invalid(
    path,
    `${nameOf(path)} is written in notebook format ${major}, from before 2015; this studio reads format 4. Convert it once, then open the result.`,
    {},
    [{ label: 'Convert it in a terminal', shell }],
  );
}

interface Naming {
  readonly ids: CellId[];
  readonly problems: NotebookProblem[];
}

/** Ids that are missing or taken are made from the position, so that reading twice gives the same ones. */
function nameCells(rawCells: unknown[], hasIds: boolean, known: readonly CellId[]): Naming {
  const taken = new Set<string>();
  const problems: NotebookProblem[] = [];
  const ids = rawCells.map((raw, index) => {
    const given = hasIds && isRecord(raw) ? text(raw.id) : null;
    const wanted = known[index] ?? given ?? `cell-${index}`;
    const id = CellId(freeName(wanted, taken));
    taken.add(id);
    const cellNumber = index + 1;
    if (given && known.length === 0 && id !== given) {
      const message = `Cell ${cellNumber} has the same id as an earlier cell (“${given}”). It gets one of its own when you change it.`;
      problems.push({ message, cellId: id, cellNumber });
    } else if (hasIds && !given) {
      const message = `Cell ${cellNumber} has no id, which notebook format 4.5 asks for. It gets one when you change it.`;
      problems.push({ message, cellId: id, cellNumber });
    }
    return id;
  });
  return { ids, problems };
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}-${count}`;
  return name;
}

function readCell(raw: unknown, index: number, id: CellId, path: string): Result<Cell> {
  const broken = (what: string) => brokenCell(path, index, what);
  if (!isRecord(raw)) return broken('is no object');
  if (!('cell_type' in raw)) return broken('has no “cell_type”');
  const type = CELL_TYPES.find((known) => known === raw.cell_type);
  if (!type) return broken(`has the unknown cell_type ${JSON.stringify(raw.cell_type)}`);
  const source = isTextList(raw.source) ? raw.source.join('') : raw.source;
  if (source === undefined) return broken('has no “source”');
  if (typeof source !== 'string') return broken('has a “source” that is neither text nor lines');
  const metadata = raw.metadata ?? {};
  if (!isRecord(metadata)) return broken('has “metadata” that is no object');
  const outputs = readOutputs(type === 'code' ? raw.outputs : []);
  if (typeof outputs === 'string') return broken(outputs);
  const { tags, ...rest } = metadata;
  return ok({
    id,
    type,
    source,
    tags: isTextList(tags) ? tags : [],
    outputs,
    executionCount: type === 'code' ? integer(raw.execution_count) : null,
    ...(Object.keys(rest).length > 0 ? { metadata: rest } : {}),
    ...(isAttachments(raw.attachments) ? { attachments: raw.attachments } : {}),
  });
}

/** What is wrong with them as a text. */
function readOutputs(raw: unknown): Output[] | string {
  if (raw === undefined) return [];
  if (!Array.isArray(raw)) return 'has “outputs” that are no list';
  const outputs: Output[] = [];
  for (const [index, item] of raw.entries()) {
    const output = outputFromFile(item);
    if (!output) return `has an output (number ${index + 1}) that is none of notebook format 4`;
    outputs.push(output);
  }
  return outputs;
}

function isAttachments(value: unknown): value is Record<string, Json> {
  return isRecord(value) && Object.values(value).every(isRecord);
}

function brokenCell(path: string, index: number, what: string) {
  const cellNumber = index + 1;
  return invalid(path, `Cell ${cellNumber} of ${nameOf(path)} ${what}.`, { cellNumber });
}

function notANotebook(path: string, why: string) {
  return invalid(path, `${nameOf(path)} is JSON, but no notebook: ${why}.`);
}

function invalid(
  path: string,
  message: string,
  place: Place = {},
  nextSteps: StudioError['nextSteps'] = [],
): { readonly ok: false; readonly error: StudioError } {
  const view = { label: 'View its text', command: 'notebook.openReadOnly', argument: { path } };
  return err(
    studioError('invalid-file', message, {
      place: { path, ...place },
      nextSteps: [...nextSteps, view],
    }),
  );
}

function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) || path;
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function integer(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
