/** The lock file: what the notebook's environment has, with the hashes of the package index. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { fail } from '../../shared/base/studio-error';
import { runProcess } from '../base/process';
import { withoutSecrets } from '../connect';
import { lockedVersions } from './lock-text';

export interface Uv {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

const probeSchema = z.object({
  python: z.string(),
  /** By normal name. */
  installed: z.record(z.string(), z.object({ version: z.string(), source: z.string() })),
  /** Which distributions bring a module; modules of the standard library are not listed. */
  modules: z.record(z.string(), z.array(z.string())),
});
export type Distributions = z.infer<typeof probeSchema>;

export async function listDistributions(
  python: string,
  resources: string,
  modules: readonly string[],
  signal: AbortSignal,
): Promise<Distributions> {
  const script = join(resources, 'python', 'list_distributions.py');
  const { stdout, stderr } = await runProcess(python, ['-I', script], {
    input: JSON.stringify(modules),
    signal,
  });
  const parsed = probeSchema.safeParse(parseJson(stdout));
  if (parsed.success) return parsed.data;
  return fail(
    'environment',
    'The notebook’s environment could not be asked what it has installed.',
    {
      place: { path: python },
      nextSteps: [{ label: 'Choose an environment', command: 'connect.choose' }],
      detail: stderr || stdout,
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const lockSchema = z.object({
  text: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string(), isDirect: z.boolean() })),
  /** What the notebook itself imports: `name==version`. */
  requirements: z.array(z.string()),
});
export type Lock = z.infer<typeof lockSchema>;

export interface LockWish {
  readonly distributions: Distributions;
  /** What the package needs besides, by name only: the versions come from the index. */
  readonly extras: readonly string[];
  readonly signal: AbortSignal;
}

export async function makeLock(uv: Uv, wish: LockWish): Promise<Lock> {
  const { installed, modules, python } = wish.distributions;
  const direct = [...new Set(Object.values(modules).flat())]
    .filter((name) => name in installed)
    .sort();
  refuseForeign(direct, installed);
  const requirements = direct.map((name) => `${name}==${installed[name]?.version}`);
  const extras = wish.extras.filter((name) => !direct.includes(name));
  const overrides = Object.entries(installed).map(([name, { version }]) => `${name}==${version}`);
  const minor = python.split('.').slice(0, 2).join('.');
  const input = [...requirements, ...extras].join('\n');
  const text =
    (await compile(uv, input, overrides, minor, wish.signal)) ??
    // What else is installed there may not go with what the service needs; the direct versions still hold.
    (await compile(uv, input, [], minor, wish.signal)) ??
    fail('environment', 'The packages of this environment don’t fit together.');
  const isDirect = (name: string) => direct.includes(name) || extras.includes(name);
  const packages = lockedVersions(text).map((each) => ({ ...each, isDirect: isDirect(each.name) }));
  return { text, packages, requirements };
}

/** Null where the constraints are to blame and there are any. */
async function compile(
  uv: Uv,
  input: string,
  constraints: readonly string[],
  python: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (input === '') return '# Nothing but Python itself is needed.\n';
  const args = [
    'pip',
    'compile',
    '-',
    '--generate-hashes',
    '--universal',
    '--no-header',
    '--no-annotate',
  ];
  args.push('--python-version', python, '--no-emit-index-url', '--no-emit-find-links', '--quiet');
  const folder = constraints.length > 0 ? await temporaryFile(constraints.join('\n')) : null;
  try {
    if (folder) args.push('--constraints', folder.path);
    const { code, stdout, stderr } = await runProcess(uv.path, args, {
      env: uv.env,
      input,
      signal,
    });
    if (code === 0) return stdout;
    const text = withoutSecrets(stderr);
    if (folder && /No solution found|was not found|no version/i.test(text)) return null;
    return explain(text);
  } finally {
    await folder?.remove();
  }
}

async function temporaryFile(text: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-lock-'));
  const path = join(folder, 'constraints.txt');
  await writeFile(path, text);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Bytes that no index has can't be locked by their hash. */
function refuseForeign(direct: readonly string[], installed: Distributions['installed']): void {
  const foreign = direct.filter((name) => installed[name]?.source !== 'index');
  if (foreign.length === 0) return;
  fail(
    'environment',
    `${foreign.join(', ')} was installed from a folder or a repository, not from a package index, so a lock file can’t name it. Install a published version into the environment, then package again.`,
    { nextSteps: [{ label: 'Choose an environment', command: 'connect.choose' }] },
  );
}

const UNREACHABLE =
  /error sending request|dns error|connection refused|connect error|timed out|peer certificate|tls handshake|HTTP status|network/i;

function explain(text: string): never {
  if (UNREACHABLE.test(text)) {
    fail(
      'package-index',
      'The package index could not be reached, so the lock file could not be made. Check the network, or set the package index and the CA bundle in the settings.',
      { nextSteps: [{ label: 'Open settings', command: 'app.settings' }], detail: text },
    );
  }
  const missing =
    /Because (?:there is no version of )?(\S+?)(?:==(\S+))? was not found|no version of (\S+?)==(\S+)/.exec(
      text.replaceAll(/\s+/g, ' '),
    );
  const name = missing?.[1] ?? missing?.[3];
  const what = name
    ? `The package index does not have ${name} in the version this environment uses.`
    : 'The packages of this environment could not be locked.';
  fail('environment', `${what} The detail says more.`, {
    nextSteps: [{ label: 'Choose an environment', command: 'connect.choose' }],
    detail: text,
  });
}
