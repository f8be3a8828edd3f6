/** Results as text for a terminal: a summary first, then a table. */
import { formatBytes, formatDuration, formatUsd } from '../../shared/base/units';
import {
  type Change,
  type ChangePrice,
  type DeployPlan,
  type DeployResult,
  type TargetCheck,
  totalDetails,
  type WrittenFiles,
} from '../../shared/deploy';
import {
  type EstimateState,
  fixedUsdOf,
  TARGET_TITLES,
  type TargetEstimate,
  type Total,
} from '../../shared/estimate';
import {
  countVerdicts,
  describeSweep,
  type PackageRun,
  type PackageState,
  type Sweep,
} from '../../shared/package';
import type { PipelineView } from '../../shared/pipeline';
import { table } from './output';
import { seen } from './show-proof';

const list = (names: readonly string[]): string => (names.length > 0 ? names.join(', ') : '–');

export function pipeline(view: PipelineView): string {
  const { steps, parameters, problems } = view.pipeline;
  const rows = steps.map((step) => [
    step.id,
    String(step.notebook?.cells ?? step.cellIds.length),
    list(step.inputs),
    list(step.outputs),
    step.reason,
  ]);
  const marks = { error: '✗', warning: '!', hint: '·' };
  return [
    `${steps.length} steps, ${parameters.length} parameters${parameters.length > 0 ? ` (${list(parameters.map(({ name }) => name))})` : ''}`,
    table(['step', 'cells', 'takes', 'gives', 'why'], rows, [1]),
    ...problems.map(({ severity, message }) => `${marks[severity]} ${message}`),
    ...seen(view),
  ].join('\n');
}

export function written({ folder, generated }: PackageState): string {
  if (!generated) return 'No package was written.';
  return `Package: ${folder} (${generated.files.length} files, ${generated.packages.length} locked packages, Python ${generated.python})`;
}

export function run(result: PackageRun): string {
  const rows = result.steps.map((step) => [
    step.stepId,
    step.state,
    step.wallMs === null ? '–' : formatDuration(step.wallMs),
    step.cpuMs === null ? '–' : formatDuration(step.cpuMs),
    step.peakMemoryBytes === null ? '–' : formatBytes(step.peakMemoryBytes),
    formatBytes(step.artifacts.reduce((sum, { bytes }) => sum + bytes, 0)),
  ]);
  const counts = countVerdicts(result.comparisons);
  const notable = result.comparisons.filter(
    ({ verdict }) => verdict === 'different' || verdict === 'not-compared',
  );
  return [
    `Run ${result.state}${result.error ? `: ${result.error.message}` : ''}`,
    table(['step', 'state', 'wall', 'CPU', 'peak memory', 'artifacts'], rows, [2, 3, 4, 5]),
    result.comparisons.length === 0
      ? 'Not compared with the notebook.'
      : `Compared with the notebook: ${counts.identical} identical, ${counts.withinTolerance} within tolerance, ${counts.different} different, ${counts.notCompared} can't be compared`,
    ...notable.map(
      ({ stepId, name, verdict, note }) =>
        `${verdict === 'different' ? '✗' : '?'} ${stepId}: ${name}: ${note}`,
    ),
  ].join('\n');
}

export function sweep(swept: Sweep): string {
  const { rows, folder } = swept;
  const keys = (all: readonly object[]) => [...new Set(all.flatMap((each) => Object.keys(each)))];
  const parameters = keys(rows.map((row) => row.parameters));
  const values = keys(rows.map((row) => row.values));
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const lines = rows.map((row) => [
    ...parameters.map((name) => text(row.parameters[name]) ?? 'default'),
    ...values.map((name) => text(row.values[name]) ?? ''),
    formatDuration(row.wall_ms),
    row.error ?? list(row.ran),
  ]);
  return [
    table([...parameters, ...values, 'time', 'steps run'], lines),
    `${describeSweep(swept)}. The table and each run lie in ${folder}`,
  ].join('\n');
}

export function estimate({ estimate: made, problem }: EstimateState): string {
  if (!made) return problem?.message ?? 'There is no estimate.';
  const rows = made.targets.map((target) => [
    target.title,
    target.fit.kind === 'fits'
      ? `${target.fit.vcpu} vCPU, ${target.fit.memoryGib} GiB`
      : 'does not fit',
    ...range(target),
    fixedPart(target),
    `${target.pricedLines} of ${target.lines.length}`,
  ]);
  const per = made.mode === 'job' ? 'run' : 'month';
  const assumed = [...new Set(made.targets.flatMap(({ leftOut }) => leftOut))];
  return [
    `Estimate for a ${made.mode}, US dollars per ${per}, from the measured run (prices of ${made.pricesFrom ?? 'unknown'} to ${made.pricesTo ?? 'unknown'})`,
    table(['target', 'size', 'low', 'likely', 'high', 'fixed', 'lines priced'], rows, [2, 3, 4, 5]),
    `Left out: ${assumed.join('; ')}`,
  ].join('\n');
}

/** What of the likely total comes without any use. */
function fixedPart(target: TargetEstimate): string {
  return mainTotal(target) ? formatUsd(fixedUsdOf(target.lines)) : 'unknown';
}

export const exported = ({ folder, files, leftOut }: WrittenFiles): string =>
  [
    `Written to ${folder}:`,
    ...files.map((file) => `  ${file}`),
    ...(leftOut.length > 0 ? ['Not in this export:', ...leftOut.map((each) => `  ${each}`)] : []),
  ].join('\n');

export const mainTotal = (target: TargetEstimate): Total | null =>
  target.period === 'run' ? target.perRun : target.perMonth;

function range(target: TargetEstimate): [string, string, string] {
  const total = mainTotal(target);
  if (!total) return ['unknown', 'unknown', 'unknown'];
  const more = total.isComplete ? '' : '+';
  return [
    formatUsd(total.low) + more,
    formatUsd(total.likely) + more,
    formatUsd(total.high) + more,
  ];
}

const CHECK_WORDS = { ok: 'ok', warning: 'mind', failed: 'not yet' } as const;

export const check = ({ items }: TargetCheck): string =>
  table(
    ['', 'what', 'detail'],
    items.map(({ label, status, detail }) => [CHECK_WORDS[status], label, detail]),
  );

const SIGNS: Record<Change['kind'], string> = { create: '+', change: '~', remove: '−', keep: ' ' };

export function plan(made: DeployPlan): string {
  const rows = made.changes.map(({ kind, what, detail, price }) => [
    SIGNS[kind],
    what,
    detail,
    priceWords(price),
  ]);
  return [
    `Plan for ${made.deploymentId}, revision ${made.revision}, on ${made.place ?? made.targetId}`,
    table(['', 'what', 'detail', 'price'], rows),
    `Total: ${[totalWords(made.total), ...totalDetails(made)].join('; ')}`,
    ...made.warnings.map((warning) => `! ${warning}`),
  ].join('\n');
}

/** Its range stands beside it. */
const totalWords = (total: ChangePrice): string =>
  total.kind === 'priced'
    ? `about ${formatUsd(total.usd.likely)} a ${total.per}`
    : priceWords(total);

function priceWords(price: ChangePrice): string {
  switch (price.kind) {
    case 'free':
      return 'nothing by itself';
    case 'unknown':
      return `unknown: ${price.why}`;
    case 'priced':
      return `about ${formatUsd(price.usd.likely)} a ${price.per} (${formatUsd(price.usd.low)} to ${formatUsd(price.usd.high)})`;
  }
}

export function deployQuestion(made: DeployPlan): string {
  const where = made.place ?? TARGET_TITLES[made.targetId];
  return `Deploy ${made.deploymentId} to ${where} for ${priceWords(made.total)}?`;
}

export function deployed(result: DeployResult): string {
  return [
    `Deployed: ${result.deploymentId}, revision ${result.revision}`,
    ...(result.url ? [`It answers at ${result.url}`] : []),
    ...(result.curl ? [`Try it: ${result.curl}`] : []),
    ...(result.nextRunAt ? [`Next run: ${new Date(result.nextRunAt).toISOString()}`] : []),
    ...result.survival,
    `Follow it: slipway logs ${result.deploymentId} --follow; take it down: slipway remove ${result.deploymentId}`,
  ].join('\n');
}
