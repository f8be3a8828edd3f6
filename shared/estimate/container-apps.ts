/** Azure Container Apps, consumption plan: replicas billed while they are up, jobs from start to end. */
import { SECONDS_PER_MONTH } from './conventions';
import type { StartTime } from './estimate';
import { type LineDraft, product } from './lines';
import { jobSeconds, replicaSeconds } from './quantities';
import { CONTAINER_APPS_SIZES, pickSize, type Size } from './sizes';
import { exactly, mapSpread, type Spread } from './spread';
import {
  assumedStart,
  basisFrom,
  beyondFree,
  billedFromStart,
  bookPrice,
  COMMON_LEFT_OUT,
  cloudRequestSeconds,
  cloudRunSeconds,
  fitOf,
  runsIn,
  type TargetDraft,
} from './target-draft';
import type { Period, Usage } from './usage';

/** Per subscription and month. */
const FREE = { vcpuSeconds: 180_000, gibSeconds: 360_000, requests: 2_000_000 };
const NONE = { vcpuSeconds: 0, gibSeconds: 0, requests: 0 };

export function draftContainerApps(usage: Usage, period: Period): TargetDraft {
  const size = pickSize(CONTAINER_APPS_SIZES, usage);
  const isService = usage.mode === 'service';
  const begin = usage.serviceStartSeconds;
  const start = isService
    ? assumedStart(
        [5 + begin, 15 + begin, 60 + begin * 2],
        'Assumed: a new replica pulls the image and imports the libraries.',
      )
    : assumedStart([10, 30, 90], 'Assumed: each run starts a new container.');
  return {
    product: isService ? 'Container app, consumption' : 'Container Apps job, consumption',
    region: usage.regions.azure,
    fit: fitOf(size, usage, 8),
    startTime: start,
    lines: size ? linesOf(usage, period, size, start) : [],
    leftOut: COMMON_LEFT_OUT,
    notes:
      isService && usage.idleInstances === 0
        ? ['A replica stays for five minutes after its last request, and they are billed.']
        : [],
  };
}

function linesOf(usage: Usage, period: Period, size: Size, start: StartTime): LineDraft[] {
  const free = usage.hasFreeTier && period.kind === 'month' ? FREE : NONE;
  const compute =
    usage.mode === 'service'
      ? serviceLines(usage, size, free)
      : activeLines(usage, size, jobActive(usage, period, size, start), free);
  return period.kind === 'run' ? compute : [...compute, registryLine(usage)];
}

interface Active {
  readonly seconds: Spread;
  readonly how: string;
  readonly basis: LineDraft['basis'];
}

function jobActive(usage: Usage, period: Period, size: Size, start: StartTime): Active {
  const runs = runsIn(period);
  const each = billedFromStart(start, cloudRunSeconds(usage, size));
  const at = (corner: keyof Spread) =>
    jobSeconds({ runs: runs[corner], secondsEach: each[corner], step: 1, minimum: 1 });
  return {
    seconds: { low: at('low'), likely: at('likely'), high: at('high') },
    how: product([runs.likely, 'runs'], [each.likely, 's with its start']),
    basis: 'assumed',
  };
}

/** With replicas kept there is no cool-down to pay at the active rate: they fall back to idle. */
function serviceActive(usage: Usage): Active {
  const seconds = cloudRequestSeconds(usage);
  const at = (corner: keyof Spread) => {
    const load = {
      requestsPerMonth: usage.requestsPerMonth[corner],
      secondsPerRequest: seconds[corner],
      concurrency: usage.concurrency,
    };
    if (usage.idleInstances === 0) return replicaSeconds(load);
    return Math.max(
      (load.requestsPerMonth * load.secondsPerRequest) / load.concurrency,
      SECONDS_PER_MONTH *
        (1 - Math.exp((-load.requestsPerMonth * load.secondsPerRequest) / SECONDS_PER_MONTH)),
    );
  };
  const active = { low: at('low'), likely: at('likely'), high: at('high') };
  return {
    seconds: active,
    how: product([
      active.likely,
      usage.idleInstances === 0 ? 's with a replica up' : 's with a request',
    ]),
    basis: basisFrom(usage, 'use.requestsPerSecond', 'run.msPerRequest', 'run.concurrency'),
  };
}

function activeLines(usage: Usage, size: Size, active: Active, free: typeof FREE): LineDraft[] {
  const line = (
    id: string,
    label: string,
    sku: string,
    unit: string,
    factor: number,
    name: string,
    freeAmount: number,
  ): LineDraft => ({
    id,
    label,
    kind: 'usage',
    quantity: beyondFree(
      mapSpread(active.seconds, (value) => value * factor),
      freeAmount,
    ),
    unit,
    price: bookPrice('azure', 'container-apps', sku, usage.regions.azure),
    basis: active.basis,
    how: `${active.how} × ${factor} ${name}${freeAmount > 0 ? ` − ${freeAmount.toLocaleString('en-US')} free` : ''}`,
  });
  return [
    line(
      'vcpu',
      'vCPU, active',
      'consumption vcpu active',
      'vCPU-second',
      size.vcpu,
      'vCPU',
      free.vcpuSeconds,
    ),
    line(
      'memory',
      'Memory, active',
      'consumption memory active',
      'GiB-second',
      size.memoryGib,
      'GiB',
      free.gibSeconds,
    ),
  ];
}

function serviceLines(usage: Usage, size: Size, free: typeof FREE): LineDraft[] {
  const active = serviceActive(usage);
  const requests: LineDraft = {
    id: 'requests',
    label: 'Requests',
    kind: 'usage',
    quantity: beyondFree(usage.requestsPerMonth, free.requests),
    unit: 'request',
    price: bookPrice('azure', 'container-apps', 'consumption requests', usage.regions.azure),
    basis: usage.basisOf('use.requestsPerSecond'),
    how: product([usage.requestsPerMonth.likely, 'requests a month']),
  };
  const idle = usage.idleInstances > 0 ? idleLines(usage, size, active.seconds) : [];
  return [...activeLines(usage, size, active, free), requests, ...idle];
}

function idleLines(usage: Usage, size: Size, active: Spread): LineDraft[] {
  const kept = usage.idleInstances * SECONDS_PER_MONTH;
  const idle = {
    low: Math.max(0, kept - active.high),
    likely: Math.max(0, kept - active.likely),
    high: kept,
  };
  const line = (
    id: string,
    label: string,
    sku: string,
    unit: string,
    factor: number,
  ): LineDraft => ({
    id,
    label,
    kind: 'fixed',
    quantity: mapSpread(idle, (value) => value * factor),
    unit,
    price: bookPrice('azure', 'container-apps', sku, usage.regions.azure),
    basis: usage.basisOf('run.idleInstances'),
    how: product([idle.likely, 's idle'], [factor, 'each']),
  });
  return [
    line('idle-vcpu', 'vCPU, idle', 'consumption vcpu idle', 'vCPU-second', size.vcpu),
    line('idle-memory', 'Memory, idle', 'consumption memory idle', 'GiB-second', size.memoryGib),
  ];
}

/** The cheapest registry, with 10 GiB in its price. */
const registryLine = (usage: Usage): LineDraft => ({
  id: 'registry',
  label: 'Container registry, basic',
  kind: 'fixed',
  quantity: exactly(1),
  unit: '30 days',
  price: bookPrice('azure', 'acr', 'basic', usage.regions.azure),
  basis: 'assumed',
  how: '1 registry, 10 GiB of images in its price',
});
