/** Google Cloud Run: a service billed while it has requests, a job from start to end. */
import { SECONDS_PER_MONTH } from './conventions';
import type { StartTime } from './estimate';
import { type LineDraft, product } from './lines';
import { busyInstanceSeconds, jobSeconds, type Packing } from './quantities';
import { CLOUD_RUN_SIZES, pickSize, type Size } from './sizes';
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

/** Per billing account and month, request-based services. */
const FREE = { vcpuSeconds: 180_000, gibSeconds: 360_000, requests: 2_000_000 };

export function draftCloudRun(usage: Usage, period: Period): TargetDraft {
  const size = pickSize(CLOUD_RUN_SIZES, usage);
  const isService = usage.mode === 'service';
  const begin = usage.serviceStartSeconds;
  const start = isService
    ? assumedStart(
        [1 + begin, 4 + begin, 15 + begin * 2],
        'Assumed: a cold start pulls the image and imports the libraries.',
      )
    : assumedStart([5, 15, 60], 'Assumed: a job starts a new container each time.');
  return {
    product: isService ? 'Cloud Run service, request-based' : 'Cloud Run job',
    region: usage.regions.google,
    fit: fitOf(size, usage, 32),
    startTime: start,
    lines: size ? linesOf(usage, period, size, start) : [],
    leftOut: [...COMMON_LEFT_OUT, ...(isService ? ['Start-up time of new instances'] : [])],
    notes: notesOf(usage),
  };
}

function notesOf(usage: Usage): string[] {
  const size = 'Sizes below 1 vCPU are not considered: they take one request at a time.';
  if (usage.mode === 'service') return [size];
  const minute = 'Likely and high bill each run for at least one minute; low by its length.';
  const free = 'The free tier for jobs is not in the price book and is not taken off.';
  return usage.hasFreeTier ? [minute, free] : [minute];
}

function linesOf(usage: Usage, period: Period, size: Size, start: StartTime): LineDraft[] {
  const compute =
    usage.mode === 'service' ? serviceLines(usage, size) : jobLines(usage, period, size, start);
  if (period.kind === 'run') return compute;
  const scheduler = usage.mode === 'scheduled' ? [schedulerLine(usage)] : [];
  return [...compute, ...scheduler, imageLine(usage)];
}

function jobLines(usage: Usage, period: Period, size: Size, start: StartTime): LineDraft[] {
  const runs = runsIn(period);
  const each = billedFromStart(start, cloudRunSeconds(usage, size));
  const seconds = (corner: keyof Spread) =>
    jobSeconds({
      runs: runs[corner],
      secondsEach: each[corner],
      step: 0.1,
      minimum: corner === 'low' ? 0.1 : 60,
    });
  const total = { low: seconds('low'), likely: seconds('likely'), high: seconds('high') };
  const how = product([runs.likely, 'runs'], [each.likely, 's with its start']);
  const line = (
    id: string,
    label: string,
    sku: string,
    unit: string,
    factor: number,
    name: string,
  ): LineDraft => ({
    id,
    label,
    kind: 'usage',
    quantity: mapSpread(total, (value) => value * factor),
    unit,
    price: bookPrice('gcp', 'cloud-run-job', sku, usage.regions.google),
    basis: 'assumed',
    how: `${how} × ${factor} ${name}`,
  });
  return [
    line('vcpu', 'vCPU', 'cpu', 'vCPU-second', size.vcpu, 'vCPU'),
    line('memory', 'Memory', 'memory', 'GiB-second', size.memoryGib, 'GiB'),
  ];
}

function busySeconds(usage: Usage): Spread {
  const seconds = cloudRequestSeconds(usage);
  const packing: Record<keyof Spread, Packing> = {
    low: 'perfect',
    likely: 'random',
    high: 'alone',
  };
  const busy = (corner: keyof Spread) =>
    busyInstanceSeconds(
      {
        requestsPerMonth: usage.requestsPerMonth[corner],
        secondsPerRequest: seconds[corner],
        concurrency: usage.concurrency,
      },
      packing[corner],
    );
  return { low: busy('low'), likely: busy('likely'), high: busy('high') };
}

function serviceLines(usage: Usage, size: Size): LineDraft[] {
  const busy = busySeconds(usage);
  const free = usage.hasFreeTier ? FREE : { vcpuSeconds: 0, gibSeconds: 0, requests: 0 };
  const price = (sku: string, region = usage.regions.google) =>
    bookPrice('gcp', 'cloud-run-service', sku, region);
  const basis = basisFrom(usage, 'use.requestsPerSecond', 'run.msPerRequest', 'run.concurrency');
  const how = (factor: number, unit: string, freeAmount: number) =>
    product([busy.likely, 's with a request'], [factor, unit]) +
    (freeAmount > 0 ? ` − ${freeAmount.toLocaleString('en-US')} free` : '');
  const busyLine = (
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
      mapSpread(busy, (value) => value * factor),
      freeAmount,
    ),
    unit,
    price: price(sku),
    basis,
    how: how(factor, name, freeAmount),
  });
  return [
    busyLine(
      'vcpu',
      'vCPU while busy',
      'request-based-cpu',
      'vCPU-second',
      size.vcpu,
      'vCPU',
      free.vcpuSeconds,
    ),
    busyLine(
      'memory',
      'Memory while busy',
      'request-based-memory',
      'GiB-second',
      size.memoryGib,
      'GiB',
      free.gibSeconds,
    ),
    {
      id: 'requests',
      label: 'Requests',
      kind: 'usage',
      quantity: beyondFree(usage.requestsPerMonth, free.requests),
      unit: 'request',
      price: price('requests', 'global'),
      basis: usage.basisOf('use.requestsPerSecond'),
      how: product([usage.requestsPerMonth.likely, 'requests a month']),
    },
    ...(usage.idleInstances > 0 ? idleLines(usage, size, busy) : []),
  ];
}

function idleLines(usage: Usage, size: Size, busy: Spread): LineDraft[] {
  const idle = {
    low: Math.max(0, usage.idleInstances * SECONDS_PER_MONTH - busy.high),
    likely: Math.max(0, usage.idleInstances * SECONDS_PER_MONTH - busy.likely),
    high: usage.idleInstances * SECONDS_PER_MONTH,
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
    price: bookPrice('gcp', 'cloud-run-service', sku, usage.regions.google),
    basis: usage.basisOf('run.idleInstances'),
    how: product(
      [usage.idleInstances, 'instances kept'],
      [idle.likely / usage.idleInstances, 's idle'],
      [factor, 'each'],
    ),
  });
  return [
    line('idle-vcpu', 'vCPU kept idle', 'min-instance-idle-cpu', 'vCPU-second', size.vcpu),
    line(
      'idle-memory',
      'Memory kept idle',
      'min-instance-idle-memory',
      'GiB-second',
      size.memoryGib,
    ),
  ];
}

const schedulerLine = (usage: Usage): LineDraft => ({
  id: 'scheduler',
  label: 'Cloud Scheduler',
  kind: 'fixed',
  quantity: exactly(usage.hasFreeTier ? 0 : 1),
  unit: 'job-month',
  price: bookPrice('gcp', 'cloud-scheduler', 'job', 'global'),
  basis: usage.basisOf('place.freeTier'),
  how: usage.hasFreeTier ? 'The first three are free' : '1 schedule',
});

const imageLine = (usage: Usage): LineDraft => ({
  id: 'image',
  label: 'Image in the registry',
  kind: 'fixed',
  quantity: usage.hasFreeTier ? beyondFree(usage.imageGb, 0.5) : usage.imageGb,
  unit: 'GiB-month',
  price: bookPrice('gcp', 'artifact-registry', 'storage', usage.regions.google),
  basis: usage.basisOf('run.imageGb'),
  how: product([usage.imageGb.likely, 'GB kept for a month']),
});
