/** uv, one verb a function: make an environment, put packages into it. Its refusals become sentences. */
import { fail } from '../../shared/base/studio-error';
import { runProcess } from '../base/process';

export interface Uv {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface UvWork {
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export async function makeVenv(
  uv: Uv,
  folder: string,
  python: string,
  work: UvWork,
): Promise<void> {
  await run(uv, ['venv', '--no-project', '--python', python, folder], work, []);
}

/**
 * Installs and answers which distributions the package index does not have: an import that only the author's
 * machine knows must not stop all the others.
 */
export async function installPackages(
  uv: Uv,
  python: string,
  distributions: readonly string[],
  work: UvWork & { readonly onPhase?: (phase: InstallPhase) => void },
): Promise<string[]> {
  const wanted = [...distributions];
  const unknown: string[] = [];
  while (wanted.length > 0) {
    const outcome = await run(uv, ['pip', 'install', '--python', python, ...wanted], work, wanted);
    if (outcome === null) break;
    wanted.splice(wanted.indexOf(outcome), 1);
    unknown.push(outcome);
  }
  return unknown;
}

export type InstallPhase = 'resolved' | 'prepared' | 'installed';

/** Null when it worked, or the wanted distribution that does not exist. Everything else fails in words. */
async function run(
  uv: Uv,
  args: readonly string[],
  work: UvWork & { readonly onPhase?: (phase: InstallPhase) => void },
  wanted: readonly string[],
): Promise<string | null> {
  const { code, stdout, stderr } = await runProcess(uv.path, args, {
    env: uv.env,
    signal: work.signal,
    onLine: (line) => {
      work.log(withoutSecrets(line));
      const phase = /^(Resolved|Prepared|Installed) /.exec(line)?.[1]?.toLowerCase();
      if (phase) work.onPhase?.(phase as InstallPhase);
    },
  });
  if (code === 0) return null;
  const text = withoutSecrets(`${stdout}\n${stderr}`).trim();
  const unknown = unknownDistribution(text);
  if (unknown && wanted.includes(unknown)) return unknown;
  return explain(text);
}

/** The name uv says it cannot find at all, of a text wrapped to any width. */
export function unknownDistribution(text: string): string | null {
  const flat = text.replaceAll(/[\s│╰╭─▶]+/g, ' ');
  const match = /Because (\S+) was not found in the (?:package registry|provided)/.exec(flat);
  return match?.[1] ?? null;
}

const UNREACHABLE =
  /error sending request|dns error|connection refused|connect error|operation timed out|peer certificate|tls handshake|HTTP status (client|server) error|network connectivity/i;

function explain(text: string): never {
  if (
    /No interpreter found|not found in (virtual environments|search path)|No virtual environment/i.test(
      text,
    )
  ) {
    fail(
      'environment',
      'That Python is not on this computer. Choose one of the list, or install it first.',
      {
        nextSteps: [{ label: 'Choose an environment', command: 'connect.choose' }],
        detail: text,
      },
    );
  }
  if (/No space left|os error 28/i.test(text)) {
    fail('disk-full', 'The disk is full. Free some space, then try again.', { detail: text });
  }
  if (UNREACHABLE.test(text)) {
    fail(
      'package-index',
      'The package index could not be reached. Check the network, or set the package index and the CA bundle in the settings.',
      { nextSteps: [{ label: 'Open settings', command: 'app.settings' }], detail: text },
    );
  }
  if (/No solution found/i.test(text)) {
    fail(
      'environment',
      'These packages do not fit together, or not with this Python. The detail says which.',
      {
        nextSteps: [{ label: 'Choose an environment', command: 'connect.choose' }],
        detail: text,
      },
    );
  }
  fail('environment', 'The packages could not be installed. The detail says why.', {
    detail: text,
  });
}

/** Index addresses may carry a user and a password. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(/(https?:\/\/)[^\s/@]+@/g, '$1***@');
}
