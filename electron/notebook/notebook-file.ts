/** Reads .ipynb files: every refusal of the disk in words, and a hash to know the same content again. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fail } from '../../shared/base/studio-error';

export interface NotebookFile {
  readonly text: string;
  readonly hash: string;
}

/** Throws StudioFailure for a file that is missing, may not be read or is no UTF-8 text. */
export async function readNotebookFile(path: string): Promise<NotebookFile> {
  const bytes = await readFile(path).catch((thrown: unknown) => refuseToRead(path, thrown));
  return { text: decode(path, bytes), hash: hashOf(bytes) };
}

/** Null where there is no file. */
export async function hashOnDisk(path: string): Promise<string | null> {
  try {
    return hashOf(await readFile(path));
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    return refuseToRead(path, thrown);
  }
}

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The byte order mark stays in the text, so that it is written again. */
function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('invalid-file', `${basename(path)} is not UTF-8 text, so it is no notebook.`, {
      place: { path },
      nextSteps: [{ label: 'Open another notebook', command: 'project.open' }],
    });
  }
}

function refuseToRead(path: string, thrown: unknown): never {
  const another = { label: 'Open another notebook', command: 'project.open' };
  const more = { place: { path }, nextSteps: [another], detail: String(thrown) };
  switch (codeOf(thrown)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fail('not-found', `There is no file ${path}.`, more);
    case 'EISDIR':
      return fail('invalid-file', `${path} is a folder, not a notebook.`, more);
    case 'EACCES':
    case 'EPERM':
      return fail('permission', `${path} may not be read by you.`, more);
    default:
      throw thrown;
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}
