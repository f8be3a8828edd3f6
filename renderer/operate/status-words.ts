/** How the state of a deployment is said: a sign, a word, a tone. What is going on comes before what it is. */
import type { TargetId } from '../../shared/estimate';
import type { Deployment, DeploymentStatus, JobRun } from '../../shared/operate';
import type { Tone } from '../ui';

export interface StatusWords {
  readonly sign: string;
  readonly word: string;
  readonly tone: Tone;
}

const STATUS: Record<DeploymentStatus, StatusWords> = {
  starting: { sign: '◔', word: 'starting', tone: 'accent' },
  running: { sign: '●', word: 'running', tone: 'ok' },
  unhealthy: { sign: '!', word: 'not healthy', tone: 'bad' },
  restarting: { sign: '↻', word: 'starting again', tone: 'warn' },
  stopped: { sign: '■', word: 'stopped', tone: 'plain' },
  scheduled: { sign: '●', word: 'waits for its time', tone: 'ok' },
  idle: { sign: '○', word: 'waits to be told', tone: 'plain' },
  failed: { sign: '✗', word: 'failed', tone: 'bad' },
  lost: { sign: '?', word: 'lost', tone: 'bad' },
  unfinished: { sign: '!', word: 'not finished', tone: 'warn' },
};

const ACTIVITY: Record<Exclude<Deployment['activity'], 'none'>, string> = {
  starting: 'starting…',
  stopping: 'stopping…',
  restarting: 'restarting…',
  'rolling-back': 'rolling back…',
  removing: 'removing…',
};

export function statusWords(deployment: Pick<Deployment, 'status' | 'activity'>): StatusWords {
  const { activity } = deployment;
  return activity === 'none'
    ? STATUS[deployment.status]
    : { sign: '◔', word: ACTIVITY[activity], tone: 'accent' };
}

const RUN_STATES: Record<JobRun['state'], StatusWords> = {
  running: { sign: '◔', word: 'running', tone: 'accent' },
  succeeded: { sign: '✓', word: 'succeeded', tone: 'ok' },
  failed: { sign: '✗', word: 'failed', tone: 'bad' },
  cancelled: { sign: '■', word: 'cancelled', tone: 'plain' },
  skipped: { sign: '–', word: 'skipped', tone: 'plain' },
};

export const runWords = (run: Pick<JobRun, 'state'>): StatusWords => RUN_STATES[run.state];

const HEALTH: Record<Deployment['health']['status'], StatusWords> = {
  ok: { sign: '✓', word: 'healthy', tone: 'ok' },
  failing: { sign: '✗', word: 'failing', tone: 'bad' },
  unknown: { sign: '?', word: 'unknown', tone: 'plain' },
};

export const healthWords = (health: Pick<Deployment['health'], 'status'>): StatusWords =>
  HEALTH[health.status];

const BEGINNABLE: readonly DeploymentStatus[] = ['stopped', 'failed', 'lost', 'unfinished'];
const ENDABLE: readonly DeploymentStatus[] = [
  'starting',
  'running',
  'unhealthy',
  'restarting',
  'scheduled',
];

export const canStart = ({ status }: Pick<Deployment, 'status'>) => BEGINNABLE.includes(status);
export const canStop = ({ status }: Pick<Deployment, 'status'>) => ENDABLE.includes(status);

/** Places that go on with a failed run at the step that failed; elsewhere a run begins anew. */
const RETRIES: ReadonlySet<TargetId> = new Set(['argo-workflows']);
export const canRetry = ({ targetId, runs }: Pick<Deployment, 'targetId' | 'runs'>) =>
  RETRIES.has(targetId) && runs[0]?.state === 'failed';
