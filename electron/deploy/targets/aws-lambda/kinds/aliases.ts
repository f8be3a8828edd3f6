/** The alias leads to the version that has the traffic. A version is asked whether it is ready before it gets it. */
import { type Json, LABEL, type Resource } from '../../../../../shared/deploy';
import type { TaskContext } from '../../../../task';
import type { ResourceKind } from '../../../resources/platform';
import { deploymentOf, kindOf, ours, specOf } from '../../aws/here';
import type { Here } from '../here';
import { functionName, LIVE } from '../naming';
import { tryOut } from '../trial';
import { readFunction } from './functions';
import { publishedOf, versionOf } from './versions';

export const aliasName = (id: string): string => `${functionName(id)}:${LIVE}`;

export function aliases(here: Here): ResourceKind {
  const lead = async (resource: Resource, task: TaskContext) => {
    const id = deploymentOf(resource);
    const { revision } = specOf<{ revision: number }>(resource);
    const version = await versionOf(here, id, revision);
    await tryOut(here, id, { revision, version }, task);
    const name = functionName(id);
    const isThere = (await here.lambda.alias(name, LIVE)) !== null;
    if (isThere) await here.lambda.updateAlias(name, LIVE, version);
    else await here.lambda.createAlias(name, LIVE, version);
  };
  return kindOf(here, 'alias', {
    list: async (id) => {
      const tags = (await readFunction(here, id))?.Tags ?? {};
      const version = await readAlias(here, id);
      if (version === null) return [];
      const all = await publishedOf(here, id);
      const revision = all.find((each) => each.version === version)?.revision ?? null;
      const labels = { [LABEL.deployment]: tags[LABEL.deployment] ?? '' };
      const spec: Json = { deployment: id, revision };
      return ours({ kind: 'alias', name: aliasName(id), labels, spec }, id);
    },
    create: (resource, { task }) => lead(resource, task),
    update: (resource, _, { task }) => lead(resource, task),
    remove: (name) => here.lambda.deleteAlias(name.slice(0, name.lastIndexOf(':')), LIVE),
  });
}

const readAlias = (here: Here, id: string): Promise<string | null> =>
  here.clients.shared(`alias of ${id}`, () => here.lambda.alias(functionName(id), LIVE));
