/** The log streams of Azure: the last lines of each replica's container, and those that come. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { LogBatch, LogLine } from '../../../../shared/deploy';
import type { Azure } from './azure';
import { ask, askIfThere } from './errors';
import { all } from './waiting';

interface Entry {
  readonly at: number;
  readonly text: string;
}

/** More than that Azure does not give. */
const MOST_LINES = 300;
const TOLD_LINES = 8;
const EXECUTIONS_API = '2025-07-01';

const lineSchema = z.object({ TimeStamp: z.string(), Log: z.string() });

/** `output=json`: a line each. */
function readLines(text: unknown): Entry[] {
  const whole = typeof text === 'string' ? text : JSON.stringify(text ?? '');
  return whole.split('\n').flatMap((line) => {
    try {
      const { TimeStamp, Log } = lineSchema.parse(JSON.parse(line));
      return [{ at: Date.parse(TimeStamp), text: Log.replace(/\r?\n$/, '') }];
    } catch {
      return [];
    }
  });
}

async function readStreams(
  azure: Azure,
  token: string,
  endpoints: readonly (string | undefined)[],
  tail: number,
): Promise<Entry[]> {
  const query = `follow=false&output=json&tailLines=${Math.min(tail, MOST_LINES)}`;
  const lists = await Promise.all(
    endpoints
      .filter((each) => each !== undefined)
      .map((url) =>
        askIfThere({ doing: 'reading the log' }, () =>
          azure.http({ url: `${url}?${query}`, token }),
        ),
      ),
  );
  return lists
    .flatMap(readLines)
    .sort((a, b) => a.at - b.at)
    .slice(-tail);
}

/** Of all replicas of all revisions that have some, or of one revision. */
async function readAppEntries(
  azure: Azure,
  id: string,
  tail: number,
  revision: string | null,
): Promise<Entry[]> {
  const { containerApps, containerAppsRevisions, containerAppsRevisionReplicas } = azure.apps;
  const doing = `reading the log of ${id}`;
  const revisions =
    revision === null
      ? (await ask({ doing }, () => all(containerAppsRevisions.listRevisions(azure.group, id))))
          .filter(({ active }) => active)
          .map(({ name }) => name ?? '')
      : [revision];
  const replicas = await Promise.all(
    revisions.map((name) =>
      askIfThere({ doing }, () =>
        containerAppsRevisionReplicas.listReplicas(azure.group, id, name),
      ),
    ),
  );
  const endpoints = replicas
    .flatMap((each) => each?.value ?? [])
    .flatMap(({ containers }) => containers ?? [])
    .map(({ logStreamEndpoint }) => logStreamEndpoint);
  const { token = '' } = await ask({ doing }, () => containerApps.getAuthToken(azure.group, id));
  return readStreams(azure, token, endpoints, tail);
}

const replicasSchema = z.object({
  value: z
    .array(
      z.object({
        properties: z.object({
          containers: z.array(z.object({ logStreamEndpoint: z.string().optional() })).default([]),
        }),
      }),
    )
    .default([]),
});

/** Of a job's newest run: Azure keeps the log streams of runs for as long as their replicas. */
async function readJobEntries(azure: Azure, id: string, tail: number): Promise<Entry[]> {
  const doing = `reading the log of ${id}`;
  const base = `/subscriptions/${azure.subscription}/resourceGroups/${azure.group}/providers/Microsoft.App/jobs/${id}`;
  const runs = await ask({ doing }, () => all(azure.apps.jobsExecutions.list(azure.group, id)));
  const newest = runs
    .toSorted((a, b) => (a.startTime?.getTime() ?? 0) - (b.startTime?.getTime() ?? 0))
    .at(-1);
  if (!newest?.name) return [];
  const answer = await askIfThere({ doing }, () =>
    azure.arm(`${base}/executions/${newest.name}/replicas`, EXECUTIONS_API),
  );
  const endpoints = replicasSchema
    .parse(answer ?? {})
    .value.flatMap(({ properties }) => properties.containers)
    .map(({ logStreamEndpoint }) => logStreamEndpoint);
  return readStreams(azure, await azure.token(), endpoints, tail);
}

export type LogSubject = { readonly app: string } | { readonly job: string };

const readEntries = (azure: Azure, subject: LogSubject, tail: number): Promise<Entry[]> =>
  'app' in subject
    ? readAppEntries(azure, subject.app, tail, null)
    : readJobEntries(azure, subject.job, tail);

const lineOf = (subject: LogSubject, { at, text }: Entry, index: number): LogLine => ({
  index,
  at,
  source: 'app' in subject ? 'service' : 'run',
  stream: 'stdout',
  text,
});

export async function readLog(azure: Azure, subject: LogSubject, tail: number): Promise<LogLine[]> {
  const entries = await readEntries(azure, subject, tail);
  return entries.map((each, index) => lineOf(subject, each, index));
}

/** For a failure's sentence; that there is no log is no failure of its own. */
export async function lastLines(azure: Azure, revision: string): Promise<string[]> {
  const id = revision.slice(0, revision.lastIndexOf('--'));
  const entries = await readAppEntries(azure, id, TOLD_LINES, revision).catch(() => []);
  return entries.map(({ text }) => text);
}

export async function* followLog(
  azure: Azure,
  subject: LogSubject,
  tail: number,
  signal: AbortSignal,
): AsyncIterable<LogBatch> {
  let index = 0;
  let after = Number.NEGATIVE_INFINITY;
  let most = tail;
  while (!signal.aborted) {
    const entries = (await readEntries(azure, subject, most)).filter(({ at }) => at > after);
    const lines = entries.map((each, at) => lineOf(subject, each, index + at));
    index += lines.length;
    after = entries.at(-1)?.at ?? after;
    most = MOST_LINES;
    if (lines.length > 0) yield { lines };
    await sleep(azure.pollMs, undefined, { signal }).catch(() => undefined);
  }
}
