/** What is said where an apply does not begin, or does not come to its end. */
import type { DeploymentId } from '../../../shared/base/ids';
import { StudioFailure, studioError } from '../../../shared/base/studio-error';
import type { DeployPlan, ResourceChange } from '../../../shared/deploy';
import { findAll } from './engine';
import { unplanned } from './plan-parts';
import type { Platform } from './platform';

/** Somebody changed the place after the plan was read: nothing was done yet. */
export class PlaceChanged extends StudioFailure {}

export function refuseUnplanned(plan: DeployPlan, changes: readonly ResourceChange[]): void {
  const news = unplanned(plan.changes, changes);
  if (news.length === 0) return;
  throw new PlaceChanged(
    studioError(
      'conflict',
      `${news.map(({ what }) => what).join(', ')}: changed there since this plan was made, so nothing was done. Make the plan again and read it.`,
      { nextSteps: [{ label: 'Make the plan', command: 'deploy.plan' }] },
    ),
  );
}

export async function whatStands(platform: Platform, id: DeploymentId): Promise<string> {
  const left = await findAll(platform, id).catch(() => null);
  if (left === null) return 'What of it stands could not be asked.';
  return left.length === 0
    ? 'Nothing of it stands.'
    : `What stands: ${left.map(({ kind, name }) => `${kind} ${name}`).join(', ')}. Deploy again to go on from there, or remove it.`;
}
