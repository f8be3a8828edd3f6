/** Files of the user: written whole or not at all, and a refusal of the system told in words. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomicLibrary from 'write-file-atomic';
import { fail } from '../../shared/base/studio-error';

/** Writes through a temporary sibling and a rename, with fsync. Throws StudioFailure for what a user can mend. */
export async function writeAtomic(path: string, data: string | Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomicLibrary(path, typeof data === 'string' ? data : Buffer.from(data));
  } catch (thrown) {
    refuse(path, thrown);
  }
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** The parsed file, or null where it is missing or no JSON (a settings file must never stop the start). */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}

const REFUSALS: Record<string, readonly ['permission' | 'disk-full' | 'not-found', string, string]> = {
  EACCES: ['permission', 'may not be written', 'Choose another folder with “Save as”.'],
  EPERM: ['permission', 'may not be written', 'Choose another folder with “Save as”.'],
  EROFS: ['permission', 'is on a read-only disk', 'Choose another folder with “Save as”.'],
  ENOSPC: ['disk-full', 'does not fit: the disk is full', 'Free some space, then save again.'],
  EDQUOT: ['disk-full', 'does not fit: your disk quota is used up', 'Free some space, then save again.'],
  ENOENT: ['not-found', 'is in a folder that is no longer there', 'Choose another folder with “Save as”.'],
};

function refuse(path: string, thrown: unknown): never {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const known = REFUSALS[code];
  if (!known) throw thrown;
  const [kind, what, next] = known;
  fail(kind, `${path} ${what}. ${next}`, { place: { path }, detail: String(thrown) });
}
