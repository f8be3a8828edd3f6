/** Files of the user: written whole or not at all, and a refusal of the system told in words. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail } from '../../shared/base/studio-error';

/** Writes through a temporary sibling and a rename, with fsync. Throws StudioFailure for what a user can mend. */
export async function writeAtomic(path: string, data: string | Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(await realpath(path).catch(() => path), data);
  } catch (thrown) {
    refuse(path, thrown);
  }
}

/**
 * Not the package write-file-atomic (8.0.0): it writes once and does not look how much was written, so that a disk
 * that fills up in the middle left half a file in place of the whole one. `writeFile` of a handle goes on until all is
 * written or throws.
 */
async function replaceFile(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`;
  const before = await stat(path).catch(() => null);
  try {
    const file = await open(temporary, 'wx', before?.mode);
    try {
      await file.writeFile(data);
      if (before) {
        await file.chmod(before.mode);
        await file.chown(before.uid, before.gid).catch(() => undefined);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw thrown;
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

const REFUSALS: Record<
  string,
  readonly ['permission' | 'disk-full' | 'not-found', string, string]
> = {
  EACCES: ['permission', 'may not be written', 'Choose another folder with “Save as”.'],
  EPERM: ['permission', 'may not be written', 'Choose another folder with “Save as”.'],
  EROFS: ['permission', 'is on a read-only disk', 'Choose another folder with “Save as”.'],
  ENOSPC: ['disk-full', 'does not fit: the disk is full', 'Free some space, then save again.'],
  EDQUOT: [
    'disk-full',
    'does not fit: your disk quota is used up',
    'Free some space, then save again.',
  ],
  ENOENT: [
    'not-found',
    'is in a folder that is no longer there',
    'Choose another folder with “Save as”.',
  ],
};

function refuse(path: string, thrown: unknown): never {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const known = REFUSALS[code];
  if (!known) throw thrown;
  const [kind, what, next] = known;
  fail(kind, `${path} ${what}. ${next}`, { place: { path }, detail: String(thrown) });
}
