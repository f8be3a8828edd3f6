/**
 * An image gets its name once it is good. Until then it has one that no deployment asks for, so that what an app that
 * was killed meanwhile left behind is never taken for good; clean-up removes it.
 */
import type Docker from 'dockerode';
import { inspectImage } from './contents';

export const untried = (tag: string): string => `${tag}-untried`;

/** Takes what was built as `untried(tag)`, hands its id to `attempt`, and names it `tag` where that does not throw. */
export async function nameWhenGood<T>(
  docker: Docker,
  tag: string,
  attempt: (image: string) => Promise<T>,
): Promise<T> {
  const { id } = await inspectImage(docker, untried(tag));
  try {
    const result = await attempt(id);
    const [repo, name] = splitTag(tag);
    await docker.getImage(id).tag({ repo, tag: name });
    return result;
  } finally {
    await docker
      .getImage(untried(tag))
      .remove()
      .catch(() => undefined);
  }
}

function splitTag(tag: string): [string, string] {
  const colon = tag.lastIndexOf(':');
  return [tag.slice(0, colon), tag.slice(colon + 1)];
}
