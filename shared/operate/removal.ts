import type { TargetId } from '../estimate';

const ON_AN_ENGINE: readonly TargetId[] = ['docker', 'docker-swarm'];

/** What a remove deletes, for the question before it; an engine's images go with the last deployment that uses them. */
export function deletedOf({
  targetId,
  revisions,
}: {
  readonly targetId: TargetId;
  readonly revisions: readonly unknown[];
}): string {
  const count = revisions.length === 1 ? 'its one revision' : `all ${revisions.length} revisions`;
  return ON_AN_ENGINE.includes(targetId)
    ? `${count}, its log, its history and the images that nothing else uses`
    : `${count}, its log and its history`;
}
