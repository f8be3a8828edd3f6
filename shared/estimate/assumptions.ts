/** The assumptions behind an estimate: measured where the run tells, assumed where not, and any of them editable. */
import { GIB, HOURS_PER_MONTH, SECONDS_PER_MONTH } from './conventions';
import type { Assumption, AssumptionValue, Basis, Measurement } from './estimate';
import { type PriceBook, regionsOf } from './price-book';
import type { RunMode, TargetId } from './target-id';

/** What the arithmetic must know of this computer. */
export interface ComputerFacts {
  readonly cores: number;
  readonly memoryBytes: number;
}

export interface AssumptionContext {
  readonly mode: RunMode;
  readonly measurement: Measurement;
  readonly computer: ComputerFacts;
  readonly book: PriceBook;
  readonly edits: Readonly<Record<string, AssumptionValue>>;
  /** How often the schedule fires in a month, when it can be read. */
  readonly runsOfSchedule: number | null;
}

type Draft = Omit<Assumption, 'original' | 'basis'> & { readonly basis?: Basis };

const CLOUDS: TargetId[] = ['aws-fargate', 'google-cloud-run', 'azure-container-apps'];
const DEFAULT_SCHEDULE = '0 6 * * *';
/** Memory is asked for with room above what was measured. */
const HEADROOM = 1.25;

export function listAssumptions(context: AssumptionContext): Assumption[] {
  const isService = context.mode === 'service';
  const use = isService ? serviceUse() : context.mode === 'scheduled' ? scheduleUse(context) : [];
  const run = isService ? serviceRun(context) : jobRun(context);
  const drafts = [...use, ...run, ...sizing(context), ...places(context), ...rateCard(context)];
  return drafts.map((draft) => withEdit(draft, context.edits[draft.key]));
}

function withEdit(draft: Draft, edit: AssumptionValue | undefined): Assumption {
  const isEdited = edit !== undefined && typeof edit === typeof draft.value;
  return {
    ...draft,
    original: draft.value,
    value: isEdited ? edit : draft.value,
    basis: isEdited ? 'edited' : (draft.basis ?? 'assumed'),
  };
}

function number(
  min: number,
  max: number,
  step: number,
  isLogarithmic = false,
): Assumption['control'] {
  return { kind: 'number', min, max, step, isLogarithmic };
}

const serviceUse = (): Draft[] => [
  {
    key: 'use.requestsPerSecond',
    group: 'use',
    label: 'Requests per second',
    help: `On average over the month. 1 per second is ${(SECONDS_PER_MONTH / 1e6).toFixed(2)} million a month.`,
    value: 0.1,
    unit: '1/s',
    control: number(0.0001, 1000, 0.0001, true),
    targets: [],
  },
];

function scheduleUse(context: AssumptionContext): Draft[] {
  return [
    {
      key: 'use.schedule',
      group: 'use',
      label: 'Schedule',
      help: 'Minute, hour, day of month, month, day of week. 0 6 * * * is every day at six.',
      value: DEFAULT_SCHEDULE,
      unit: '',
      control: { kind: 'text', placeholder: DEFAULT_SCHEDULE },
      targets: [],
    },
    {
      key: 'use.runsPerMonth',
      group: 'use',
      label: 'Runs per month',
      help: 'Counted from the schedule, over a month of 730 hours.',
      value: context.runsOfSchedule ?? HOURS_PER_MONTH / 24,
      unit: 'runs',
      basis: 'use.schedule' in context.edits ? 'edited' : 'assumed',
      control: number(0.1, 100_000, 0.1, true),
      targets: [],
    },
  ];
}

function jobRun({ measurement }: AssumptionContext): Draft[] {
  return [
    {
      key: 'run.secondsPerRun',
      group: 'run',
      label: 'Seconds per run, here',
      help: 'From the start of the first step to the end of the last, on this computer.',
      value: round(measurement.wallMs / 1000),
      unit: 's',
      basis: 'measured',
      control: number(0.01, 86_400, 0.01, true),
      targets: [],
    },
    {
      key: 'run.busyCores',
      group: 'run',
      label: 'Cores kept busy',
      help: 'CPU time divided by time on the clock.',
      value: round(busyCoresOf(measurement)),
      unit: 'cores',
      basis: 'measured',
      control: number(0.01, 64, 0.01),
      targets: [],
    },
  ];
}

function serviceRun({ measurement }: AssumptionContext): Draft[] {
  return [
    {
      key: 'run.msPerRequest',
      group: 'run',
      label: 'Milliseconds per request, here',
      help: 'How long one prediction takes on this computer.',
      value: round(measurement.service?.requestMs ?? 0),
      unit: 'ms',
      basis: 'measured',
      control: number(0.1, 600_000, 0.1, true),
      targets: [],
    },
    {
      key: 'run.concurrency',
      group: 'run',
      label: 'Requests served at once',
      help: 'By one instance. A model that computes all the time serves about one per vCPU.',
      value: 4,
      unit: 'requests',
      control: number(1, 1000, 1, true),
      targets: CLOUDS,
    },
    {
      key: 'run.idleInstances',
      group: 'run',
      label: 'Instances kept ready',
      help: 'Kept without requests, so that no request waits for a start. Fargate keeps at least one.',
      value: 0,
      unit: 'instances',
      control: number(0, 20, 1),
      targets: CLOUDS,
    },
  ];
}

function sizing(context: AssumptionContext): Draft[] {
  const { measurement } = context;
  const isService = context.mode === 'service';
  const bytes = isService ? (measurement.service?.idleMemoryBytes ?? 0) : measurement.peakMemoryBytes;
  const cores = Math.ceil(busyCoresOf(measurement) / 1.1);
  return [
    {
      key: 'run.vcpu',
      group: 'run',
      label: 'vCPUs asked for',
      help: isService ? 'For one instance.' : 'As many as it kept busy here.',
      value: isService ? 1 : Math.max(1, cores),
      unit: 'vCPU',
      basis: isService ? 'assumed' : 'measured',
      control: number(0.25, 16, 0.25),
      targets: CLOUDS,
    },
    {
      key: 'run.memoryGib',
      group: 'run',
      label: 'Memory asked for',
      help: 'The most it used here, and a quarter more.',
      value: round((bytes * HEADROOM) / GIB),
      unit: 'GiB',
      basis: 'measured',
      control: number(0.1, 120, 0.1, true),
      targets: CLOUDS,
    },
    {
      key: 'run.speedFactor',
      group: 'run',
      label: 'Time in the cloud, times here',
      help: 'A vCPU is often half a core. 1 means as fast as this computer.',
      value: 1.25,
      unit: '×',
      control: number(0.2, 5, 0.05),
      targets: CLOUDS,
    },
    {
      key: 'run.imageGb',
      group: 'run',
      label: 'Size of the image',
      help: 'Kept in the cloud’s registry. Build the image to see its real size.',
      value: 1,
      unit: 'GB',
      control: number(0.05, 20, 0.05, true),
      targets: CLOUDS,
    },
  ];
}

function places({ book, mode }: AssumptionContext): Draft[] {
  const isJob = mode !== 'service';
  const googleSku = isJob
    ? regionsOf(book, 'cloud-run-job', 'cpu')
    : regionsOf(book, 'cloud-run-service', 'request-based-cpu');
  const region = (cloud: string, label: string, value: string, choices: string[], target: TargetId): Draft => ({
    key: `place.${cloud}Region`,
    group: 'place',
    label,
    help: 'Regions the price book has a vCPU price for.',
    value,
    unit: '',
    control: { kind: 'choice', choices },
    targets: [target],
  });
  return [
    region('aws', 'AWS region', 'us-east-1', regionsOf(book, 'fargate', 'linux-x86-vcpu'), 'aws-fargate'),
    // Job prices are known for two regions only: the one with both vCPU and memory comes first.
    region('google', 'Google Cloud region', isJob ? 'europe-west3' : 'us-central1', googleSku, 'google-cloud-run'),
    region('azure', 'Azure region', 'eastus', regionsOf(book, 'container-apps', 'consumption vcpu active'), 'azure-container-apps'),
    {
      key: 'place.freeTier',
      group: 'place',
      label: 'Free tier',
      help: 'Take off the monthly free amounts. They are shared by all you run in the account.',
      value: false,
      unit: '',
      control: { kind: 'switch' },
      targets: ['google-cloud-run', 'azure-container-apps'],
    },
    ...(isJob ? [] : [loadBalancer]),
  ];
}

const loadBalancer: Draft = {
  key: 'place.loadBalancer',
  group: 'place',
  label: 'Load balancer before Fargate',
  help: 'Gives the service an address that stays. Cloud Run and Container Apps have one in their price.',
  value: true,
  unit: '',
  control: { kind: 'switch' },
  targets: ['aws-fargate'],
};

function rateCard(context: AssumptionContext): Draft[] {
  const card = (key: string, label: string, help: string, value: number, unit: string, control: Assumption['control']): Draft => ({
    key: `rate-card.${key}`,
    group: 'rate-card',
    label,
    help,
    value,
    unit,
    control,
    targets: ['this-computer'],
  });
  return [
    card('usdPerKwh', 'Electricity', 'What you pay for a kilowatt-hour.', 0.25, '$/kWh', number(0, 2, 0.01)),
    card('idleWatts', 'Power at rest', 'The whole computer, doing nothing.', 20, 'W', number(0, 1000, 1)),
    card('wattsPerCore', 'Power per busy core', 'What one more busy core takes.', 8, 'W', number(0, 200, 0.5)),
    card('hardwareUsd', 'Price of the computer', 'When it was bought.', 1200, '$', number(0, 100_000, 50, true)),
    card('lifetimeYears', 'Years it is used', '', 4, 'years', number(0.5, 15, 0.5)),
    card('share', 'Share of the computer', 'The part of its rest and wear that this work is charged with.', round(shareOf(context)), '', number(0.001, 1, 0.001)),
  ];
}

/** The larger of its shares of the cores and of the memory. */
function shareOf({ mode, measurement, computer }: AssumptionContext): number {
  const memory = mode === 'service' ? (measurement.service?.idleMemoryBytes ?? 0) : measurement.peakMemoryBytes;
  const cores = mode === 'service' ? 0 : busyCoresOf(measurement) / computer.cores;
  return Math.min(1, Math.max(0.01, memory / computer.memoryBytes, cores));
}

function busyCoresOf(measurement: Measurement): number {
  return measurement.wallMs > 0 ? Math.max(0.01, measurement.cpuMs / measurement.wallMs) : 1;
}

/** Three digits are more than these are known to. */
const round = (value: number): number => Number(value.toPrecision(3));
