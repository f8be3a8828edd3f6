/** A job of Cloud Scheduler that starts the Cloud Run job. It carries no labels: its description says whose it is. */
import type { protos } from '@google-cloud/scheduler';
import type { DeploymentId } from '../../../../shared/base/ids';
import { type Found, type Json, LABEL, type Resource } from '../../../../shared/deploy';
import type { ResourceKind } from '../../resources/platform';
import { ask, askIfThere, askUnlessTaken } from './errors';
import { CALL, type Google } from './google';
import { jobName } from './jobs';
import { lastPart } from './names';
import { taken } from './services';
import { until } from './waiting';

type IJob = protos.google.cloud.scheduler.v1.IJob;

export interface ScheduleSpec {
  readonly cron: string;
  readonly timeZone: string;
  readonly calls: string;
  readonly account: string;
  readonly isPaused: boolean;
}

const shortName = (id: string): string => `slipway-${id}`;
const fullName = ({ parent }: Pick<Google, 'parent'>, id: string): string =>
  `${parent}/jobs/${shortName(id)}`;
const OWNER = new RegExp(`${LABEL.deployment.replaceAll('.', '\\.')}=([a-z0-9-]+)`);
const ownerOf = ({ description }: IJob): string | null =>
  OWNER.exec(description ?? '')?.[1] ?? null;

export const callOf = (google: Google, id: string): string =>
  `https://run.googleapis.com/v2/${jobName(google, id)}:run`;

export const readSchedule = (google: Google, id: string): Promise<IJob | null> =>
  askIfThere({ doing: `reading the schedule of ${id}` }, async () => {
    const [there] = await google.scheduler.getJob({ name: fullName(google, id) }, CALL);
    return there;
  });

export function scheduleKind(google: Google): ResourceKind {
  return {
    kind: 'schedule',
    list: async (id) => (await schedulesOf(google, id)).map(foundSchedule),
    create: async (resource, { task }) => {
      const id = resource.name as DeploymentId;
      const doing = `making the schedule of ${id}`;
      const isMade = await askUnlessTaken({ doing }, () =>
        google.scheduler.createJob(
          { parent: google.parent, job: scheduleFrom(google, resource) },
          CALL,
        ),
      );
      const look = () => readSchedule(google, id);
      const there = await until(google, { doing, task, seconds: 60 }, look);
      if (ownerOf(there) !== id) taken(shortName(id));
      if (!isMade) await change(google, resource);
    },
    update: (resource) => change(google, resource),
    remove: async (id) => {
      await askIfThere({ doing: `removing the schedule of ${id}` }, () =>
        google.scheduler.deleteJob({ name: fullName(google, id) }, CALL),
      );
    },
  };
}

async function schedulesOf(google: Google, id: DeploymentId | null): Promise<IJob[]> {
  if (id !== null) {
    const there = await readSchedule(google, id);
    return there && ownerOf(there) === id ? [there] : [];
  }
  const [all] = await ask({ doing: 'listing the schedules' }, () =>
    google.scheduler.listJobs({ parent: google.parent }, CALL),
  );
  return all.filter((each) => ownerOf(each) !== null);
}

async function change(google: Google, resource: Resource): Promise<void> {
  await ask({ doing: `changing the schedule of ${resource.name}` }, () =>
    google.scheduler.updateJob(
      {
        job: scheduleFrom(google, resource),
        updateMask: { paths: ['schedule', 'time_zone', 'http_target', 'description'] },
      },
      CALL,
    ),
  );
  await pauseSchedule(google, resource.name, (resource.spec as unknown as ScheduleSpec).isPaused);
}

export async function pauseSchedule(google: Google, id: string, isPaused: boolean): Promise<void> {
  const request = { name: fullName(google, id) };
  const doing = `${isPaused ? 'pausing' : 'resuming'} the schedule of ${id}`;
  if (isPaused) await ask({ doing }, () => google.scheduler.pauseJob(request, CALL));
  else await ask({ doing }, () => google.scheduler.resumeJob(request, CALL));
}

export function scheduleFrom(google: Pick<Google, 'parent'>, { name, spec }: Resource): IJob {
  const { cron, timeZone, calls, account } = spec as unknown as ScheduleSpec;
  return {
    name: fullName(google, name),
    description: `Made by Slipway: ${LABEL.deployment}=${name}`,
    schedule: cron,
    timeZone,
    httpTarget: { uri: calls, httpMethod: 'POST', oauthToken: { serviceAccountEmail: account } },
  };
}

function foundSchedule(job: IJob): Found {
  const spec: ScheduleSpec = {
    cron: job.schedule ?? '',
    timeZone: job.timeZone ?? '',
    calls: job.httpTarget?.uri ?? '',
    account: job.httpTarget?.oauthToken?.serviceAccountEmail ?? '',
    isPaused: String(job.state) === 'PAUSED',
  };
  const id = ownerOf(job) ?? lastPart(job.name);
  const labels = { [LABEL.deployment]: id };
  return { kind: 'schedule', name: id, spec: spec as unknown as Json, labels };
}
