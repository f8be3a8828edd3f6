import { DefaultAzureCredential } from '@azure/identity';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isEmptyPlan } from '../../../../shared/deploy';
import { SILENT } from '../../testing/target-kit';
import { SET_CLOCK } from '../clock';
import { azureContainerAppsDriver } from '.';
import { deployer, told } from './testing/deploying';
import { packageOf, startStand } from './testing/stand';

let stand: Awaited<ReturnType<typeof startStand>>;
beforeEach(async () => {
  stand = await startStand();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stand.azure.stop();
});

const APP = 'Microsoft.App/containerApps';
const fault = (given: (typeof stand.azure.faults)[number]) => stand.azure.faults.push(given);
const standing = () => [
  ...stand.azure.state.things.keys(),
  ...stand.azure.state.images.map(({ repository, tag }) => `${repository}:${tag}`),
];

it('says that nobody is signed in, by Azure’s own chain of sign-ins', async () => {
  vi.stubEnv('PATH', '/nowhere');
  vi.stubEnv('HOME', '/nowhere');
  vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'dev');
  const signIn = () => new DefaultAzureCredential();
  const driver = azureContainerAppsDriver({
    ...stand.needs,
    stand: stand.needs.stand && { ...stand.needs.stand, signIn },
  });
  expect(await told((await deployer(driver)).plan())).toEqual({
    kind: 'unauthorized',
    message: 'Nobody is signed in to Azure on this computer. Sign in, then try again.',
    next: ['az login'],
  });
});

it('says that a sign-in has expired, before and in mid-way', async () => {
  const expired = {
    kind: 'unauthorized',
    message: 'The sign-in to Azure has expired. Sign in again, then try again.',
    next: ['az login'],
  };
  stand.azure.noToken = 'AADSTS7000222: The provided client secret keys are expired.';
  expect(await told((await deployer(stand.driver())).plan())).toEqual(expired);
  stand.azure.noToken = null;
  const { deploy, remove } = await deployer(stand.driver());
  fault({ kind: 'expired', call: `PUT ${APP}`, times: 9 });
  const { message } = (await told(deploy())) as { message: string };
  expect(message).toMatch(/^The sign-in to Azure has expired\. .* What stands: registry /);
  stand.azure.faults.length = 0;
  expect([await remove(), standing()]).toEqual([[], []]);
});

it('tells a clock that is wrong from a sign-in that has expired', async () => {
  stand.azure.noToken =
    'AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-11-21T12:00:00Z, expiry time of assertion 2026-11-21T11:40:00Z.';
  expect(await told((await deployer(stand.driver())).plan())).toEqual({
    kind: 'unauthorized',
    message:
      'This computer’s clock differs from Azure’s, so Azure takes no sign-in from it. Set the clock, then try again.',
    next: [SET_CLOCK.shell],
  });
});

it('names the permission that is missing, and goes on from there once it is given', async () => {
  const { deploy } = await deployer(stand.driver());
  fault({ kind: 'denied', action: `${APP}/write`, call: `PUT ${APP}`, times: 1 });
  const { kind, message } = (await told(deploy())) as { kind: string; message: string };
  expect([kind, message.split(' What stands')[0]]).toEqual([
    'permission',
    'Azure does not permit making the revision churn--r1: the account lacks Microsoft.App/containerApps/write. Ask who owns the resource group for a role that has it.',
  ]);
  await deploy();
  expect(standing()).toContain(`${APP}/churn`);
});

it('tells a subscription, a resource group and a namespace that are not there', async () => {
  const withOption = async (options: Record<string, string>) =>
    told((await deployer(stand.driver(), { options })).plan());
  const namespace = "The subscription is not registered to use namespace 'Microsoft.App'.";
  const [subscription, group] = [
    await withOption({ subscription: '00000000-0000-0000-0000-000000000000' }),
    await withOption({ resourceGroup: 'nobodys' }),
  ];
  const code = 'MissingSubscriptionRegistration';
  fault({ kind: 'refused', status: 409, code, message: namespace, call: `GET ${APP}`, times: 1 });
  expect({ subscription, group, namespace: await withOption({}) }).toEqual({
    subscription: {
      kind: 'not-found',
      message:
        'The subscription does not exist, or this account may not see it. Check its id and who is signed in.',
      next: ['az account list --output table'],
    },
    group: {
      kind: 'not-found',
      message:
        'The resource group does not exist in this subscription. Make it, or choose another one.',
      next: ['az group list --output table'],
    },
    namespace: {
      kind: 'precondition',
      message: 'The subscription is not registered for Microsoft.App. Register it, then try again.',
      next: ['az provider register --namespace Microsoft.App'],
    },
  });
});

it('waits where too much is asked, and says so where a quota is used up', async () => {
  const { deploy, remove } = await deployer(stand.driver());
  fault({ kind: 'throttled', call: `PUT ${APP}`, times: 2 });
  const message = 'Maximum number of environments of the region exceeded.';
  const code = 'MaxNumberOfRegionalEnvironmentsInSubExceeded';
  const call = 'PUT Microsoft.App/managedEnvironments';
  fault({ kind: 'refused', status: 400, code, message, call, times: 1 });
  const { kind, message: said } = (await told(deploy())) as { kind: string; message: string };
  const registry = /registry (\S+)\/churn/.exec(said)?.[1];
  expect([kind, said]).toEqual([
    'precondition',
    `A quota of Azure does not allow making the environment slipway-churn: Maximum number of environments of the region exceeded. Ask for more under Quotas in the portal, or choose another region. What stands: registry ${registry}/churn, image ${registry}.azurecr.io/slipway-churn/toy:a. Deploy again to go on from there, or remove it.`,
  ]);
  await deploy();
  expect([await remove(), standing()]).toEqual([[], []]);
});

it('says why a revision did not start, in words and by its log, and goes back to the one before', async () => {
  const { deploy, target, key } = await deployer(stand.driver());
  await deploy();
  const because = async (hash: string, error: string, log: string[]) => {
    stand.azure.state.outcomes.push({ image: new RegExp(`:${hash}$`), error, log });
    const { message } = (await told(deploy(hash))) as { message: string };
    return message;
  };
  expect([
    await because('crash', 'Container package was terminated with exit code 1.', ['KeyError: age']),
    await because('denied', 'UNAUTHORIZED: authentication required.', []),
    await because('big', 'Container package was OOMKilled.', []),
    await because('slow', 'Deployment Progress Deadline Exceeded.', []),
  ]).toEqual([
    'Revision churn--r2 did not start. The container started, and ended again and again. Container package was terminated with exit code 1. Its log ends: “KeyError: age”. Revision 1 runs again.',
    'Revision churn--r3 did not start. Its image can’t be pulled: the registry refused the app. UNAUTHORIZED: authentication required. Revision 1 runs again.',
    'Revision churn--r4 did not start. It needs more memory than it was given. Container package was OOMKilled. Revision 1 runs again.',
    'Revision churn--r5 did not start. It never became ready in the time Azure gives. Deployment Progress Deadline Exceeded. Revision 1 runs again.',
  ]);
  const { record, state } = await target.observe(key);
  const active = stand.azure.state
    .list(`${APP}/churn/revisions`)
    .flatMap(({ name, properties }) => (properties.active ? [name] : []));
  expect([record.currentRevision, state?.status, active]).toEqual([1, 'running', ['churn--r1']]);
});

it('leaves an app of that name that is not ours alone', async () => {
  const { deploy, check } = await deployer(stand.driver());
  const before = stand.azure.state.put(`${APP}/churn`, { location: 'x', properties: {} });
  expect((await check()).items.filter(({ status }) => status === 'failed')).toEqual([
    {
      label: 'Name',
      status: 'failed',
      detail:
        'Something named churn is in this resource group already and was not made by Slipway. Choose another name.',
    },
  ]);
  expect(await told(deploy())).toMatchObject({ kind: 'conflict' });
  expect(stand.azure.state.things.get(`${APP}/churn`)).toEqual(before);
});

it('goes on where an answer is lost, where a call is late, and where what was made is not seen at once', async () => {
  const { deploy, plan } = await deployer(stand.driver());
  stand.azure.state.staleReads = 2;
  stand.azure.state.requestsNeeded = 12;
  fault({ kind: 'lost-answer', call: 'PUT Microsoft.App/managedEnvironments', times: 1 });
  fault({ kind: 'slow', ms: 300, call: `PATCH ${APP}`, times: 1 });
  await deploy();
  expect(isEmptyPlan((await plan()).changes)).toBe(true);
});

it('says that Azure does not answer', async () => {
  await stand.azure.stop();
  expect(await told((await deployer(stand.driver())).plan())).toMatchObject({
    kind: 'server-unreachable',
    message:
      'Azure did not answer while signing in. Check the network and the proxy, then try again.',
  });
});

it('refuses before anything is made: size, secret, registry, environment, time zone', async () => {
  const failing = async (more: Parameters<typeof deployer>[1]) =>
    (await (await deployer(stand.driver(), more)).check()).items.flatMap(({ status, detail }) =>
      status === 'failed' ? [detail] : [],
    );
  expect([
    ...(await failing({ resources: { vcpu: 1, memoryGib: 6 } })),
    ...(await failing({ secrets: { TOKEN: 'there:vault/token' } })),
    ...(await failing({ secrets: { TOKEN: 'env:SURELY_NOT_SET' } })),
    ...(await failing({ options: { registry: 'team', environment: 'shared' } })),
    ...(await failing({
      mode: 'scheduled',
      schedule: { cron: '0 2 * * *', timeZone: 'Europe/Vienna' },
    })),
  ]).toEqual([
    'Container Apps gives quarters of a vCPU up to 4, each with twice as many GiB of memory; not 1 vCPU with 6 GiB.',
    'Container Apps keeps its own secrets, so that TOKEN can’t be named by a place. Name it env:TOKEN or file:PATH.',
    'The secret TOKEN is to come from the variable SURELY_NOT_SET, which is not set.',
    'There is no registry team in ml-team. Make it, or leave the field empty.',
    'There is no environment shared in ml-team. Make it, or leave the field empty.',
    'Container Apps runs schedules in UTC only, not in Europe/Vienna. Give the times in UTC.',
  ]);
});

it('uses a registry that others use too, and takes only its own images out of it', async () => {
  const path = 'Microsoft.ContainerRegistry/registries/team99';
  const properties = { adminUserEnabled: true, provisioningState: 'Succeeded' };
  const shared = { location: 'westeurope', tags: { team: 'them' }, sku: { name: 'Basic' } };
  stand.azure.state.put(path, { ...shared, properties });
  stand.azure.state.push('team99.azurecr.io/theirs:1');
  const { deploy, remove } = await deployer(stand.driver(), { options: { registry: 'team99' } });
  await deploy();
  await deploy('b');
  expect(stand.pushes).toEqual([
    'team99.azurecr.io/slipway-churn/toy:a as 00000000-0000-0000-0000-000000000000',
    'team99.azurecr.io/slipway-churn/toy:b as 00000000-0000-0000-0000-000000000000',
  ]);
  expect(await remove()).toEqual([]);
  expect([standing(), stand.azure.state.get(path).tags]).toEqual([
    [path, 'theirs:1'],
    { team: 'them' },
  ]);
});

it('gives secrets to Azure alone, and a new value to the revision that has them', async () => {
  vi.stubEnv('TOKEN_HERE', 'planted-one');
  const { deploy, plan, target, key } = await deployer(stand.driver(), {
    secrets: { API_TOKEN: 'env:TOKEN_HERE' },
  });
  const first = await plan();
  await deploy();
  const { record } = await target.observe(key);
  vi.stubEnv('TOKEN_HERE', 'planted-two');
  const second = await plan();
  expect(
    second.changes.flatMap(({ kind, id }) => (kind === 'keep' ? [] : [`${kind} ${id}`])),
  ).toEqual(['change revision/churn--r1']);
  await deploy();
  expect(isEmptyPlan((await plan()).changes)).toBe(true);
  const { tags, properties } = stand.azure.state.get(`${APP}/churn`);
  expect(JSON.stringify([first, second, record, tags])).not.toMatch(/planted/);
  expect(JSON.stringify(properties)).toMatch(/"api-token","value":"planted-two"/);
});

it('goes back, by itself too, with the secrets that Azure holds, where their variable is gone', async () => {
  vi.stubEnv('TOKEN_HERE', 'planted-one');
  const secrets = { API_TOKEN: 'env:TOKEN_HERE' };
  const { deploy, begin, target, key, remove } = await deployer(stand.driver(), { secrets });
  await deploy();
  await deploy('b');
  const broken = await begin('broken');
  vi.stubEnv('TOKEN_HERE', undefined);
  stand.azure.state.outcomes.push({ image: /:broken$/, error: 'exit code 1.', log: [] });
  const { message } = (await told(broken())) as { message: string };
  await target.rollback(key, 1, SILENT);
  const { record } = await target.observe(key);
  const held = JSON.stringify(stand.azure.state.get(`${APP}/churn`).properties);
  expect([
    message.split('. ').at(-1),
    record.currentRevision,
    held.match(/"api-token","value":"[^"]+"/g),
  ]).toEqual(['Revision 2 runs again.', 1, ['"api-token","value":"planted-one"']]);
  await remove();
});

it('takes a job back with the secrets that Azure holds', async () => {
  vi.stubEnv('TOKEN_HERE', 'planted-one');
  const secrets = { API_TOKEN: 'env:TOKEN_HERE' };
  const { deploy, target, key } = await deployer(stand.driver(), { mode: 'job', secrets });
  await deploy();
  await deploy('b');
  vi.stubEnv('TOKEN_HERE', undefined);
  await target.rollback(key, 1, SILENT);
  const { configuration, template } = stand.azure.state.get('Microsoft.App/jobs/churn')
    .properties as { configuration: object; template: object };
  expect([JSON.stringify(configuration), JSON.stringify(template)]).toEqual([
    expect.stringContaining('"api-token","value":"planted-one"'),
    expect.stringContaining('toy:a'),
  ]);
});

it('keeps the five newest revisions', async () => {
  const { deploy, target, key } = await deployer(stand.driver());
  for (const hash of ['a', 'b', 'c', 'd', 'e', 'f']) await deploy(hash);
  const { record } = await target.observe(key);
  expect(record.revisions.map(({ number }) => number)).toEqual([2, 3, 4, 5, 6]);
  expect(stand.azure.state.images.length).toBe(5);
});

it('stops and starts a service and reads its log', async () => {
  const options = { ingress: 'external' };
  const { deploy, target, key, plan } = await deployer(stand.driver(), { options });
  const { url } = await deploy();
  const statuses = [];
  for (const command of ['stop', 'start', 'restart'] as const) {
    await target.command(key, command, SILENT);
    statuses.push((await target.observe(key)).state?.status);
  }
  expect({ url, statuses, empty: isEmptyPlan((await plan()).changes) }).toEqual({
    url: 'https://churn.stand.azurecontainerapps.test',
    statuses: ['stopped', 'running', 'running'],
    empty: true,
  });
  expect((await target.readLogs(key, { tail: 5 })).map(({ text }) => text)).toEqual([
    'Application startup complete.',
  ]);
  const stop = new AbortController();
  const followed: string[] = [];
  for await (const { lines } of target.followLogs(key, 5, stop.signal)) {
    followed.push(...lines.map(({ text }) => text));
    if (followed.length > 1) stop.abort();
    const later = { at: Date.now() + 1000, text: 'a line of later' };
    for (const lines of stand.azure.state.logs.values()) lines.push(later);
  }
  expect(followed).toEqual(['Application startup complete.', 'a line of later']);
});

it('runs a job when told, and tells how it ended', async () => {
  const parameters = { n_rows: '-5' };
  const { deploy, target, key } = await deployer(stand.driver(), { mode: 'job', parameters });
  await deploy();
  expect(stand.azure.state.get('Microsoft.App/jobs/churn').properties).toMatchObject({
    template: {
      containers: [{ command: ['python3', '-m', 'toy', 'run'], args: ['--n-rows=-5'] }],
    },
  });
  await target.command(key, 'run', SILENT);
  for (let at = 0; at < 3; at += 1) await target.observe(key);
  const { name } = packageOf('a');
  stand.azure.state.outcomes.push({ image: new RegExp(name), error: 'exit 1', log: ['no rows'] });
  await target.command(key, 'run', SILENT);
  for (let at = 0; at < 3; at += 1) await target.observe(key);
  const { state } = await target.observe(key);
  expect(state?.runs.map(({ id, state: how, exitCode }) => [id, how, exitCode])).toEqual([
    ['churn-x2', 'failed', null],
    ['churn-x1', 'succeeded', 0],
  ]);
  expect((await target.readLogs(key, { tail: 9 })).map(({ text }) => text)).toEqual(['no rows']);
});
