/** The app's own Python tools (Jupyter server, ipykernel, uv), apart from every environment of the user. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../shared/base/studio-error';
import { runProcess } from '../base/process';
import { whileLocked } from '../base/while-locked';
import { programIn, pythonIn } from './python-paths';
import { withoutSecrets } from './uv';

export interface Tools {
  readonly folder: string;
  readonly python: string;
  readonly uv: string;
}

export interface ToolsNeeds {
  readonly home: string;
  readonly resources: string;
  /** Instead of `$SLIPWAY_TOOLS` or the folder in `home`. */
  readonly toolsFolder?: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface ToolsWork {
  readonly signal?: AbortSignal;
  readonly progress?: (fraction: number | null, message: string) => void;
  readonly log?: (line: string) => void;
}

/** The oldest Python that every package of the lock file supports. */
const OLDEST_MINOR = 11;
const MARKER = '.complete';

export async function toolsFolder(needs: ToolsNeeds): Promise<{ folder: string; hash: string }> {
  const lock = await readFile(join(needs.resources, 'python', 'tools-requirements.lock'));
  const hash = createHash('sha256').update(lock).digest('hex');
  const chosen = needs.toolsFolder || needs.env.SLIPWAY_TOOLS;
  return { folder: chosen || join(needs.home, `tools-${hash.slice(0, 12)}`), hash };
}

/** The tools, made first where they are missing or belong to another lock file. */
export async function ensureTools(needs: ToolsNeeds, work: ToolsWork = {}): Promise<Tools> {
  const { folder, hash } = await toolsFolder(needs);
  if (!(await isComplete(folder, hash))) {
    const onWait = () =>
      work.progress?.(null, 'Waiting for another Slipway to finish making the tools');
    await whileLocked(`${folder}.lock`, { signal: work.signal, onWait }, async () => {
      if (!(await isComplete(folder, hash))) await makeTools(needs, folder, hash, work);
    });
  }
  return { folder, python: pythonIn(folder), uv: programIn(folder, 'uv') };
}

async function isComplete(folder: string, hash: string): Promise<boolean> {
  const marker = await readFile(join(folder, MARKER), 'utf8').catch(() => '');
  return marker.trim() === hash && existsSync(pythonIn(folder));
}

async function makeTools(
  needs: ToolsNeeds,
  folder: string,
  hash: string,
  work: ToolsWork,
): Promise<void> {
  work.progress?.(0.05, 'Looking for a Python for the app’s own tools');
  const base = await findBasePython(needs.env, work);
  await refuseForeignFolder(folder);
  await rm(join(folder, MARKER), { force: true });
  work.progress?.(0.1, 'Making the app’s own tools environment');
  await step(base, ['-m', 'venv', '--clear', folder], needs.env, work, explainVenv);
  work.progress?.(0.3, 'Installing the Jupyter server and uv');
  const lock = join(needs.resources, 'python', 'tools-requirements.lock');
  const install = ['-m', 'pip', 'install', '--require-hashes', '--requirement', lock];
  await step(pythonIn(folder), install, needs.env, work, explainPip);
  await writeFile(join(folder, MARKER), `${hash}\n`);
}

async function findBasePython(env: NodeJS.ProcessEnv, work: ToolsWork): Promise<string> {
  const named = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];
  const ask = `import sys, ensurepip, venv; sys.exit(0 if sys.version_info >= (3, ${OLDEST_MINOR}) else 1)`;
  for (const python of [env.SLIPWAY_PYTHON ?? '', ...named].filter(Boolean)) {
    const answer = await runProcess(python, ['-c', ask], { env, signal: work.signal }).catch(
      () => null,
    );
    work.signal?.throwIfAborted();
    if (answer?.code === 0) return python;
  }
  fail(
    'environment',
    `Slipway needs Python 3.${OLDEST_MINOR} or newer, with venv, for its Jupyter server, and found none. Install it, then try again.`,
    { nextSteps: [{ label: 'Install Python', shell: installCommand() }] },
  );
}

function installCommand(): string {
  if (process.platform === 'darwin') return 'brew install python@3.13';
  if (process.platform === 'win32') return 'winget install Python.Python.3.13';
  return 'sudo apt-get install -y python3 python3-venv';
}

async function step(
  python: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  work: ToolsWork,
  explain: (text: string) => never,
): Promise<void> {
  const onLine = (line: string) => work.log?.(withoutSecrets(line));
  const { code, stdout, stderr } = await runProcess(python, args, {
    env: { ...env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' },
    signal: work.signal,
    onLine,
  });
  if (code !== 0) explain(withoutSecrets(`${stdout}\n${stderr}`).trim());
}

function explainVenv(text: string): never {
  fail('environment', 'The app’s own tools environment could not be made. The detail says why.', {
    detail: text,
  });
}

function explainPip(text: string): never {
  if (
    /NewConnectionError|ConnectTimeout|Temporary failure|CERTIFICATE|from versions: none/i.test(
      text,
    )
  ) {
    fail(
      'package-index',
      'The package index could not be reached, so the app’s Jupyter server could not be installed. Check the network or pip’s settings, then try again.',
      { nextSteps: [{ label: 'Open settings', command: 'app.settings' }], detail: text },
    );
  }
  fail('environment', 'The app’s Jupyter server could not be installed. The detail says why.', {
    detail: text,
  });
}

/** `SLIPWAY_TOOLS` is a person's word: what is no virtual environment is not ours to remake. */
async function refuseForeignFolder(folder: string): Promise<void> {
  const entries: string[] = await readdir(folder).catch(() => []);
  if (entries.length === 0 || entries.includes('pyvenv.cfg')) return;
  fail(
    'conflict',
    `SLIPWAY_TOOLS names ${folder}, which holds other things than a Python environment. Unset it, or name an empty folder.`,
    { place: { path: folder }, nextSteps: [{ label: 'Unset it', shell: 'unset SLIPWAY_TOOLS' }] },
  );
}
