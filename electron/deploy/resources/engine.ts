/** Carries out the difference between what should stand and what stands. Each call may be the last one before a kill. */
import type { DeploymentId } from '../../../shared/base/ids';
import { fail, toStudioError } from '../../../shared/base/studio-error';
import {
  diffResources,
  type Found,
  LABEL,
  type Resource,
  type ResourceChange,
  resourceId,
} from '../../../shared/deploy';
import type { TaskContext } from '../../task';
import type { ApplyContext } from '../targets/target';
import type { Platform, ResourceKind, WorkContext } from './platform';

/** All of a deployment that stands, runs of its jobs included. */
export async function findAll(platform: Platform, id: DeploymentId): Promise<Found[]> {
  const lists = await Promise.all(platform.kinds.map((kind) => kind.list(id)));
  return lists.flat();
}

export interface Outlook {
  readonly changes: ResourceChange[];
  /** What the place would refuse as things stand, a sentence each; what is made before it may change its mind. */
  readonly refusals: string[];
}

/** What is missing, and what the place itself says to it where it can be asked; each is shown to it once. */
export async function lookAhead(
  platform: Platform,
  id: DeploymentId,
  desired: readonly Resource[],
): Promise<Outlook> {
  const found = await findAll(platform, id);
  const known = new Set(found.map(resourceId));
  const unlabelled = await Promise.all(
    desired
      .filter((resource) => !known.has(resourceId(resource)))
      .map((resource) => kindOf(platform, resource).read?.(resource.name)),
  );
  // The runs of a job are its history, not a part of it.
  const parts = found.filter(({ labels }) => labels[LABEL.run] === undefined);
  const changes = diffResources(desired, [...parts, ...unlabelled.filter((each) => each != null)]);
  const said = await Promise.all(
    changes.map((change) => asThePlaceSeesIt(platform, change, desired)),
  );
  return {
    changes: said.map(({ change }) => change),
    refusals: said.flatMap(({ refusal }) => refusal ?? []),
  };
}

export const changesTo = async (
  platform: Platform,
  id: DeploymentId,
  desired: readonly Resource[],
): Promise<ResourceChange[]> => (await lookAhead(platform, id, desired)).changes;

/** What the place itself puts in another way than it was asked for is no change: it would put it so again. */
async function asThePlaceSeesIt(
  platform: Platform,
  change: ResourceChange,
  desired: readonly Resource[],
): Promise<{ readonly change: ResourceChange; readonly refusal: string | null }> {
  const resource = desired.find((each) => resourceId(each) === change.id);
  const kind = resource && kindOf(platform, resource);
  if (change.kind === 'keep' || !resource || !kind?.dryRun) return { change, refusal: null };
  try {
    const isOther = await kind.dryRun(resource);
    if (change.kind !== 'change' || isOther) return { change, refusal: null };
  } catch (thrown) {
    return { change, refusal: toStudioError(thrown).message };
  }
  const { detail } = resource;
  return { change: { ...change, kind: 'keep', detail, price: { kind: 'free' } }, refusal: null };
}

/** Goes on where an earlier attempt stopped; what is as it should be is not touched. */
export async function carryOut(
  platform: Platform,
  id: DeploymentId,
  desired: readonly Resource[],
  changes: readonly ResourceChange[],
  context: WorkContext & Pick<ApplyContext, 'onChange'>,
): Promise<void> {
  const { task } = context;
  const resources = new Map(desired.map((each) => [resourceId(each), each]));
  for (const [index, change] of changes.entries()) {
    task.signal.throwIfAborted();
    task.progress(index / changes.length, wordsOf(change));
    if (change.kind !== 'keep') context.onChange(change.id, 'doing');
    try {
      await carryOutOne(platform, id, change, resources.get(change.id) ?? null, context);
    } catch (thrown) {
      context.onChange(change.id, 'failed');
      throw thrown;
    }
    context.onChange(change.id, 'done');
  }
}

async function carryOutOne(
  platform: Platform,
  id: DeploymentId,
  change: ResourceChange,
  resource: Resource | null,
  context: WorkContext,
): Promise<void> {
  const kind = kindOf(platform, change.resource);
  if (!resource) return kind.remove(change.resource.name, context.task);
  if (change.kind === 'create') await kind.create(resource, context);
  if (change.kind === 'change') {
    const there = (await kind.list(id)).find(({ name }) => name === resource.name);
    if (there) await kind.update(resource, there, context);
    else await kind.create(resource, context);
  }
  // What was made before an interruption may not be ready yet: it is waited for too.
  await kind.ready?.(resource, context.task);
}

/** Answers what is left, each a sentence; empty when nothing is. */
export async function removeAll(
  platform: Platform,
  id: DeploymentId,
  task: TaskContext,
): Promise<string[]> {
  const problems: string[] = [];
  for (const kind of [...platform.kinds].reverse()) {
    for (const { name } of (await kind.list(id)).reverse()) {
      task.signal.throwIfAborted();
      task.progress(null, `Removing ${kind.kind} ${name}`);
      await kind.remove(name, task).catch((thrown: unknown) => {
        problems.push(`${kind.kind} ${name}: ${thrown instanceof Error ? thrown.message : thrown}`);
      });
    }
  }
  const left = await findAll(platform, id);
  return left.map(
    ({ kind, name }) =>
      problems.find((each) => each.startsWith(`${kind} ${name}:`)) ?? `${kind} ${name} is left`,
  );
}

function kindOf(platform: Platform, { kind, name }: Pick<Resource, 'kind' | 'name'>): ResourceKind {
  return (
    platform.kinds.find((each) => each.kind === kind) ??
    fail('unexpected', `${platform.place.title} knows no ${kind} (${name}).`)
  );
}

function wordsOf({ kind, what }: ResourceChange): string {
  if (kind === 'keep') return `${what}: as it should be`;
  return kind === 'remove' ? `Removing: ${what}` : what;
}
