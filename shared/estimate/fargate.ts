/** AWS Fargate: tasks billed from image pull to end; a service's tasks run all the time. */
import { HOURS_PER_MONTH, SECONDS_PER_MONTH } from './conventions';
import type { StartTime } from './estimate';
import { type LineDraft, product } from './lines';
import { fargateTasks, instancesNeeded } from './quantities';
import { FARGATE_SIZES, pickSize, type Size } from './sizes';
import { exactly, mapSpread, type Spread } from './spread';
import {
  assumedStart,
  basisFrom,
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

interface Tasks {
  readonly count: Spread;
  readonly seconds: Spread;
  readonly how: string;
  readonly basis: LineDraft['basis'];
}

export function draftFargate(usage: Usage, period: Period): TargetDraft {
  const size = pickSize(FARGATE_SIZES, usage);
  const start = assumedStart(
    [15, 45, 120],
    'Assumed: a new task pulls the image before it starts.',
  );
  const isService = usage.mode === 'service';
  return {
    product: isService ? 'Fargate service, Linux x86' : 'Fargate task, Linux x86',
    region: usage.regions.aws,
    fit: fitOf(size, usage, 120),
    startTime: start,
    lines: size ? linesOf(usage, period, size, start) : [],
    leftOut: [...COMMON_LEFT_OUT, ...(isService ? SERVICE_LEFT_OUT : JOB_LEFT_OUT)],
    notes: ['Fargate has no free tier.', 'Each run is billed for at least one minute.'].slice(
      0,
      isService ? 1 : 2,
    ),
  };
}

const SERVICE_LEFT_OUT = ['Load balancer capacity units', 'NAT gateway and VPC endpoints'];
const JOB_LEFT_OUT = ['EventBridge Scheduler (no price in the price book)', 'NAT gateway'];

function linesOf(usage: Usage, period: Period, size: Size, start: StartTime): LineDraft[] {
  const tasks =
    usage.mode === 'service' ? serviceTasks(usage) : jobTasks(usage, period, size, start);
  const image = period.kind === 'run' ? [] : [imageLine(usage)];
  const network = usage.mode === 'service' ? networkLines(usage, tasks.count) : [];
  return [...computeLines(usage, size, tasks), ...network, ...image];
}

function jobTasks(usage: Usage, period: Period, size: Size, start: StartTime): Tasks {
  const count = runsIn(period);
  const seconds = billedFromStart(start, cloudRunSeconds(usage, size));
  return {
    count,
    seconds,
    how: `${product([count.likely, 'runs'], [seconds.likely, 's from image pull to end'])}`,
    basis: 'assumed',
  };
}

function serviceTasks(usage: Usage): Tasks {
  const all = { seconds: exactly(SECONDS_PER_MONTH) };
  const how = (tasks: number) =>
    product([tasks, 'tasks'], [HOURS_PER_MONTH, 'h a month, used or not']);
  if (usage.instances !== null) {
    const count = exactly(usage.instances);
    return { ...all, count, how: how(count.likely), basis: 'edited' };
  }
  const seconds = cloudRequestSeconds(usage);
  const needed = (requests: number, each: number) =>
    Math.max(
      usage.idleInstances,
      instancesNeeded({
        requestsPerMonth: requests,
        secondsPerRequest: each,
        concurrency: usage.concurrency,
      }),
    );
  const count = {
    low: needed(usage.requestsPerMonth.low, seconds.low),
    likely: needed(usage.requestsPerMonth.likely, seconds.likely),
    high: needed(usage.requestsPerMonth.high, seconds.high),
  };
  return {
    ...all,
    count,
    how: how(count.likely),
    basis: basisFrom(usage, 'use.requestsPerSecond', 'run.msPerRequest'),
  };
}

function computeLines(usage: Usage, size: Size, tasks: Tasks): LineDraft[] {
  const storageGb = usage.artifactGb * 2 + usage.imageGb.likely;
  const billed = (tasksCount: number, secondsEach: number) =>
    fargateTasks({ tasks: tasksCount, secondsEach, size, storageGb });
  const corners = {
    low: billed(tasks.count.low, tasks.seconds.low),
    likely: billed(tasks.count.likely, tasks.seconds.likely),
    high: billed(tasks.count.high, tasks.seconds.high),
  };
  const quantity = (key: 'vcpuHours' | 'memoryHours' | 'storageHours'): Spread => ({
    low: corners.low[key],
    likely: corners.likely[key],
    high: corners.high[key],
  });
  const line = (
    id: string,
    label: string,
    sku: string,
    unit: string,
    key: keyof typeof corners.low,
    factor: string,
  ): LineDraft => ({
    id,
    label,
    kind: usage.mode === 'service' ? 'fixed' : 'usage',
    quantity: quantity(key),
    unit,
    price: bookPrice('aws', 'fargate', sku, usage.regions.aws),
    basis: tasks.basis,
    how: `${tasks.how} × ${factor}`,
  });
  const storage = line(
    'storage',
    'Storage above 20 GB',
    'ephemeral-storage-over-20gb',
    'GB-hour',
    'storageHours',
    'GB above 20',
  );
  return [
    line('vcpu', 'vCPU', 'linux-x86-vcpu', 'vCPU-hour', 'vcpuHours', `${size.vcpu} vCPU`),
    line('memory', 'Memory', 'linux-x86-memory', 'GB-hour', 'memoryHours', `${size.memoryGib} GB`),
    ...(storageGb > 20 ? [storage] : []),
  ];
}

/** One address a task, two for a load balancer (it stands in two zones). */
function networkLines(usage: Usage, tasks: Spread): LineDraft[] {
  const addresses = mapSpread(
    tasks,
    (count) => (count + (usage.hasLoadBalancer ? 2 : 0)) * HOURS_PER_MONTH,
  );
  const address: LineDraft = {
    id: 'address',
    label: 'Public IPv4 addresses',
    kind: 'fixed',
    quantity: addresses,
    unit: 'hour',
    price: bookPrice('aws', 'public-ipv4', 'in-use or idle', usage.regions.aws),
    basis: 'assumed',
    how: product([addresses.likely / HOURS_PER_MONTH, 'addresses'], [HOURS_PER_MONTH, 'h']),
  };
  const balancer: LineDraft = {
    id: 'load-balancer',
    label: 'Load balancer',
    kind: 'fixed',
    quantity: exactly(HOURS_PER_MONTH),
    unit: 'hour',
    price: bookPrice('aws', 'alb', 'hourly', usage.regions.aws),
    basis: usage.basisOf('place.loadBalancer'),
    how: `${HOURS_PER_MONTH} h a month; gives the service its address`,
  };
  return usage.hasLoadBalancer ? [balancer, address] : [address];
}

export const imageLine = (usage: Usage): LineDraft => ({
  id: 'image',
  label: 'Image in the registry',
  kind: 'fixed',
  quantity: usage.imageGb,
  unit: 'GB-month',
  price: bookPrice('aws', 'ecr', 'storage', usage.regions.aws),
  basis: usage.basisOf('run.imageGb'),
  how: product([usage.imageGb.likely, 'GB kept for a month']),
});
