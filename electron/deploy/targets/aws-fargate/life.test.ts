/** A life at AWS on the stand: runs with their history and log, on and off, a way to it, and what its tags hold. */

import { describe, expect, it, vi } from 'vitest';
import { DeploymentId } from '../../../../shared/base/ids';
import type { DeploySettings } from '../../../../shared/deploy';
import { SILENT } from '../../testing/target-kit';
import { nameOf } from '../aws/names';
import { type AwsStand, whyNoAwsStand } from '../aws/testing/stand';
import { type Behaviour, standImages } from '../aws/testing/stand-images';
import { TryOut } from '../aws/testing/try-out';
import { useAwsStand } from '../aws/testing/use-stand';
import { awsCron } from './cron';
import { FARGATE } from './testing/trial';

const why = whyNoAwsStand();
const BEHAVIOURS = new Map<string, Behaviour>([
  ['service', { exitCode: null, log: ['it is up'] }],
  ['good', { exitCode: 0, log: ['the job is done'] }],
  ['bad', { exitCode: 3, log: ['no such column'] }],
]);
const PLANTED = 'planted-value-of-a-secret';
const PATIENT = { timeout: 90_000, interval: 300 };
const NIGHTLY: Partial<DeploySettings> = {
  mode: 'scheduled',
  schedule: { cron: '0 2 * * 1-5', timeZone: 'Europe/Berlin' },
  parameters: { learning_rate: '0.1' },
};

describe.skipIf(why !== null)(`a life at AWS${why ? ` (skipped: ${why})` : ''}`, () => {
  let stand: AwsStand;
  useAwsStand((started) => {
    stand = started;
  });
  const begin = () => TryOut.begin(FARGATE, stand, standImages(BEHAVIOURS));
  const say = async (message: string) => {
    const logGroupName = '/slipway/churn';
    const { logStreams } = await stand.byHand.logs.describeLogStreams({ logGroupName });
    const logStreamName = logStreams?.at(-1)?.logStreamName;
    const logEvents = [{ timestamp: Date.now(), message }];
    await stand.byHand.logs.putLogEvents({ logGroupName, logStreamName, logEvents });
  };

  it('a scheduled job is run by hand, tells how its runs ended, and is switched off and on', async () => {
    const one = await begin();
    const { key, nextRunAt } = await one.deploy('good', NIGHTLY);
    const see = async () => (await one.target.observe(key)).state;
    const statuses = [(await see())?.status];
    await one.target.command(key, 'run', SILENT);
    await vi.waitUntil(
      async () => (await see())?.runs.every(({ endedAt }) => endedAt !== null),
      PATIENT,
    );
    await one.target.command(key, 'stop', SILENT);
    statuses.push((await see())?.status);
    await one.target.command(key, 'start', SILENT);
    statuses.push((await see())?.status);
    await one.deploy('bad', NIGHTLY);
    await one.target.command(key, 'run', SILENT);
    await vi.waitUntil(
      async () => (await see())?.runs.every(({ endedAt }) => endedAt !== null),
      PATIENT,
    );
    const runs = (await see())?.runs.map(({ revision, trigger, state, exitCode, message }) => ({
      ...{ revision, trigger, state, exitCode, message },
    }));
    const lines = (await one.target.readLogs(key, { tail: 10 })).map(({ source, text }) => [
      source,
      text,
    ]);
    const definitions = [...stand.ecs.state.definitions.values()].filter(
      ({ status }) => status === 'ACTIVE',
    );
    expect({
      statuses,
      runs,
      lines,
      command: definitions[0]?.containerDefinitions?.[0]?.command,
      isNightly: nextRunAt !== null && nextRunAt > Date.now(),
      left: await one.end(NIGHTLY),
      strange: stand.proxy.strange,
    }).toEqual({
      statuses: ['scheduled', 'stopped', 'scheduled'],
      runs: [
        {
          revision: 2,
          trigger: 'person',
          state: 'failed',
          exitCode: 3,
          message: 'failed with exit code 3, see its log',
        },
        { revision: 1, trigger: 'person', state: 'succeeded', exitCode: 0, message: 'ended well' },
      ],
      lines: [
        ['run', 'the job is done'],
        ['run', 'no such column'],
      ],
      command: [
        'python3',
        '-m',
        'toy',
        'run',
        '--fresh',
        '--run-folder',
        '/app/run',
        '--learning-rate=0.1',
      ],
      isNightly: true,
      left: [],
      strange: [],
    });
  });

  it('a run that is going is followed and stopped, of a job and of a schedule', async () => {
    const seen = [];
    for (const change of [{ mode: 'job' }, NIGHTLY] as const) {
      const one = await begin();
      const { key } = await one.deploy('service', change);
      const see = async () => (await one.target.observe(key)).state;
      const isRunning = async () => (await see())?.runs[0]?.message === 'running';
      await one.target.command(key, 'run', SILENT);
      await vi.waitUntil(isRunning, PATIENT);
      const stop = new AbortController();
      const followed: string[][] = [];
      for await (const { lines } of one.target.followLogs(key, 10, stop.signal)) {
        followed.push(...lines.map(({ text, source }) => [source, text]));
        if (followed.length > 1) stop.abort();
        else await say('a line of later');
      }
      seen.push(...followed);
      await one.target.command(key, 'stop', SILENT);
      await vi.waitUntil(async () => (await see())?.runs[0]?.endedAt !== null, PATIENT);
      const state = await see();
      seen.push([state?.status, state?.runs[0]?.state, state?.runs[0]?.message]);
      seen.push(await one.end(change));
    }
    expect(seen).toEqual([
      ['run', 'it is up'],
      ['run', 'a line of later'],
      ['idle', 'cancelled', 'was stopped'],
      [],
      ['run', 'it is up'],
      ['run', 'a line of later'],
      ['stopped', 'cancelled', 'was stopped'],
      [],
    ]);
  });

  it('a service stands still, starts again, is restarted, has an address and keeps no secret', async () => {
    vi.stubEnv('TOKEN', PLANTED);
    const arn = await stand.byHand.keepSecret('token', PLANTED);
    const change = { secrets: { TOKEN: `there:${arn}` } };
    const one = await begin();
    const said: string[] = [];
    const { key } = await one.deploy('service', change, {
      ...SILENT,
      progress: (_, message) => void said.push(message),
      log: (line) => void said.push(line),
    });
    const see = async () => {
      const { state, url } = await one.target.observe(key);
      return [state?.status, url === null ? null : /^http:\/\/[\d.]+:8000$/.test(url)];
    };
    const reached = await one.target.reach(key);
    await reached.close();
    const seen = [await see()];
    await one.target.command(key, 'stop', SILENT);
    await vi.waitUntil(async () => (await see())[0] === 'stopped', PATIENT);
    seen.push(await see());
    const refused = await one.refusal(one.target.reach(key));
    await one.target.command(key, 'start', SILENT);
    await vi.waitUntil(async () => (await see())[0] === 'running', PATIENT);
    await one.target.command(key, 'restart', SILENT);
    await vi.waitUntil(async () => (await see())[0] === 'running', PATIENT);
    seen.push(await see());
    const definition = [...stand.ecs.state.definitions.values()].find(
      ({ status }) => status === 'ACTIVE',
    );
    const tags = stand.ecs.state.definitionTags.get(definition?.taskDefinitionArn ?? '') ?? [];
    const kept = {
      ...{ definition, tags, services: [...stand.ecs.state.services.values()] },
      plan: await one.plan('service', change),
      record: (await one.target.observe(key)).record,
      exported: await one.exported('service', change),
    };
    const elsewhere = { said, log: await one.target.readLogs(key, { tail: 100 }) };
    const holders = (value: string) =>
      Object.entries({ ...kept, ...elsewhere })
        .filter(([, each]) => JSON.stringify(each).includes(value))
        .map(([what]) => what);
    expect({
      seen,
      refused: refused.message,
      leaks: holders(PLANTED),
      named: holders(arn),
      secrets: definition?.containerDefinitions?.[0]?.secrets,
      isShort: tags.length < 50 && tags.every(({ value = '' }) => value.length <= 256),
      left: await one.end(change),
    }).toEqual({
      seen: [
        ['running', true],
        ['stopped', null],
        ['running', true],
      ],
      refused: '“churn” has no address now: no task of it runs. Start it, or look at its log.',
      leaks: [],
      // A record’s tags are packed: they were read as the record.
      named: ['definition', 'plan', 'record', 'exported'],
      secrets: [{ name: 'TOKEN', valueFrom: arn }],
      isShort: true,
      left: [],
    });
  });

  it('a process that dies at any call to AWS leaves what the next one finds, finishes and removes', async () => {
    const job: Partial<DeploySettings> = { mode: 'job' };
    const whole = await begin();
    const from = stand.proxy.calls.length;
    await whole.deploy('good', job);
    const changing = stand.proxy.calls
      .slice(from)
      .flatMap((call, at) => (/:(Describe|List|Get)/.test(call) ? [] : [at]));
    const left = [await whole.end(job)];
    expect(changing.length).toBeGreaterThan(8);
    for (const at of changing) {
      const killed = await begin();
      stand.proxy.dieAt = stand.proxy.calls.length + at;
      await killed.refusal(killed.deploy('good', job));
      stand.proxy.dieAt = null;
      const next = await begin();
      const { revision } = await next.deploy('good', job);
      left.push([...(await killed.end(job)), `r${revision}`]);
    }
    expect(left).toEqual([[], ...changing.map(() => ['r1'])]);
  });
});

describe('names and schedules of AWS', () => {
  it('turns crontab’s fields into EventBridge’s', () => {
    const fields = [
      '0 2 * * *',
      '*/15 8-17 * * 1-5',
      '0 0 1 */2 *',
      '30 6 * * 0,6',
      '0 9 * * mon-fri/2',
      '5 5 * * 7',
    ];
    expect(fields.map(awsCron)).toEqual([
      'cron(0 2 * * ? *)',
      'cron(*/15 8-17 ? * MON-FRI *)',
      'cron(0 0 1 */2 ? *)',
      'cron(30 6 ? * SUN,SAT *)',
      'cron(0 9 ? * MON-FRI/2 *)',
      'cron(5 5 ? * SUN *)',
    ]);
  });

  it('shortens a long name and keeps two apart', () => {
    const long = (end: string) =>
      nameOf(DeploymentId(`a-very-long-name-of-a-deployment-${end}`), '', 32);
    expect([long('a'), long('b')].map((name) => name.length)).toEqual([32, 32]);
    expect(long('a')).not.toBe(long('b'));
  });
});
