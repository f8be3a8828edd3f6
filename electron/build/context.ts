/** A package's folder as the stream that the engine builds from, without what its .dockerignore leaves out. */
import { lstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { PassThrough } from 'node:stream';
import tar from 'tar-fs';
import { dockerIgnore, hasExceptions } from '../../shared/build';

/** The engine must get these, whatever the file says; the docker CLI sends them as well. */
const ALWAYS = new Set(['Dockerfile', '.dockerignore']);
const NOTHING_IS_OUT = () => false;

export async function packContext(
  folder: string,
  extraFiles: Readonly<Record<string, string>>,
): Promise<PassThrough> {
  const text = await readFile(join(folder, '.dockerignore'), 'utf8').catch(() => '');
  const isOut = text ? dockerIgnore(text) : NOTHING_IS_OUT;
  const looksInto = hasExceptions(text);
  const names = Object.entries(extraFiles);
  const context = new PassThrough();
  const packed = tar.pack(folder, {
    ignore: (path) => {
      const name = relative(folder, path).split(sep).join('/');
      if (name === '' || ALWAYS.has(name) || !isOut(name)) return false;
      return !(looksInto && isFolder(path));
    },
    // The same files give the same context, whoever made them and when: the engine's cache stays warm.
    map: (header) => ({ ...header, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' }),
    finalize: names.length === 0,
    finish: (pack) => {
      for (const [name, content] of names) pack.entry({ name, mtime: new Date(0) }, content);
      if (names.length > 0) pack.finalize();
    },
  });
  packed.on('error', (error: Error) => context.destroy(error));
  packed.pipe(context);
  return context;
}

const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
