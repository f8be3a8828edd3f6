/**
 * Nothing is changed anywhere without a price that was seen: `apply` takes a ConfirmedPlan, and the only way to one
 * leads through an estimate that was shown and is the one the plan was made with.
 */
import type { Estimate } from '../estimate';
import type { DeployPlan } from './deploy';

declare const confirmed: unique symbol;
export type ConfirmedPlan = DeployPlan & { readonly [confirmed]: true };

const CONFIRMED = new WeakSet<DeployPlan>();

/** Null where the estimate was not shown, or is not the plan's. */
export function confirmPlan(plan: DeployPlan, estimate: Estimate | null): ConfirmedPlan | null {
  if (!estimate?.isShown || estimate.id !== plan.estimateId) return null;
  CONFIRMED.add(plan);
  return plan as ConfirmedPlan;
}

/** For targets: a plan that only claims to be confirmed is told from one that is. */
export const isConfirmed = (plan: DeployPlan): plan is ConfirmedPlan => CONFIRMED.has(plan);
