/** What is the case with a deployment, told by its function and the alias that has the traffic. */
import type { DeploymentId } from '../../../../shared/base/ids';
import {
  type Found,
  type RevisionRecord,
  type RuntimeState,
  recordOf,
} from '../../../../shared/deploy';
import type { Observed } from '../../resources/platform';
import { specOf } from '../aws/here';
import { amongThem, currentOf, recordFor, type Standing } from '../aws/standing';
import type { Here } from './here';
import { type AddressSpec, readAddress } from './kinds/addresses';
import { isOn, readFunction } from './kinds/functions';
import type { LambdaFunction } from './lambda-calls';

export function standingIn(found: readonly Found[]): Standing | null {
  const revisions = found
    .filter(({ kind }) => kind === 'version')
    .flatMap(({ labels }) => recordOf(labels) ?? [])
    .sort((a, b) => a.number - b.number);
  if (revisions.length === 0) return null;
  const alias = found.find(({ kind }) => kind === 'alias');
  const current = alias ? specOf<{ revision: number | null }>(alias).revision : null;
  return { revisions, current: amongThem(revisions, current) };
}

export async function observe(
  here: Here,
  id: DeploymentId,
  found: readonly Found[],
): Promise<Observed | null> {
  const standing = standingIn(found);
  const current = standing && currentOf(standing);
  if (!standing || !current) return null;
  const made = await readFunction(here, id);
  const state = made && standing.current !== null ? stateOf(made, current) : null;
  const record = recordFor(id, standing, current, {
    ...{ targetId: 'aws-lambda', mode: 'service', port: null },
    wanted: made && !isOn(made) ? 'stopped' : 'up',
  });
  const address = found.find(({ kind }) => kind === 'function address');
  const isOpen = address && specOf<AddressSpec>(address).auth === 'NONE';
  const url = isOpen && state?.status === 'running' ? await urlOf(here, id) : null;
  return { record, state, url };
}

export const urlOf = async (here: Here, id: DeploymentId): Promise<string | null> =>
  (await readAddress(here, id))?.FunctionUrl.replace(/\/$/, '') ?? null;

function stateOf(made: LambdaFunction, current: RevisionRecord): RuntimeState {
  return {
    ...(isOn(made)
      ? { status: 'running' as const, detail: 'An instance is started when a request comes' }
      : { status: 'stopped' as const, detail: 'It was told to have no instance' }),
    since: current.createdAt,
    revision: current.number,
    health: { status: 'unknown', message: 'Lambda asks nobody for health', checkedAt: null },
    restarts: 0,
    requests: null,
    errors: null,
    activeMs: Date.now() - current.createdAt,
    runCount: 0,
    runs: [],
    nextRunAt: null,
  };
}
