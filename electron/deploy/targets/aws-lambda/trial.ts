/** A version is asked for /readyz before it gets the traffic: one that cannot start never does. */
import { z } from 'zod';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import type { TaskContext } from '../../../task';
import { patiently } from '../aws/here';
import type { Here } from './here';
import { functionName } from './naming';
import { settled } from './waiting';

const answerSchema = z.object({ statusCode: z.number(), body: z.string().default('') });
const errorSchema = z.object({
  errorType: z.string().nullish(),
  errorMessage: z.string().nullish(),
});
const LAST_LINES = 12;

/** As a function URL would send it. */
const READYZ = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/readyz',
  rawQueryString: '',
  headers: { host: 'slipway', 'user-agent': 'slipway' },
  requestContext: {
    domainName: 'slipway',
    http: { method: 'GET', path: '/readyz', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
  },
  isBase64Encoded: false,
};

export async function tryOut(
  here: Here,
  id: DeploymentId,
  { revision, version }: { revision: number; version: string },
  task: TaskContext,
): Promise<void> {
  const name = functionName(id);
  await settled(here, name, task, version);
  task.progress(null, `Asking revision ${revision} whether it is ready`);
  const { error, log, payload } = await patiently(here, task, IS_WOKEN, () =>
    here.lambda.invoke(name, version, READYZ),
  );
  const lines = linesOf(log);
  for (const line of lines) task.log(line);
  const why = error === null ? refusal(payload) : failure(payload, log);
  if (why === null) return;
  const said = lines.length > 0 ? ` Its last words: ${lines.join(' | ')}` : '';
  fail('step-failed', `Revision ${revision} of “${id}” did not get ready: ${why}${said}`, {
    detail: [JSON.stringify(payload), log].join('\n'),
  });
}

/** One that nobody asked for weeks is taken in again first. */
const IS_WOKEN = /ResourceNotReady|CodeArtifactUserPending|state: (Pending|Inactive)/;

/** What the program itself said, without Lambda's own lines. */
const linesOf = (log: string): string[] =>
  log
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(START|END|REPORT|INIT_START|INIT_REPORT) /.test(line))
    .slice(-LAST_LINES);

function refusal(payload: unknown): string | null {
  const { data } = answerSchema.safeParse(payload);
  if (data?.statusCode === 200) return null;
  return data
    ? `it answers /readyz with ${data.statusCode}: ${data.body.slice(0, 300)}. Look at what it says at the start.`
    : 'it does not answer as a function URL’s function does. Package it anew with this Slipway.';
}

function failure(payload: unknown, log: string): string {
  const { errorType, errorMessage } = errorSchema.safeParse(payload).data ?? {};
  const message = (errorMessage ?? '').replace(/^RequestId: \S+ (Error: )?/, '').replace(/\.$/, '');
  const words = `${errorType ?? ''} ${message}`;
  const size = /Memory Size: (\d+) MB/.exec(log)?.[1];
  if (/OutOfMemory|signal: killed/.test(words)) {
    const had = size === undefined ? '' : ` of ${size} MB`;
    return `it does not fit: it took more memory than its limit${had}. Give it more memory.`;
  }
  if (/timed out|Timedout/i.test(words)) {
    return `it took too long to start and to answer (${message.trim()}). Let a request take more seconds, or give it more memory: the vCPUs come with it.`;
  }
  if (/InvalidEntrypoint|invalid choice: 'lambda'/i.test(`${words} ${log}`)) {
    return `its image cannot be started on Lambda (${message}). Package it anew with this Slipway.`;
  }
  return `it ended while it was started (${message || errorType || 'without a reason'}).`;
}
