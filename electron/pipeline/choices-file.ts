/**
 * slipway.yaml beside the notebook: what cell tags cannot hold. Comments, order and entries of other stages or of a
 * newer Slipway stay where they are; only what differs is written.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import { fail } from '../../shared/base/studio-error';
import { NO_CHOICES, type PipelineChoices, pipelineChoicesSchema } from '../../shared/pipeline';
import { writeAtomic } from '../base/files';

const VERSION = 1;

export const choicesPath = (notebook: string): string => join(dirname(notebook), 'slipway.yaml');

/** Throws StudioFailure where the file is there and cannot be understood: then nothing may be written to it. */
export async function readChoices(notebook: string): Promise<PipelineChoices> {
  const document = await readDocument(choicesPath(notebook));
  const kept: unknown = document.getIn(placeOf(notebook));
  if (kept === undefined || kept === null) return NO_CHOICES;
  const plain: unknown = JSON.parse(JSON.stringify(kept));
  const parsed = pipelineChoicesSchema.partial().safeParse(plain);
  if (parsed.success) return { ...NO_CHOICES, ...parsed.data };
  const issue = parsed.error.issues[0];
  const where = [...placeOf(notebook), ...(issue?.path ?? [])].join('.');
  return fail('invalid-file', `slipway.yaml: ${where}: ${issue?.message ?? 'is not understood'}`, {
    place: { path: choicesPath(notebook) },
  });
}

export async function writeChoices(notebook: string, choices: PipelineChoices): Promise<void> {
  const path = choicesPath(notebook);
  const document = await readDocument(path);
  if (document.get('version') === undefined) document.set('version', VERSION);
  change(document, placeOf(notebook), choices);
  await writeAtomic(path, document.toString());
}

const placeOf = (notebook: string) => ['notebooks', basename(notebook), 'pipeline'];

/** Goes down to what differs, so that comments beside the rest stay. */
function change(document: Document, path: readonly (string | number)[], wanted: unknown): void {
  const node = document.getIn(path, true);
  if (isSame(document.getIn(path), wanted)) return;
  if (isMap(node) && isRecord(wanted)) {
    const keys = node.items.map((item) => String(item.key));
    for (const key of keys) if (!(key in wanted)) document.deleteIn([...path, key]);
    for (const [key, value] of Object.entries(wanted)) {
      if (value !== undefined) change(document, [...path, key], value);
    }
  } else if (isSeq(node) && Array.isArray(wanted)) {
    for (let at = node.items.length - 1; at >= wanted.length; at -= 1) {
      document.deleteIn([...path, at]);
    }
    for (const [at, value] of wanted.entries()) change(document, [...path, at], value);
  } else {
    document.setIn(path, document.createNode(wanted));
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSame = (one: unknown, two: unknown) => JSON.stringify(one) === JSON.stringify(two);

async function readDocument(path: string): Promise<Document> {
  const document = parseDocument(await readText(path));
  const [error] = document.errors;
  if (error) {
    const at = error.linePos?.[0];
    fail('invalid-file', `slipway.yaml is no valid YAML: ${error.message.split('\n')[0]}`, {
      place: { path, ...(at ? { line: at.line, column: at.col } : {}) },
    });
  }
  if (document.contents !== null && !isMap(document.contents)) {
    fail('invalid-file', 'slipway.yaml holds no settings: it should begin with “version: 1”.', {
      place: { path, line: 1 },
    });
  }
  const version: unknown = document.get('version');
  if (typeof version === 'number' && version > VERSION) {
    const message =
      'slipway.yaml was made by a newer Slipway. It is left as it is; update Slipway to use it.';
    fail('precondition', message, { place: { path } });
  }
  return document;
}

/** Only a file that is not there counts as empty: what cannot be read must not be written over. */
async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return '';
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return fail('permission', 'slipway.yaml cannot be read. Check that you may read it.', {
      place: { path },
      detail: why,
    });
  }
}
