/** Pods: which there are, what is wrong with one, and the end of its log. */
import type { ErrorKind } from '../../../../shared/base/studio-error';
import type { Cluster, KubeObject } from './cluster';

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: Ended;
}

interface Ended {
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Pod extends KubeObject {
  readonly spec: {
    readonly containers: readonly { readonly name: string; readonly image: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly startTime?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export const containerOf = (pod: Pod, name: string): ContainerStatus | null =>
  pod.status?.containerStatuses?.find((each) => each.name === name) ?? null;

export const isReady = (pod: Pod): boolean =>
  !pod.metadata.deletionTimestamp &&
  (pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
    false);

/** Scheduling is tried again and again; a cluster that grows needs a moment. */
const UNSCHEDULED_MS = 12_000;
const LATE_MS = 60_000;
const FIRST_PULL_MS = 4_000;

export interface Trouble {
  readonly kind: ErrorKind;
  readonly words: string;
  /** Whether its log says more. */
  readonly hasLog: boolean;
}

const trouble = (kind: ErrorKind, words: string, hasLog = false): Trouble => ({
  kind,
  words,
  hasLog,
});

/** What will not get better by itself; null where it may. */
export function troubleOf(pod: Pod, container: string, now: number): Trouble | null {
  const created = Date.parse(pod.metadata.creationTimestamp ?? '') || now;
  const unscheduled = pod.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  if (unscheduled?.reason === 'Unschedulable' && now - created > UNSCHEDULED_MS) {
    const words = `It does not fit on any node: ${unscheduled.message ?? 'no reason given'} Ask for less processor or memory, or have a node added.`;
    return trouble('precondition', words);
  }
  if (pod.status?.reason === 'Evicted') {
    return trouble(
      'precondition',
      `The node put it out: ${pod.status.message ?? 'it ran out of space'}`,
    );
  }
  const status = containerOf(pod, container);
  return status && waitingTrouble(pod, status, now - created);
}

function waitingTrouble(pod: Pod, status: ContainerStatus, age: number): Trouble | null {
  const { reason = '', message = '' } = status.state?.waiting ?? {};
  const image = pod.spec.containers.find(({ name }) => name === status.name)?.image ?? '';
  const isPull = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull)$/.test(
    reason,
  );
  if (isPull && (reason !== 'ErrImagePull' || age > FIRST_PULL_MS)) {
    return trouble('server-unreachable', pullWords(image, reason, message));
  }
  // A node that has not heard of the ConfigMap yet says the same as one that never will; it asks again.
  const isLate = /timed out waiting|failed to sync/.test(message) && age < LATE_MS;
  if (reason === 'CreateContainerConfigError' && !isLate) {
    const words = `Its container cannot be set up: ${message}. Make what is missing in the namespace, or change the secrets.`;
    return trouble('precondition', words);
  }
  if (/^(CreateContainerError|RunContainerError|StartError)$/.test(reason)) {
    return trouble('environment', `Its container cannot be started: ${message}.`);
  }
  if (reason === 'CrashLoopBackOff' || status.restartCount >= 2) {
    const ended = status.lastState?.terminated ?? status.state?.terminated;
    return trouble(...crashWords(ended), true);
  }
  return null;
}

function pullWords(image: string, reason: string, message: string): string {
  const why = message.replace(/^Back-off pulling image "[^"]+":\s*(ErrImagePull: )?/, '') || reason;
  return `The image ${image} can’t be pulled by the nodes: ${why.slice(0, 400)}. Check the registry, the image’s name and the pull secret.`;
}

export function crashWords(ended: Ended | undefined): [ErrorKind, string] {
  if (ended?.reason === 'OOMKilled') {
    return [
      'precondition',
      'It took more memory than it may have and was ended. Give it more memory.',
    ];
  }
  const code = ended ? ` with code ${ended.exitCode}` : '';
  return ['step-failed', `It starts and ends at once${code}, again and again.`];
}

/** The end of what it wrote, before its last end where it was started again; empty where nothing can be had. */
export async function logTail(
  cluster: Cluster,
  pod: Pick<Pod, 'metadata'>,
  container: string,
  lines = 20,
): Promise<string> {
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/log`;
  const query = { container, tailLines: String(lines) };
  const last = (more: Record<string, string>) =>
    cluster.text(path, { query: { ...query, ...more } }).catch(() => '');
  return ((await last({})) || (await last({ previous: 'true' }))).trimEnd();
}

export const withLog = (words: string, log: string): string =>
  log === '' ? words : `${words} Its log ends with:\n${log}\n`;
