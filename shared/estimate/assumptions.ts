/** The assumptions behind an estimate: measured where the run tells, assumed where not, and any of them editable. */
import {
  type AssumptionContext,
  type AssumptionDraft,
  busyCoresOf,
  numberControl,
  round,
} from './assumption-draft';
import { GIB, HOURS_PER_MONTH, SECONDS_PER_MONTH } from './conventions';
import type { Assumption, AssumptionValue } from './estimate';
import { placeAssumptions, rateCardAssumptions } from './place-assumptions';
import type { TargetId } from './target-id';

/** Those whose instances take several requests at once and can be kept ready. */
const INSTANCES: TargetId[] = ['aws-fargate', 'google-cloud-run', 'azure-container-apps'];
const CLOUDS: TargetId[] = [...INSTANCES, 'aws-lambda'];
export const DEFAULT_SCHEDULE = '0 6 * * *';
/** Memory is asked for with room above what was measured. */
const HEADROOM = 1.25;

export function listAssumptions(context: AssumptionContext): Assumption[] {
  const isService = context.mode === 'service';
  const use = isService ? serviceUse() : context.mode === 'scheduled' ? scheduleUse(context) : [];
  const run = isService ? serviceRun(context) : jobRun(context);
  const drafts = [
    ...use,
    ...run,
    ...sizing(context),
    ...placeAssumptions(context),
    ...rateCardAssumptions(context),
  ];
  return drafts.map((draft) => withEdit(draft, context.edits[draft.key]));
}

function withEdit(draft: AssumptionDraft, edit: AssumptionValue | undefined): Assumption {
  const isEdited = edit !== undefined && typeof edit === typeof draft.value;
  return {
    ...draft,
    original: draft.value,
    value: isEdited ? edit : draft.value,
    basis: isEdited ? 'edited' : (draft.basis ?? 'assumed'),
  };
}

const serviceUse = (): AssumptionDraft[] => [
  {
    key: 'use.requestsPerSecond',
    group: 'use',
    label: 'Requests per second',
    help: `On average over the month. 1 per second is ${(SECONDS_PER_MONTH / 1e6).toFixed(2)} million a month.`,
    value: 0.1,
    unit: '1/s',
    control: numberControl(0.0001, 1000, 0.0001, true),
    targets: [],
  },
];

function scheduleUse(context: AssumptionContext): AssumptionDraft[] {
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
      control: numberControl(0.1, 100_000, 0.1, true),
      targets: [],
    },
  ];
}

function jobRun({ measurement }: AssumptionContext): AssumptionDraft[] {
  return [
    {
      key: 'run.secondsPerRun',
      group: 'run',
      label: 'Seconds per run, here',
      help: 'From the start of the first step to the end of the last, on this computer.',
      value: round(measurement.wallMs / 1000),
      unit: 's',
      basis: 'measured',
      control: numberControl(0.01, 86_400, 0.01, true),
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
      control: numberControl(0.01, 64, 0.01),
      targets: [],
    },
  ];
}

function serviceRun({ measurement }: AssumptionContext): AssumptionDraft[] {
  return [
    {
      key: 'run.msPerRequest',
      group: 'run',
      label: 'Milliseconds per request, here',
      help: 'How long one prediction takes on this computer.',
      value: round(measurement.service?.requestMs ?? 0),
      unit: 'ms',
      basis: 'measured',
      control: numberControl(0.1, 600_000, 0.1, true),
      targets: [],
    },
    {
      key: 'run.concurrency',
      group: 'run',
      label: 'Requests served at once',
      help: 'By one instance. A model that computes all the time serves about one per vCPU.',
      value: 4,
      unit: 'requests',
      control: numberControl(1, 1000, 1, true),
      targets: INSTANCES,
    },
    {
      key: 'run.idleInstances',
      group: 'run',
      label: 'Instances kept ready',
      help: 'Kept without requests, so that no request waits for a start. Fargate keeps at least one.',
      value: 0,
      unit: 'instances',
      control: numberControl(0, 20, 1),
      targets: INSTANCES,
    },
  ];
}

function sizing(context: AssumptionContext): AssumptionDraft[] {
  const { measurement } = context;
  const isService = context.mode === 'service';
  const bytes = isService
    ? (measurement.service?.idleMemoryBytes ?? 0)
    : measurement.peakMemoryBytes;
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
      control: numberControl(0.25, 16, 0.25),
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
      control: numberControl(0.1, 120, 0.1, true),
      targets: CLOUDS,
    },
    {
      key: 'run.speedFactor',
      group: 'run',
      label: 'Time in the cloud, times here',
      help: 'A vCPU is often half a core. 1 means as fast as this computer.',
      value: 1.25,
      unit: '×',
      control: numberControl(0.2, 5, 0.05),
      targets: CLOUDS,
    },
    {
      key: 'run.imageGb',
      group: 'run',
      label: 'Size of the image',
      help: 'Kept in the cloud’s registry. Build the image to see its real size.',
      value: 1,
      unit: 'GB',
      control: numberControl(0.05, 20, 0.05, true),
      targets: CLOUDS,
    },
  ];
}
