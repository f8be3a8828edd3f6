/**
 * Work on an engine marks what it puts there for a while with who does it: what an app left that was killed, or whose
 * engine was, is told by that and removed before the next work there. What is being worked with stays.
 */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type Docker from 'dockerode';
import { familiarName } from '../../shared/build';

export interface WorkMark {
  readonly text: string;
  /** The work has ended: what still has the mark is left over. */
  readonly release: () => void;
}

/** Containers in which something is looked at for a while. */
export const CHECK = 'dev.slipway.check';
export const CHECK_BY = 'dev.slipway.check-by';
/** An image that is being pushed has this name besides: its tag is a mark and a print of the name that is pushed. */
const PUSHING = 'slipway-pushing';

const print = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);
const HOST = print(hostname());
const going = new Set<string>();

export function markWork(): WorkMark {
  const text = `${HOST}.${process.pid}.${randomBytes(4).toString('hex')}`;
  going.add(text);
  return { text, release: () => void going.delete(text) };
}

/** Nobody can tell from here what another host's app does: its work is taken to go on. */
function isGoingOn(mark: string): boolean {
  const [host, pid] = mark.split('.');
  if (host !== HOST) return true;
  if (Number(pid) === process.pid) return going.has(mark);
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (thrown) {
    // Another user's process.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

export const pushingName = (mark: WorkMark, target: string) => ({
  repo: PUSHING,
  tag: `${mark.text}-${print(familiarName(target))}`,
});

export const isPushing = (name: string): boolean => pushingTag(name) !== null;

const pushingTag = (name: string): string | null => {
  const [repository, tag = ''] = familiarName(name).split(':');
  return repository === PUSHING ? tag : null;
};

export async function removeLeftovers(docker: Docker): Promise<void> {
  const [images, containers] = await Promise.all([
    docker.listImages(),
    docker.listContainers({ all: true, filters: { label: [`${CHECK}=true`] } }),
  ]);
  for (const { Id, Labels } of containers) {
    if (isGoingOn(Labels[CHECK_BY] ?? '')) continue;
    await quietly(docker.getContainer(Id).remove({ force: true, v: true }));
  }
  for (const { RepoTags } of images) await removePushNames(docker, RepoTags ?? []);
}

/** The name it was pushed by goes before the mark: broken off between the two, the next time finds it again. */
async function removePushNames(docker: Docker, names: readonly string[]): Promise<void> {
  for (const marked of names) {
    const [mark = '', target] = pushingTag(marked)?.split('-') ?? [];
    if (mark === '' || isGoingOn(mark)) continue;
    const pushed = names.find((name) => print(familiarName(name)) === target);
    if (pushed) await quietly(docker.getImage(pushed).remove());
    await quietly(docker.getImage(marked).remove());
  }
}

/** What cannot be removed now is tried again the next time. */
const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);
