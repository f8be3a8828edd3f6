/** Where Python environments usually lie: near the notebook, ours, virtual environments, conda, pyenv, uv, the system. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import type { EnvironmentKind } from '../../shared/connect';
import { pythonCandidates } from './python-paths';

export interface Place {
  readonly python: string;
  readonly kind: EnvironmentKind;
  readonly isNearNotebook: boolean;
}

export interface PlacesToLook {
  /** The app's own environments. */
  readonly environmentsFolder: string;
  readonly notebookFolder: string | null;
  readonly env: NodeJS.ProcessEnv;
}

/** Begins the names of the environments that packages are proved in; nobody's kernel should be chosen among them. */
export const PACKAGE_ENVIRONMENT = 'package-';

/** How many folders above the notebook count as near. */
const LEVELS_UP = 6;
const VENV_NAMES = ['.venv', 'venv', 'env', '.env'];

/** Pythons that exist, nearest first, in groups so that the first are seen before the last are looked for. */
export async function* findPlaces(look: PlacesToLook): AsyncGenerator<Place[], void, void> {
  yield inFolders(await nearNotebook(look.notebookFolder), 'venv', true);
  yield inFolders(await ownEnvironments(look.environmentsFolder), 'slipway');
  yield inFolders(await usualVenvs(look.env), 'venv');
  yield inFolders(await condaFolders(look.env), 'conda');
  yield inFolders(await subfolders(pyenvVersions(look.env)), 'pyenv');
  yield inFolders(await subfolders(uvPythons(look.env)), 'uv');
  yield await onPath(look.env);
}

function inFolders(folders: string[], kind: EnvironmentKind, isNearNotebook = false): Place[] {
  return folders.flatMap((folder) => {
    const python = pythonCandidates(folder).find((candidate) => existsSync(candidate));
    return python ? [{ python, kind, isNearNotebook }] : [];
  });
}

async function ownEnvironments(folder: string): Promise<string[]> {
  const folders = await subfolders(folder);
  return folders.filter((path) => !basename(path).startsWith(PACKAGE_ENVIRONMENT));
}

async function nearNotebook(folder: string | null): Promise<string[]> {
  if (!folder) return [];
  const above = foldersUp(folder).flatMap((at) => VENV_NAMES.map((name) => join(at, name)));
  const beside = (await subfolders(folder)).filter((at) => existsSync(join(at, 'pyvenv.cfg')));
  return [...new Set([...above, ...beside])];
}

function foldersUp(folder: string): string[] {
  const folders = [folder];
  for (let at = folder; folders.length < LEVELS_UP; at = dirname(at)) {
    if (dirname(at) === at || at === homedir()) break;
    folders.push(dirname(at));
  }
  return folders;
}

async function usualVenvs(env: NodeJS.ProcessEnv): Promise<string[]> {
  const home = homedir();
  const parents = [
    env.WORKON_HOME,
    join(home, '.virtualenvs'),
    join(home, '.venvs'),
    join(home, 'venvs'),
    join(home, 'envs'),
    join(home, '.local', 'share', 'virtualenvs'),
    join(home, '.cache', 'pypoetry', 'virtualenvs'),
    join(home, 'Library', 'Caches', 'pypoetry', 'virtualenvs'),
  ];
  const found = await Promise.all(parents.map((parent) => subfolders(parent)));
  return [env.VIRTUAL_ENV ?? '', join(home, '.venv'), ...found.flat()].filter(Boolean);
}

async function condaFolders(env: NodeJS.ProcessEnv): Promise<string[]> {
  const home = homedir();
  const names = ['miniconda3', 'anaconda3', 'miniforge3', 'mambaforge', 'micromamba'];
  const roots = [
    ...[env.CONDA_EXE ? dirname(dirname(env.CONDA_EXE)) : '', env.MAMBA_ROOT_PREFIX ?? ''],
    ...names.flatMap((name) => [join(home, name), join('/opt', name)]),
    '/opt/conda',
  ].filter((root) => root !== '' && existsSync(join(root, 'conda-meta')));
  const envs = await Promise.all(roots.map((root) => subfolders(join(root, 'envs'))));
  const listed = await readLines(join(home, '.conda', 'environments.txt'));
  return [...new Set([env.CONDA_PREFIX ?? '', ...roots, ...envs.flat(), ...listed])].filter(
    Boolean,
  );
}

function pyenvVersions(env: NodeJS.ProcessEnv): string {
  return join(env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
}

function uvPythons(env: NodeJS.ProcessEnv): string {
  if (env.UV_PYTHON_INSTALL_DIR) return env.UV_PYTHON_INSTALL_DIR;
  const data = env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share');
  return process.platform === 'win32'
    ? join(env.APPDATA ?? homedir(), 'uv', 'python')
    : join(data, 'uv', 'python');
}

/** Programs named like Python on PATH; a pyenv shim stands for another Python, which is found itself. */
async function onPath(env: NodeJS.ProcessEnv): Promise<Place[]> {
  const extra =
    process.platform === 'win32' ? [] : ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
  const folders = [...new Set([...(env.PATH ?? '').split(delimiter), ...extra])].filter(
    (folder) => folder !== '' && !/[\\/]shims$/.test(folder),
  );
  const lists = await Promise.all(folders.map(async (folder) => pythonsIn(folder)));
  return lists.flat().map((python) => ({ python, kind: 'system', isNearNotebook: false }));
}

async function pythonsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const pattern =
    process.platform === 'win32' ? /^python(3(\.\d+)?)?\.exe$/i : /^python3?(\.\d+)?$/;
  return names.filter((name) => pattern.test(basename(name))).map((name) => join(folder, name));
}

async function subfolders(folder: string | undefined): Promise<string[]> {
  if (!folder) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => join(folder, entry.name));
}

async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}
