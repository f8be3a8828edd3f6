/** A Container Apps job, started by hand or by its own schedule. Records of its revisions stand in its tags. */
import type { Job, JobExecution } from '@azure/arm-appcontainers';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import {
  type Found,
  type Json,
  LABEL,
  type Resource,
  type RevisionRecord,
} from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { ResourceKind } from '../../resources/platform';
import { taken } from './apps';
import { type Azure, regionOf } from './azure';
import {
  asJson,
  type ContainerSpec,
  containerFrom,
  readContainer,
  type SecretValue,
  secretValues,
} from './containers';
import { environmentId } from './environments';
import { ask, askIfThere } from './errors';
import { environmentNameOf, pullParts } from './pulling';
import { isOf, labelsOf, ownTags, readRecords, recordTags, withTags } from './tags';
import { wordsOf } from './verdicts';
import { all, isBusy, lastPart, until } from './waiting';

export interface JobSpec {
  readonly mode: string;
  readonly number: number;
  readonly container: ContainerSpec;
  readonly environment: string;
  readonly runSeconds: number;
  /** Five fields, in UTC; null where it is started by hand. */
  readonly cron: string | null;
  readonly isPaused: boolean;
  /** Oldest first, the current one among them. */
  readonly records: Json;
}

const LONGEST_SECONDS = 600;

export const readJob = (azure: Azure, id: string): Promise<Job | null> =>
  askIfThere({ doing: `reading the job ${id}` }, () => azure.apps.jobs.get(azure.group, id));

async function jobsOf(azure: Azure, id: DeploymentId | null): Promise<Job[]> {
  if (id !== null) {
    const there = await readJob(azure, id);
    return there && isOf(there.tags, id) ? [there] : [];
  }
  const found = await ask({ doing: 'listing the jobs' }, () =>
    all(azure.apps.jobs.listByResourceGroup(azure.group)),
  );
  return found.filter(({ tags }) => isOf(tags, null));
}

export function jobKind(azure: Azure): ResourceKind {
  const put = (resource: Resource, task: TaskContext) => putJob(azure, resource, task);
  return {
    kind: 'job',
    list: async (id) => Promise.all((await jobsOf(azure, id)).map((job) => foundJob(azure, job))),
    create: (resource, { task }) => put(resource, task),
    update: (resource, _, { task }) => put(resource, task),
    remove: async (id) => {
      await askIfThere({ doing: `removing the job ${id}` }, () =>
        azure.apps.jobs.delete(azure.group, id, azure.polling),
      );
    },
    ready: async ({ name }, task) => {
      const doing = `making the job ${name}`;
      const look = () => settledJob(azure, name, task);
      const job = await until(azure, { doing, task, seconds: LONGEST_SECONDS }, look);
      if (job.provisioningState === 'Failed')
        fail('step-failed', `The job ${name} can’t be run. ${wordsOf('')}`);
    },
  };
}

const settledJob = (azure: Azure, id: string, task: TaskContext): Promise<Job | null> =>
  until(azure, { doing: `waiting for the job ${id}`, task, seconds: LONGEST_SECONDS }, async () => {
    const job = await readJob(azure, id);
    return isBusy(job?.provisioningState) ? null : { job };
  }).then(({ job }) => job);

async function putJob(
  azure: Azure,
  { name: id, spec }: Resource,
  task: TaskContext,
): Promise<void> {
  const wanted = spec as unknown as JobSpec;
  const there = await settledJob(azure, id, task);
  if (there && !isOf(there.tags, id as DeploymentId)) taken(id);
  const records = wanted.records as unknown as RevisionRecord[];
  const record =
    records.find(({ number }) => number === wanted.number) ??
    fail('unexpected', `The job ${id} has no record of revision ${wanted.number}.`);
  const { registries, identity, secrets } = await pullParts(azure, record);
  const kept = there ? await readSecrets(azure, id) : [];
  const values = record.settings ? await secretValues(record.settings, kept) : [];
  const envelope: Job = {
    location: there?.location ?? regionOf(azure, record.settings?.options),
    tags: withTags(there?.tags, {
      ...ownTags(id as DeploymentId, {
        [LABEL.mode]: wanted.mode,
        [LABEL.revision]: String(wanted.number),
      }),
      ...recordTags(records),
    }),
    ...(identity ? { identity } : {}),
    environmentId: environmentId(azure, environmentNameOf(record)),
    configuration: {
      ...triggerOf(wanted),
      replicaTimeout: wanted.runSeconds,
      replicaRetryLimit: 0,
      registries,
      secrets: [...secrets, ...values],
    },
    template: { containers: [containerFrom(wanted.container, false)] },
  };
  await askIfThere({ doing: `${there ? 'changing' : 'making'} the job ${id}` }, () =>
    azure.apps.jobs.createOrUpdate(azure.group, id, envelope, azure.polling),
  ).catch((thrown: unknown) => refused(id, thrown));
  if (there && isPaused(there)) await pauseJob(azure, id, false);
}

/** Azure looks for the image when the job is made: that it is not there is told as such. */
function refused(id: string, thrown: unknown): never {
  const text = thrown instanceof Error ? thrown.message : '';
  if (/image|manifest|pull/i.test(text))
    fail('step-failed', `The job ${id} can’t be run. ${wordsOf(text)}`);
  throw thrown;
}

const triggerOf = ({ cron }: JobSpec) =>
  cron === null
    ? {
        triggerType: 'Manual' as const,
        manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 },
      }
    : {
        triggerType: 'Schedule' as const,
        scheduleTriggerConfig: { cronExpression: cron, parallelism: 1, replicaCompletionCount: 1 },
      };

async function readSecrets(azure: Azure, id: string): Promise<SecretValue[]> {
  const answer = await askIfThere({ doing: `reading the secrets of ${id}` }, () =>
    azure.apps.jobs.listSecrets(azure.group, id),
  );
  return (answer?.value ?? []).map(({ name = '', value = '' }) => ({ name, value }));
}

async function foundJob(azure: Azure, job: Job): Promise<Found> {
  const id = job.name ?? '';
  const records = readRecords(job.tags);
  const number = Number(job.tags?.[LABEL.revision]);
  const secrets = await readSecrets(azure, id);
  const spec: JobSpec = {
    mode: job.tags?.[LABEL.mode] ?? 'job',
    number,
    container: readContainer(job.template?.containers?.[0], secrets),
    environment: lastPart(job.environmentId),
    runSeconds: job.configuration?.replicaTimeout ?? 0,
    cron: job.configuration?.scheduleTriggerConfig?.cronExpression ?? null,
    isPaused: isPaused(job),
    records: asJson(records),
  };
  const record = records.find((each) => each.number === number) ?? records.at(-1) ?? null;
  return { kind: 'job', name: id, spec: asJson(spec), labels: labelsOf(job.tags, record) };
}

const isPaused = ({ runningState }: Job): boolean => runningState === 'Suspended';

/** Newest first. */
export async function executionsOf(azure: Azure, id: string): Promise<JobExecution[]> {
  const found = await askIfThere({ doing: `listing the runs of ${id}` }, () =>
    all(azure.apps.jobsExecutions.list(azure.group, id)),
  );
  return (found ?? []).toSorted(
    (a, b) => (b.startTime?.getTime() ?? 0) - (a.startTime?.getTime() ?? 0),
  );
}

export async function runJob(azure: Azure, id: string): Promise<void> {
  await ask({ doing: `starting a run of ${id}` }, () =>
    azure.apps.jobs.start(azure.group, id, azure.polling),
  );
}

export async function cancelRuns(azure: Azure, id: string): Promise<void> {
  const running = (await executionsOf(azure, id)).filter(({ status }) => status === 'Running');
  for (const { name = '' } of running)
    await ask({ doing: `cancelling a run of ${id}` }, () =>
      azure.apps.jobs.stopExecution(azure.group, id, name, azure.polling),
    );
}

export async function pauseJob(azure: Azure, id: string, isPause: boolean): Promise<void> {
  const { jobs } = azure.apps;
  await ask({ doing: `${isPause ? 'pausing' : 'resuming'} the job ${id}` }, () =>
    isPause
      ? jobs.suspend(azure.group, id, azure.polling)
      : jobs.resume(azure.group, id, azure.polling),
  );
}
