/** Logs of pods in one order, followed across restarts and new pods. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LABEL, type LogBatch, type LogLine } from '../../../../shared/deploy';
import type { Cluster } from './cluster';
import { containerOf, type Pod } from './pods';

const LOOK_MS = 1000;

interface Stamped {
  /** With nine digits after the second, so that text order is the order of time. */
  readonly stamp: string;
  readonly text: string;
  readonly source: LogLine['source'];
}

export interface LogSubject {
  readonly cluster: Cluster;
  readonly container: string;
  /** Oldest first. */
  readonly pods: () => Promise<Pod[]>;
  /** Lines that are not the program's own. */
  readonly isOwn?: (text: string) => boolean;
}

export async function readPodLogs(subject: LogSubject, tail: number): Promise<LogLine[]> {
  const pods = await subject.pods();
  const lists = await Promise.all(
    pods.map((pod) => linesOf(subject, pod, { tailLines: String(tail) }, true)),
  );
  return numbered(lists.flat(), 0).slice(-tail);
}

export async function* followPodLogs(
  subject: LogSubject,
  tail: number,
  signal: AbortSignal,
): AsyncIterable<LogBatch> {
  const seen = new Map<string, { stamp: string; restarts: number }>();
  let count = 0;
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const pods = await subject.pods();
    const lists = await Promise.all(pods.map((pod) => newLines(subject, pod, seen, tail)));
    const lines = numbered(lists.flat(), count).slice(isFirst ? -tail : 0);
    count += lines.length;
    if (lines.length > 0 || isFirst) {
      yield { lines: lines.map((line, at) => ({ ...line, index: count - lines.length + at })) };
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function newLines(
  subject: LogSubject,
  pod: Pod,
  seen: Map<string, { stamp: string; restarts: number }>,
  tail: number,
): Promise<Stamped[]> {
  const { name } = pod.metadata;
  const restarts = containerOf(pod, subject.container)?.restartCount ?? 0;
  const last = seen.get(name);
  const query: Record<string, string> = last
    ? { sinceTime: `${last.stamp.slice(0, 19)}Z` }
    : { tailLines: String(tail) };
  const lines = await linesOf(subject, pod, query, restarts > (last?.restarts ?? 0));
  const fresh = last ? lines.filter(({ stamp }) => stamp > last.stamp) : lines;
  const newest = fresh.at(-1)?.stamp ?? last?.stamp;
  if (newest !== undefined) seen.set(name, { stamp: newest, restarts });
  return fresh;
}

async function linesOf(
  { cluster, container, isOwn = () => true }: LogSubject,
  pod: Pod,
  query: Record<string, string>,
  withPrevious: boolean,
): Promise<Stamped[]> {
  const { namespace, name } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`;
  const hasPrevious = withPrevious && (containerOf(pod, container)?.restartCount ?? 0) > 0;
  const part = (more: Record<string, string>) =>
    // A container that did not start yet, or a pod that is gone already, has no log.
    cluster
      .text(path, { query: { container, timestamps: 'true', ...query, ...more } })
      .catch(() => '');
  const texts = [hasPrevious ? await part({ previous: 'true' }) : '', await part({})];
  return texts
    .flatMap((text) => text.split('\n'))
    .flatMap((line) => stamped(line, sourceOf(pod)))
    .filter(({ text }) => isOwn(text));
}

const sourceOf = ({ metadata }: Pod): LogLine['source'] =>
  metadata.labels?.[LABEL.run] === undefined ? 'service' : 'run';

function stamped(line: string, source: LogLine['source']): Stamped[] {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d) (.*)$/s.exec(
    line,
  );
  if (!found) return [];
  const [, second, fraction = '', text = ''] = found;
  return [{ stamp: `${second}.${fraction.padEnd(9, '0')}`, text: text.replace(/\r$/, ''), source }];
}

const numbered = (lines: readonly Stamped[], from: number): LogLine[] =>
  lines
    .toSorted((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0))
    .map(({ stamp, text, source }, at) => ({
      index: from + at,
      at: Date.parse(`${stamp.slice(0, 23)}Z`),
      source,
      stream: 'stdout',
      text,
    }));
