/** All targets side by side, from one set of assumptions. */
import type { AssumptionContext } from './assumption-draft';
import { listAssumptions } from './assumptions';
import { draftCloudRun } from './cloud-run';
import { draftContainerApps } from './container-apps';
import { asDeployed, type Deployed } from './deployed';
import type { Assumption, Sensitivity, TargetEstimate, Total } from './estimate';
import { draftFargate } from './fargate';
import { draftLambda } from './lambda';
import { priceLines, totalOf } from './lines';
import { RANGE_EXPLAINED, resolveUsage } from './resolve-usage';
import type { TargetDraft } from './target-draft';
import { TARGET_IDS, TARGET_TITLES, type TargetId } from './target-id';
import { draftOwnMachine, draftThisComputer } from './this-computer';
import type { Period, Usage } from './usage';

const DRAFTS: Readonly<Record<TargetId, (usage: Usage, period: Period) => TargetDraft>> = {
  'this-computer': draftThisComputer,
  docker: draftOwnMachine('Container on a Docker engine'),
  'docker-swarm': draftOwnMachine('Service of a swarm'),
  kubernetes: draftOwnMachine('Pods of a cluster'),
  'argo-workflows': draftOwnMachine('Workflow of a cluster, one pod a step'),
  'aws-fargate': draftFargate,
  'aws-lambda': draftLambda,
  'google-cloud-run': draftCloudRun,
  'azure-container-apps': draftContainerApps,
};

/** `now` in milliseconds: it decides only which prices are called stale. */
export function estimateTargets(context: AssumptionContext, now: number): TargetEstimate[] {
  const assumptions = listAssumptions(context);
  return TARGET_IDS.map((id) => {
    const estimate = estimateTarget(id, context, assumptions, now);
    return { ...estimate, sensitivities: sensitivitiesOf(id, context, assumptions, now) };
  });
}

/** As it is about to be deployed, with the assumptions of the context for all that the deployment leaves open. */
export function estimateDeployed(
  id: TargetId,
  context: AssumptionContext,
  deployed: Deployed,
  now: number,
): TargetEstimate {
  return estimateUsage(
    id,
    asDeployed(usageOf(context, listAssumptions(context)), deployed),
    context,
    now,
  );
}

const usageOf = (context: AssumptionContext, assumptions: readonly Assumption[]): Usage =>
  resolveUsage(context.mode, context.measurement, assumptions, context.computer);

const estimateTarget = (
  id: TargetId,
  context: AssumptionContext,
  assumptions: readonly Assumption[],
  now: number,
): TargetEstimate => estimateUsage(id, usageOf(context, assumptions), context, now);

function estimateUsage(
  id: TargetId,
  usage: Usage,
  context: AssumptionContext,
  now: number,
): TargetEstimate {
  const period: Period =
    usage.mode === 'job' ? { kind: 'run' } : { kind: 'month', runs: usage.runsPerMonth };
  const draft = DRAFTS[id](usage, period);
  const lines = priceLines(draft.lines, context.book, now);
  const total = totalOf(lines);
  return {
    targetId: id,
    title: TARGET_TITLES[id],
    product: draft.product,
    region: draft.region,
    fit: draft.fit,
    startTime: draft.startTime,
    perRun: usage.mode === 'service' ? null : perRunOf(id, usage, context, now),
    perMonth: period.kind === 'month' ? total : null,
    period: period.kind,
    lines,
    pricedLines: lines.filter((line) => line.range !== null).length,
    leftOut: [...draft.leftOut],
    notes: [...draft.notes, RANGE_EXPLAINED],
    sensitivities: [],
  };
}

function perRunOf(
  id: TargetId,
  usage: Usage,
  context: AssumptionContext,
  now: number,
): Total | null {
  const draft = DRAFTS[id](usage, { kind: 'run' });
  return totalOf(priceLines(draft.lines, context.book, now));
}

const likelyOf = (estimate: TargetEstimate): number | null =>
  (estimate.period === 'month' ? estimate.perMonth : estimate.perRun)?.likely ?? null;

const MOST_SENSITIVITIES = 5;

/** Each assumption changed by itself: numbers doubled (or one more, from zero), switches turned. */
function sensitivitiesOf(
  id: TargetId,
  context: AssumptionContext,
  assumptions: readonly Assumption[],
  now: number,
): Sensitivity[] {
  const base = likelyOf(estimateTarget(id, context, assumptions, now));
  if (base === null) return [];
  return assumptions
    .filter((each) => each.targets.length === 0 || each.targets.includes(id))
    .flatMap((each) => {
      const moved = move(each);
      if (!moved) return [];
      const changed = assumptions.map((other) => (other === each ? moved.assumption : other));
      const usd = likelyOf(estimateTarget(id, context, changed, now));
      return usd === null || Math.abs(usd - base) < 1e-12
        ? []
        : [
            {
              assumptionKey: each.key,
              label: `${each.label} ${moved.how}`,
              usd,
              change: usd - base,
            },
          ];
    })
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, MOST_SENSITIVITIES);
}

function move(assumption: Assumption): { assumption: Assumption; how: string } | null {
  const { value, control } = assumption;
  if (typeof value === 'boolean') {
    return { assumption: { ...assumption, value: !value }, how: value ? 'off' : 'on' };
  }
  if (typeof value !== 'number' || control.kind !== 'number') return null;
  if (value === 0) return { assumption: { ...assumption, value: 1 }, how: 'at 1' };
  return { assumption: { ...assumption, value: value * 2 }, how: 'doubled' };
}
