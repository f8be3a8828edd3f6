/** What an image says about itself. Nothing here changes from one build of the same package to the next. */
import { basename, dirname } from 'node:path';
import { runProcess } from '../base/process';

/** Every image of ours has it: what is cleaned up is found by it alone. */
export const OURS = 'dev.slipway.managed';
export const PROJECT = 'dev.slipway.project';
const GIT_MS = 5_000;

export interface LabelledPackage {
  readonly folder: string;
  readonly name: string;
  readonly hash: string;
}

export async function labelsFor(built: LabelledPackage): Promise<Record<string, string>> {
  const commit = await gitCommit(dirname(built.folder));
  return {
    [OURS]: 'true',
    [PROJECT]: built.name,
    'dev.slipway.package': built.name,
    'dev.slipway.package-hash': built.hash,
    'dev.slipway.revision': built.hash.slice(0, 12),
    'org.opencontainers.image.title': basename(built.folder),
    ...(commit ? { 'org.opencontainers.image.revision': commit } : {}),
  };
}

/** The commit the notebook's folder is at, or null where it is not under git. */
async function gitCommit(folder: string): Promise<string | null> {
  const asked = await runProcess('git', ['-C', folder, 'rev-parse', 'HEAD'], {
    signal: AbortSignal.timeout(GIT_MS),
  }).catch(() => null);
  const commit = asked?.stdout.trim() ?? '';
  return asked?.code === 0 && /^[0-9a-f]{40,64}$/.test(commit) ? commit : null;
}
