/** Cloud Logging: the last lines of a service or a job, and those that come. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { LogBatch, LogLine } from '../../../../shared/deploy';
import { ask } from './errors';
import type { Google } from './google';

export type LogSubject =
  | { readonly service: string; readonly revision?: string }
  | { readonly job: string };

interface Entry {
  readonly at: number;
  readonly stamp: string;
  readonly stream: LogLine['stream'];
  readonly text: string;
}

const answerSchema = z.object({
  entries: z
    .array(
      z.object({
        timestamp: z.string(),
        logName: z.string().default(''),
        severity: z.string().default(''),
        textPayload: z.string().optional(),
        jsonPayload: z.looseObject({ message: z.string().optional() }).optional(),
      }),
    )
    .default([]),
});

const MOST_LINES = 1_000;
const TOLD_LINES = 8;

const filterOf = (subject: LogSubject): string[] =>
  'job' in subject
    ? ['resource.type="cloud_run_job"', `resource.labels.job_name="${subject.job}"`]
    : [
        'resource.type="cloud_run_revision"',
        `resource.labels.service_name="${subject.service}"`,
        ...(subject.revision ? [`resource.labels.revision_name="${subject.revision}"`] : []),
      ];

/** Newest last. */
async function readEntries(
  google: Google,
  subject: LogSubject,
  most: number,
  after: string | null,
): Promise<Entry[]> {
  const filter = [
    ...filterOf(subject),
    `resource.labels.location="${google.region}"`,
    ...(after ? [`timestamp>"${after}"`] : []),
  ].join(' AND ');
  const answer = await ask({ doing: 'reading the log' }, () =>
    google.rest('logging', '/v2/entries:list', {
      resourceNames: [`projects/${google.project}`],
      filter,
      orderBy: 'timestamp desc',
      pageSize: Math.min(most, MOST_LINES),
    }),
  );
  return answerSchema
    .parse(answer)
    .entries.map((each) => ({
      at: Date.parse(each.timestamp),
      stamp: each.timestamp,
      stream: isError(each) ? ('stderr' as const) : ('stdout' as const),
      text: each.textPayload ?? each.jsonPayload?.message ?? JSON.stringify(each.jsonPayload ?? ''),
    }))
    .reverse();
}

const isError = ({ logName, severity }: { logName: string; severity: string }): boolean =>
  logName.endsWith('stderr') || /ERROR|CRITICAL|ALERT/.test(severity);

const lineOf = (subject: LogSubject, { at, stream, text }: Entry, index: number): LogLine => ({
  index,
  at,
  source: 'job' in subject ? 'run' : 'service',
  stream,
  text,
});

export async function readLog(
  google: Google,
  subject: LogSubject,
  tail: number,
): Promise<LogLine[]> {
  const entries = await readEntries(google, subject, tail, null);
  return entries.map((each, index) => lineOf(subject, each, index));
}

/** For a failure's sentence; that there is no log is no failure of its own. */
export const lastLines = async (
  google: Google,
  subject: LogSubject,
  since: string | null,
): Promise<string[]> =>
  (await readEntries(google, subject, TOLD_LINES, since).catch(() => [])).map(({ text }) => text);

export async function* followLog(
  google: Google,
  subject: LogSubject,
  tail: number,
  signal: AbortSignal,
): AsyncIterable<LogBatch> {
  let index = 0;
  let after: string | null = null;
  let most = tail;
  while (!signal.aborted) {
    const entries: Entry[] = await readEntries(google, subject, most, after);
    const lines = entries.map((each, at) => lineOf(subject, each, index + at));
    index += lines.length;
    after = entries.at(-1)?.stamp ?? after;
    most = MOST_LINES;
    if (lines.length > 0) yield { lines };
    await sleep(google.pollMs, undefined, { signal }).catch(() => undefined);
  }
}
