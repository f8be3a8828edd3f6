/** What the containers said, from CloudWatch Logs: a stream for each of them. */
import type { DeploymentId } from '../../../../shared/base/ids';
import type { LogBatch, LogLine, LogSource } from '../../../../shared/deploy';
import { orNone } from './failures';
import { type Here, logGroupOf, pages, pause } from './here';

interface Event {
  readonly timestamp?: number | undefined;
  readonly message?: string | undefined;
  readonly eventId?: string | undefined;
}

const MOST_STREAMS = 20;
const MOST_EVENTS = 10_000;

/** The end of one stream. */
export async function linesOfStream(
  here: Here,
  id: DeploymentId,
  stream: string,
): Promise<LogLine[]> {
  const events = await eventsOf(here, id, stream, 100);
  return events.map((event, index) => lineOf(event, index, 'service'));
}

/** The newest lines over all tasks, oldest first. */
export async function readLines(
  here: Here,
  id: DeploymentId,
  tail: number,
  source: LogSource,
): Promise<LogLine[]> {
  const logs = await here.clients.logs();
  const answer = await orNone(
    logs.describeLogStreams({
      logGroupName: logGroupOf(here, id),
      orderBy: 'LastEventTime',
      descending: true,
      limit: MOST_STREAMS,
    }),
  );
  const names = (answer?.logStreams ?? []).flatMap(({ logStreamName }) => logStreamName ?? []);
  const all = await Promise.all(names.map((name) => eventsOf(here, id, name, tail)));
  return all
    .flat()
    .sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0))
    .slice(-tail)
    .map((event, index) => lineOf(event, index, source));
}

async function eventsOf(
  here: Here,
  id: DeploymentId,
  stream: string,
  tail: number,
): Promise<Event[]> {
  const logs = await here.clients.logs();
  const answer = await orNone(
    logs.getLogEvents({
      logGroupName: logGroupOf(here, id),
      logStreamName: stream,
      startFromHead: false,
      limit: Math.min(tail, MOST_EVENTS),
    }),
  );
  return answer?.events ?? [];
}

const lineOf = ({ timestamp, message = '' }: Event, index: number, source: LogSource): LogLine => ({
  index,
  at: timestamp ?? null,
  source,
  // AWS puts both into one stream.
  stream: 'stdout',
  text: message.replace(/\r?\n$/, ''),
});

/** How far back is asked again: lines of a moment ago may come late. */
const LATE_MS = 10_000;

export async function* followLines(
  here: Here,
  id: DeploymentId,
  tail: number,
  source: LogSource,
  signal: AbortSignal,
): AsyncIterable<LogBatch> {
  const lines = await readLines(here, id, tail, source);
  yield { lines };
  let index = lines.length;
  let from = (lines.at(-1)?.at ?? Date.now()) + 1;
  let seen = new Set<string>();
  while (!signal.aborted) {
    await pause(here, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const events = await newEvents(here, id, from);
    const fresh = events.filter(({ eventId }) => !seen.has(eventId ?? ''));
    seen = new Set([
      ...events.map(({ eventId }) => eventId ?? ''),
      ...[...seen].slice(-MOST_EVENTS),
    ]);
    if (fresh.length === 0) continue;
    yield { lines: fresh.map((event, at) => lineOf(event, index + at, source)) };
    index += fresh.length;
    from = Math.max(from, (fresh.at(-1)?.timestamp ?? from) - LATE_MS);
  }
}

async function newEvents(here: Here, id: DeploymentId, startTime: number): Promise<Event[]> {
  const logs = await here.clients.logs();
  const events: Event[] = await pages(async (nextToken) => {
    const wanted = { logGroupName: logGroupOf(here, id), startTime, nextToken };
    const page = await orNone(logs.filterLogEvents(wanted));
    return { items: page?.events, next: page?.nextToken };
  });
  return events.sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
}
