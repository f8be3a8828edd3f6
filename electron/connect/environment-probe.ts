/** Asks a Python what it is: version, packages a kernel needs, imports that are missing. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { EnvironmentId } from '../../shared/base/ids';
import type { Environment, EnvironmentKind, ImportCheck } from '../../shared/connect';
import { runProcess } from '../base/process';
import type { Place } from './environment-places';

/** A Python that says nothing for this long (a broken shim, a network disk) is left out. */
const PROBE_TIMEOUT_MS = 15_000;

const answerSchema = z.object({
  version: z.string(),
  prefix: z.string(),
  basePrefix: z.string(),
  ipykernel: z.string().nullable(),
  canInstall: z.boolean(),
  missing: z.array(z.string()),
});
type Answer = z.infer<typeof answerSchema>;

export interface ProbeOptions {
  /** resources/python/probe_environment.py, as text. */
  readonly script: string;
  /** Top-level modules to look for, or null where no notebook's imports are known. */
  readonly imports: readonly string[] | null;
  readonly signal?: AbortSignal;
}

/** What the Python at this place is, or null where it does not answer or is older than 3. */
export async function probePlace(place: Place, options: ProbeOptions): Promise<Environment | null> {
  const answer = await askPython(place.python, options);
  if (!answer) return null;
  const kind = await refineKind(place.kind, answer);
  return {
    id: EnvironmentId(place.python),
    kind,
    name: nameOf(kind, answer),
    pythonPath: place.python,
    folder: answer.prefix,
    pythonVersion: answer.version,
    ipykernelVersion: answer.ipykernel,
    imports: importCheck(options.imports, answer.missing),
    isNearNotebook: place.isNearNotebook,
    canInstall: answer.canInstall,
  };
}

function importCheck(imports: readonly string[] | null, missing: string[]): ImportCheck {
  return imports === null ? { status: 'unchecked' } : { status: 'checked', missing };
}

async function askPython(python: string, options: ProbeOptions): Promise<Answer | null> {
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    const { code, stdout } = await runProcess(
      python,
      ['-B', '-c', options.script, ...(options.imports ?? [])],
      { cwd: homedir(), env: plainEnvironment(), signal },
    );
    const parsed = answerSchema.safeParse(code === 0 ? JSON.parse(stdout) : null);
    return parsed.success && !parsed.data.version.startsWith('2.') ? parsed.data : null;
  } catch {
    options.signal?.throwIfAborted();
    return null;
  }
}

/** Another Python's settings (`PYTHONHOME`, `PYTHONPATH`) would make this one answer for that one. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { PYTHONHOME: _home, PYTHONSTARTUP: _startup, ...env } = process.env;
  return env;
}

/** A folder says more of itself than the place it was found in. */
async function refineKind(kind: EnvironmentKind, answer: Answer): Promise<EnvironmentKind> {
  if (kind === 'slipway') return kind;
  if (existsSync(join(answer.prefix, 'conda-meta'))) return 'conda';
  if (answer.prefix === answer.basePrefix) return kind === 'venv' ? 'unknown' : kind;
  const settings = await readFile(join(answer.prefix, 'pyvenv.cfg'), 'utf8').catch(() => '');
  return /^uv\s*=/m.test(settings) ? 'uv' : 'venv';
}

function nameOf(kind: EnvironmentKind, answer: Answer): string {
  const folder = basename(answer.prefix);
  if (kind === 'system') return `Python ${answer.version}`;
  if (kind === 'pyenv') return `pyenv ${folder}`;
  if (kind === 'conda') return isCondaBase(answer.prefix) ? 'base' : folder;
  if (answer.prefix === answer.basePrefix) return `Python ${answer.version}`;
  // `.venv` alone says nothing: its project's folder does.
  return VENV_LIKE.test(folder) ? `${basename(join(answer.prefix, '..'))}/${folder}` : folder;
}

const VENV_LIKE = /^\.?v?env$/;

function isCondaBase(prefix: string): boolean {
  return existsSync(join(prefix, 'condabin')) || existsSync(join(prefix, 'envs'));
}
