/** The package on the disk: written whole beside the old one and then exchanged, never over a folder that is not ours. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fail } from '../../shared/base/studio-error';
import type { PackageFile, PackageFileInfo } from '../../shared/package';
import { writeAtomic } from '../base/files';

export const MARKER = '.slipway-package.json';

export interface FolderContent {
  readonly files: readonly PackageFile[];
  /** Copied below `data/`: path in the package, path on the disk. */
  readonly data: readonly { readonly path: string; readonly from: string }[];
}

export function isOurs(folder: string): boolean {
  return existsSync(join(folder, MARKER));
}

/** The notebook's values that a proof kept for the tests. */
const GOLDEN = join('tests', 'golden');

/** What runs have put there stays: the model, and the values of the tests where the code is the same (`keepsGolden`). */
export async function writePackage(
  folder: string,
  content: FolderContent,
  keepsGolden: boolean,
): Promise<void> {
  await refuseForeign(folder);
  const part = join(dirname(folder), `.${randomUUID().slice(0, 8)}.slipway-part`);
  try {
    for (const { path, text } of content.files) await writeAtomic(join(part, path), text);
    for (const { path, from } of content.data) {
      await mkdir(dirname(join(part, path)), { recursive: true });
      await cp(from, join(part, path));
    }
    for (const kept of ['model', ...(keepsGolden ? [GOLDEN] : [])]) {
      if (existsSync(join(folder, kept)))
        await cp(join(folder, kept), join(part, kept), { recursive: true });
    }
    await exchange(part, folder);
  } catch (thrown) {
    await rm(part, { recursive: true, force: true });
    throw thrown;
  }
}

async function exchange(part: string, folder: string): Promise<void> {
  if (!existsSync(folder)) return rename(part, folder);
  const old = `${part}-old`;
  await rename(folder, old);
  try {
    await rename(part, folder);
  } catch (thrown) {
    await rename(old, folder);
    throw thrown;
  }
  await rm(old, { recursive: true, force: true });
}

async function refuseForeign(folder: string): Promise<void> {
  if (!existsSync(folder) || isOurs(folder)) return;
  const entries = await readdir(folder).catch(() => ['?']);
  if (entries.length === 0) return;
  fail(
    'conflict',
    `The folder ${folder} is there already and was not made by Slipway, so nothing was written. Give the package another name, or move that folder away.`,
    {
      place: { path: folder },
      nextSteps: [{ label: 'Rename the package', command: 'package.rename' }],
    },
  );
}

/** A hash of what was generated: text, paths and data, apart from the model a run put there. */
export async function contentHash(content: FolderContent): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, text } of content.files) hash.update(`${path}\0${text}\0`);
  for (const { path, from } of content.data) hash.update(`${path}\0`).update(await readFile(from));
  return hash.digest('hex');
}

const LANGUAGES: Readonly<Record<string, string>> = {
  py: 'python',
  md: 'markdown',
  toml: 'ini',
  json: 'json',
  csv: 'plaintext',
  txt: 'plaintext',
  lock: 'plaintext',
};

export function languageOf(path: string): string {
  if (path.endsWith('Dockerfile')) return 'dockerfile';
  return LANGUAGES[path.split('.').at(-1) ?? ''] ?? 'plaintext';
}

const TEXT = /\.(py|md|toml|json|csv|tsv|txt|lock|ya?ml)$|Dockerfile$|\.dockerignore$/;
/** Larger files are shown as their name and size only. */
const SHOWN_BYTES = 2_000_000;

/** All files, those a run put there too. */
export async function listFiles(
  folder: string,
  stepOf: (path: string) => PackageFileInfo['stepId'],
): Promise<PackageFileInfo[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: PackageFileInfo[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const absolute = join(entry.parentPath, entry.name);
    const path = absolute
      .slice(folder.length + 1)
      .split(sep)
      .join('/');
    if (path.includes('__pycache__')) continue;
    const { size } = await stat(absolute);
    const isText = TEXT.test(path) && size <= SHOWN_BYTES;
    files.push({
      path,
      bytes: size as PackageFileInfo['bytes'],
      language: languageOf(path),
      stepId: stepOf(path),
      isText,
    });
  }
  return files.sort((one, two) => (one.path < two.path ? -1 : 1));
}
