import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SILENT } from '../../testing/target-kit';
import { deployer } from './testing/deploying';
import { startStand } from './testing/stand';

const PLANTED = 'planted-value-of-a-secret';

let stand: Awaited<ReturnType<typeof startStand>>;
beforeEach(async () => {
  stand = await startStand();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stand.google.stop();
});

it('names secrets and never holds what they are', async () => {
  vi.stubEnv('TOKEN', PLANTED);
  stand.google.state.secrets.set('token-of-churn/3', PLANTED);
  const secrets = { TOKEN: 'there:token-of-churn/3' };
  const { deploy, plan, check, exported, target, key } = await deployer(stand.driver(), {
    secrets,
  });
  const said: string[] = [];
  const first = await plan();
  await deploy('a', {
    ...SILENT,
    progress: (_, message) => void said.push(message),
    log: (line) => void said.push(line),
  });
  const kept = {
    plan: first,
    things: [...stand.google.state.things.values()],
    record: (await target.observe(key)).record,
    exported: await exported(),
  };
  const elsewhere = {
    said,
    check: await check(),
    log: await target.readLogs(key, { tail: 100 }),
    images: [...stand.google.state.images.values()],
  };
  const holders = (text: string) =>
    Object.entries({ ...kept, ...elsewhere })
      .filter(([, each]) => JSON.stringify(each).includes(text))
      .map(([what]) => what);
  expect({ leaks: holders(PLANTED), named: holders('token-of-churn') }).toEqual({
    leaks: [],
    named: Object.keys(kept),
  });
  await target.remove(key, SILENT);
});

it('misses a secret that is named and not there before the plan', async () => {
  stand.google.state.secrets.set('token/3', PLANTED);
  const checked = async (reference: string) => {
    const { check } = await deployer(stand.driver(), { secrets: { TOKEN: reference } });
    return (await check()).items.flatMap(({ label, status, detail }) =>
      label === 'Secrets' ? [[status, detail]] : [],
    );
  };
  const lost = [
    'failed',
    'Secret Manager of demo-project has no secret token whose version latest can be read, where TOKEN is to come from. Put it there (gcloud secrets create token --data-file=-), or correct its name.',
  ];
  const items = [await checked('there:token'), await checked('there:token/3')];
  stand.google.faults.push(
    {
      ...{ kind: 'denied', permission: 'secretmanager.versions.get' },
      ...{ method: 'GetSecretVersion', times: 1 },
    },
    {
      ...{ kind: 'disabled', api: 'secretmanager.googleapis.com' },
      ...{ method: 'GetSecretVersion', times: 1 },
    },
  );
  items.push(await checked('there:token'), await checked('there:token'));
  expect({ items, standing: [...stand.google.state.things.keys()] }).toEqual({
    items: [
      [lost],
      [],
      [],
      [
        [
          'failed',
          'secretmanager.googleapis.com is switched off in this project. Switch it on, then try again.',
        ],
      ],
    ],
    standing: [],
  });
});
