/** A Cloud Run job. It has no revisions of its own: their records stand beside it, the newest five. */
import type { protos } from '@google-cloud/run';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import {
  type Found,
  type Json,
  LABEL,
  type Resource,
  type RevisionRecord,
  recordOf,
} from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { ResourceKind } from '../../resources/platform';
import { verdictOf } from './conditions';
import { asJson, type ContainerSpec, containerFrom, readContainer } from './containers';
import { ask, askIfThere, askUnlessTaken } from './errors';
import { CALL, type Google } from './google';
import { isOf, labelsOf, lastPart, readLabels } from './names';
import { taken } from './services';
import { finish, until } from './waiting';

type IJob = protos.google.cloud.run.v2.IJob;
type IExecution = protos.google.cloud.run.v2.IExecution;

export interface JobSpec {
  readonly mode: string;
  readonly number: number;
  readonly container: ContainerSpec;
  readonly account: string;
  readonly runSeconds: number;
  readonly retries: number;
  /** All that are kept, oldest first; the current one among them. */
  readonly records: Json;
}

const RECORDS = 'dev.slipway.records';

export const jobName = ({ parent }: Google, id: string): string => `${parent}/jobs/${id}`;

export const readJob = (google: Google, id: string): Promise<IJob | null> =>
  askIfThere({ doing: `reading the job ${id}` }, async () => {
    const [there] = await google.jobs.getJob({ name: jobName(google, id) }, CALL);
    return there;
  });

async function jobsOf(google: Google, id: DeploymentId | null): Promise<IJob[]> {
  if (id !== null) {
    const there = await readJob(google, id);
    return there && isOf(there.labels, id) ? [there] : [];
  }
  const [all] = await ask({ doing: 'listing the jobs' }, () =>
    google.jobs.listJobs({ parent: google.parent }, CALL),
  );
  return all.filter(({ labels }) => isOf(labels, null));
}

export function jobKind(google: Google): ResourceKind {
  return {
    kind: 'job',
    list: async (id) => (await jobsOf(google, id)).map(foundJob),
    create: async (resource, { task }) => {
      const id = resource.name as DeploymentId;
      const doing = `making the job ${id}`;
      const isMade = await askUnlessTaken({ doing }, () =>
        google.jobs.createJob({ parent: google.parent, jobId: id, job: jobFrom(resource) }, CALL),
      );
      const look = () => readJob(google, id);
      const there = await until(google, { doing, task, seconds: 60 }, look);
      if (!isOf(there.labels, id)) taken(id);
      if (!isMade) await change(google, resource);
    },
    update: (resource) => change(google, resource),
    remove: async (id, task) => {
      const doing = `removing the job ${id}`;
      await askIfThere({ doing }, async () => {
        const [operation] = await google.jobs.deleteJob({ name: jobName(google, id) }, CALL);
        await finish(google, 'run', operation.name, { doing, task, seconds: 300 });
      });
    },
    ready: ({ name }, task) => waitForJob(google, name, task),
  };
}

async function change(google: Google, resource: Resource): Promise<void> {
  const job = { ...jobFrom(resource), name: jobName(google, resource.name) };
  await ask({ doing: `changing the job ${resource.name}` }, () =>
    google.jobs.updateJob({ job }, CALL),
  );
}

async function waitForJob(google: Google, id: string, task: TaskContext): Promise<void> {
  const doing = `making the job ${id} ready`;
  await until(google, { doing, task, seconds: 180 }, async () => {
    const job = await readJob(google, id);
    if (!job || job.reconciling) return null;
    const verdict = verdictOf([job.terminalCondition]);
    if (verdict.kind === 'failed')
      fail('step-failed', `The job ${id} can’t be run. ${verdict.why}`);
    return verdict.kind === 'ready' ? true : null;
  });
}

export function jobFrom({ name, spec }: Resource): IJob {
  const wanted = spec as unknown as JobSpec;
  const records = wanted.records as unknown as RevisionRecord[];
  const labels = labelsOf(name as DeploymentId, {
    [LABEL.mode]: wanted.mode,
    [LABEL.revision]: String(wanted.number),
  });
  return {
    labels,
    annotations: {
      [LABEL.record]: JSON.stringify(records.find(({ number }) => number === wanted.number)),
      [RECORDS]: JSON.stringify(records),
    },
    template: {
      // Those of its runs.
      labels: { ...labels, [LABEL.run.replaceAll('.', '-')]: 'yes' },
      taskCount: 1,
      template: {
        containers: [containerFrom(wanted.container, false)],
        serviceAccount: wanted.account,
        timeout: { seconds: wanted.runSeconds },
        maxRetries: wanted.retries,
      },
    },
  };
}

export function foundJob(job: IJob): Found {
  const labels = readLabels(job.labels, job.annotations);
  const inner = job.template?.template;
  const spec: JobSpec = {
    mode: labels[LABEL.mode] ?? 'job',
    number: Number(labels[LABEL.revision]),
    container: readContainer(inner?.containers?.[0]),
    account: inner?.serviceAccount ?? '',
    runSeconds: Number(inner?.timeout?.seconds ?? 0),
    retries: inner?.maxRetries ?? 0,
    records: asJson(recordsFrom(job.annotations?.[RECORDS] ?? '[]')),
  };
  return { kind: 'job', name: lastPart(job.name), spec: spec as unknown as Json, labels };
}

function recordsFrom(text: string): RevisionRecord[] {
  const all = JSON.parse(text) as unknown[];
  return all.flatMap((each) => recordOf({ [LABEL.record]: JSON.stringify(each) }) ?? []);
}

/** Newest first. */
export async function executionsOf(google: Google, id: string): Promise<IExecution[]> {
  const all = await askIfThere({ doing: `listing the runs of ${id}` }, async () => {
    const request = { parent: jobName(google, id), pageSize: 20 };
    // One page is enough: autoPaginate would fetch the whole history.
    const [found] = await google.executions.listExecutions(request, {
      ...CALL,
      autoPaginate: false,
    });
    return found;
  });
  return all ?? [];
}

export async function runJob(google: Google, id: string): Promise<void> {
  await ask({ doing: `starting a run of ${id}` }, () =>
    google.jobs.runJob({ name: jobName(google, id) }, CALL),
  );
}

export async function cancelRuns(google: Google, id: string): Promise<void> {
  const running = (await executionsOf(google, id)).filter(({ completionTime }) => !completionTime);
  for (const { name } of running)
    await ask({ doing: `cancelling a run of ${id}` }, () =>
      google.executions.cancelExecution({ name }, CALL),
    );
}
