/** A life on Lambda on the stand: traffic and who gets it, on and off, a log, a signed way to it, a death at each change. */

import { describe, expect, it, vi } from 'vitest';
import type { DeploySettings } from '../../../../shared/deploy';
import { SILENT } from '../../testing/target-kit';
import { type AwsStand, whyNoAwsStand } from '../aws/testing/stand';
import { type Behaviour, standImages } from '../aws/testing/stand-images';
import { TryOut } from '../aws/testing/try-out';
import { useAwsStand } from '../aws/testing/use-stand';
import { LAMBDA } from './testing/trial';

const why = whyNoAwsStand();
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
const BEHAVIOURS = new Map<string, Behaviour>([
  ['one', { exitCode: null, log: ['one answers'] }],
  ['broken', { exitCode: 3, log: ['no such model'] }],
  ...['two', 'three', 'four', 'five'].map(
    (hash) => [hash, { exitCode: null, log: [`${hash} answers`] }] as const,
  ),
]);

describe.skipIf(why !== null)(`a life on Lambda${why ? ` (skipped: ${why})` : ''}`, () => {
  let stand: AwsStand;
  useAwsStand((started) => {
    stand = started;
  });
  const begin = () => TryOut.begin(LAMBDA, stand, standImages(BEHAVIOURS));
  const leadsTo = () => stand.lambda.functions.get('slipway-churn')?.aliases.get('live')?.version;

  it('has an address that stays, keeps five revisions, never gives a broken one the traffic, stops and starts', async () => {
    const one = await begin();
    const { key, url } = await one.deploy('one');
    const answer = async () => {
      const said = await fetch(`${url}/readyz`);
      return [said.status, said.ok ? ((await said.json()) as { path: string }).path : ''];
    };
    const answers = [await answer()];
    const broken = await one.refusal(one.deploy('broken'));
    const stays = { version: leadsTo(), answer: await answer() };
    for (const hash of ['two', 'three', 'four', 'five']) await one.deploy(hash);
    const { record, url: later } = await one.target.observe(key);
    await one.target.command(key, 'stop', SILENT);
    const stopped = await one.target.observe(key);
    const refused = [
      await one.refusal(one.target.reach(key)),
      await one.refusal(one.target.command(key, 'restart', SILENT)),
    ].map(({ message }) => message);
    await one.target.command(key, 'start', SILENT);
    answers.push(await answer());
    const lines = (await one.target.readLogs(key, { tail: 100, text: 'answers' })).map(
      ({ text, source }) => [text, source],
    );
    const followed: string[] = [];
    const enough = new AbortController();
    for await (const batch of one.target.followLogs(key, 100, enough.signal)) {
      followed.push(...batch.lines.map(({ text }) => text));
      enough.abort();
    }
    const tags = Object.entries(stand.lambda.functions.get('slipway-churn')?.tags ?? {});
    expect({
      answers,
      broken: broken.message,
      stays,
      revisions: record.revisions.map(({ number }) => number),
      isTheSame: later === url,
      stopped: [stopped.state?.status, stopped.url, stopped.record.wanted],
      refused,
      first: lines[0],
      last: lines.at(-1),
      followed: followed.filter((text) => text.includes('answers')).at(-1),
      isShort: tags.length < 50 && tags.every(([, value]) => value.length <= 256),
      left: await one.end(),
      strange: stand.proxy.strange,
    }).toEqual({
      answers: [
        [200, '/readyz'],
        [200, '/readyz'],
      ],
      broken:
        'Revision 2 of “churn” did not get ready: it ended while it was started (Runtime exited with error: exit status 3). Its last words: no such model Revision 1 runs again.',
      stays: { version: '1', answer: [200, '/readyz'] },
      revisions: [2, 3, 4, 5, 6],
      isTheSame: true,
      stopped: ['stopped', null, 'stopped'],
      refused: [
        '“churn” was stopped: it answers nobody. Start it.',
        'Lambda starts its instances by itself: stop it and start it instead.',
      ],
      first: ['one answers', 'service'],
      last: ['five answers', 'service'],
      followed: 'five answers',
      isShort: true,
      left: [],
      strange: [],
    });
  });

  it('answers signed requests only, where it is open to those; a way to it signs them', async () => {
    const change: Partial<DeploySettings> = { options: { access: 'signed in to AWS' } };
    const one = await begin();
    const { key, url } = await one.deploy('one', change);
    const address = `${stand.endpoint.url}/function-url/slipway-churn/live`;
    const unsigned = (await fetch(`${address}/readyz`)).status;
    const reached = await one.target.reach(key);
    const signed = (await fetch(`${reached.url}/readyz`)).status;
    await reached.close();
    await one.deploy('one');
    const open = (await fetch(`${address}/readyz`)).status;
    expect({ url, unsigned, signed, open, left: await one.end() }).toEqual({
      url: null,
      unsigned: 403,
      signed: 200,
      open: 200,
      left: [],
    });
  });

  it('a process that dies at any change to Lambda leaves what the next one finds, finishes and removes', async () => {
    const whole = await begin();
    const from = stand.proxy.calls.length;
    await whole.deploy('one');
    const changing = stand.proxy.calls
      .slice(from)
      .flatMap((call, at) => (/^lambda:(?!Get|List)/.test(call) ? [at] : []));
    const left = [await whole.end()];
    expect(changing.length).toBeGreaterThan(6);
    for (const at of changing) {
      const killed = await begin();
      stand.proxy.dieAt = stand.proxy.calls.length + at;
      await killed.refusal(killed.deploy('one'));
      stand.proxy.dieAt = null;
      const next = await begin();
      const { revision } = await next.deploy('one');
      left.push([...(await killed.end()), `r${revision}`]);
    }
    expect(left).toEqual([[], ...changing.map(() => ['r1'])]);
  });
});
