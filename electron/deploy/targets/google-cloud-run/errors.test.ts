import { GoogleAuth } from 'google-auth-library';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isEmptyPlan } from '../../../../shared/deploy';
import { SILENT } from '../../testing/target-kit';
import { SET_CLOCK } from '../clock';
import { googleCloudRunDriver } from '.';
import { deployer, REGION, told } from './testing/deploying';
import { PROJECT } from './testing/fake-google';
import { startStand } from './testing/stand';

let stand: Awaited<ReturnType<typeof startStand>>;
beforeEach(async () => {
  stand = await startStand();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stand.google.stop();
});

const PARENT = `projects/${PROJECT}/locations/${REGION}`;
const IMAGE = `${REGION}-docker.pkg.dev/${PROJECT}/slipway-churn/toy:a`;
const MADE = `What stands: repository slipway-churn/churn, image ${IMAGE}. Deploy again to go on from there, or remove it.`;
const fault = (given: (typeof stand.google.faults)[number]) => stand.google.faults.push(given);
const standing = () => [...stand.google.state.things.keys(), ...stand.google.state.images.keys()];

it('says that nobody is signed in, by Google’s own search for credentials', async () => {
  for (const [name, value] of Object.entries({
    METADATA_SERVER_DETECTION: 'none',
    GOOGLE_APPLICATION_CREDENTIALS: '',
    CLOUDSDK_CONFIG: '/nowhere',
    HOME: '/nowhere',
  }))
    vi.stubEnv(name, value);
  const { port, pollMs } = stand.needs.stand ?? { port: 0, pollMs: 1 };
  const signIn = async () => new GoogleAuth({ scopes: 'x' }).getClient();
  const driver = googleCloudRunDriver({ ...stand.needs, stand: { port, pollMs, signIn } });
  expect(await told((await deployer(driver)).plan())).toEqual({
    kind: 'unauthorized',
    message: 'Nobody is signed in to Google Cloud on this computer. Sign in, then try again.',
    next: ['gcloud auth application-default login'],
  });
});

it('says that a sign-in has expired, before and in mid-way', async () => {
  const expired = {
    kind: 'unauthorized',
    message: 'The sign-in to Google Cloud has expired. Sign in again, then try again.',
    next: ['gcloud auth application-default login'],
  };
  stand.google.noToken = 'Token has been expired or revoked.';
  expect(await told((await deployer(stand.driver())).plan())).toEqual(expired);
  stand.google.noToken = null;
  const { deploy, remove } = await deployer(stand.driver());
  fault({ kind: 'expired', method: 'CreateService', times: 9 });
  expect(await told(deploy())).toEqual({ ...expired, message: `${expired.message} ${MADE}` });
  stand.google.faults.length = 0;
  expect([await remove(), standing()]).toEqual([[], []]);
});

it('tells a clock that is wrong from a sign-in that has expired', async () => {
  stand.google.noToken =
    'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';
  expect(await told((await deployer(stand.driver())).plan())).toEqual({
    kind: 'unauthorized',
    message:
      'This computer’s clock differs from Google’s, so Google Cloud takes no sign-in from it. Set the clock, then try again.',
    next: [SET_CLOCK.shell],
  });
});

it('names the permission that is missing', async () => {
  const { deploy } = await deployer(stand.driver());
  fault({ kind: 'denied', permission: 'run.services.create', method: 'CreateService', times: 1 });
  expect(await told(deploy())).toEqual({
    kind: 'permission',
    message: `Google Cloud does not permit making the service churn: the account lacks run.services.create. Ask who owns the project for a role that has it. ${MADE}`,
    next: [],
  });
  await deploy();
  expect(standing()).toContain(`${PARENT}/services/churn`);
});

it('says which API is switched off and how to switch it on', async () => {
  const { plan } = await deployer(stand.driver());
  fault({ kind: 'disabled', api: 'run.googleapis.com', method: 'GetService', times: 9 });
  expect(await told(plan())).toEqual({
    kind: 'precondition',
    message: 'run.googleapis.com is switched off in this project. Switch it on, then try again.',
    next: ['gcloud services enable run.googleapis.com'],
  });
});

it('tells a project that is not there or not ours', async () => {
  const { plan } = await deployer(stand.driver(), { options: { project: 'another-project' } });
  expect(await told(plan())).toEqual({
    kind: 'permission',
    message:
      'The project another-project does not exist, or this account may not see it. Check the project’s id and who is signed in.',
    next: ['gcloud projects list'],
  });
});

it('waits where too much is asked in a minute, and says so where a quota is used up', async () => {
  const { deploy, remove } = await deployer(stand.driver());
  fault({ kind: 'throttled', method: 'CreateService', times: 2 });
  fault({ kind: 'quota', method: 'CreateService', times: 1 });
  const refused = (what: string) => ({
    kind: 'precondition',
    message: `A quota of Google Cloud does not allow ${what}`,
    next: [],
  });
  const why =
    'Quota exceeded for total allowable CPU per project per region. Ask for more under IAM → Quotas, or choose another region.';
  expect(await told(deploy())).toEqual(refused(`making the service churn: ${why} ${MADE}`));
  await deploy();
  fault({ kind: 'quota', method: 'UpdateService', times: 1 });
  expect(await told(deploy('b'))).toEqual(
    refused(`making the revision churn-r2: ${why} Revision 1 runs again.`),
  );
  expect([await remove(), standing()]).toEqual([[], []]);
});

it('says why a revision did not start, in words and by its log, and goes back to the one before', async () => {
  const { deploy, target, key } = await deployer(stand.driver());
  await deploy();
  const because = async (hash: string, reason: string, message: string, log: string[]) => {
    stand.google.state.outcomes.push({ image: new RegExp(`:${hash}$`), reason, message, log });
    const { message: said } = (await told(deploy(hash))) as { message: string };
    return said;
  };
  expect([
    await because('crash', 'HEALTH_CHECK_CONTAINER_ERROR', 'It failed to listen on 8000.', [
      'Traceback',
      'KeyError: age',
    ]),
    await because('denied', 'CONTAINER_PERMISSION_DENIED', '', []),
    await because('big', 'HEALTH_CHECK_CONTAINER_ERROR', 'Memory limit of 512 MiB exceeded.', []),
    await because('slow', 'PROGRESS_DEADLINE_EXCEEDED', '', []),
  ]).toEqual([
    'Revision churn-r2 did not start. The container started, but it ended or never answered /readyz. It failed to listen on 8000. Its log ends: “KeyError: age”. Revision 1 runs again.',
    'Revision churn-r3 did not start. Its image can’t be pulled: Cloud Run’s service agent may not read that repository (artifactregistry.repositories.downloadArtifacts). Revision 1 runs again.',
    'Revision churn-r4 did not start. It needs more memory than it was given: Memory limit of 512 MiB exceeded. Revision 1 runs again.',
    'Revision churn-r5 did not start. It never became ready in the time Cloud Run gives. Revision 1 runs again.',
  ]);
  const { record, state } = await target.observe(key);
  expect([record.currentRevision, state?.status]).toEqual([1, 'running']);
});

it('leaves a service of that name that is not ours alone', async () => {
  const { plan, deploy, check } = await deployer(stand.driver());
  const name = `${PARENT}/services/churn`;
  stand.google.state.put(name, { template: {}, labels: { team: 'them' } });
  const before = stand.google.state.things.get(name);
  expect((await check()).items.filter(({ status }) => status === 'failed')).toEqual([
    {
      label: 'Name',
      status: 'failed',
      detail:
        'Something named churn is in this project and region already and was not made by Slipway. Choose another name.',
    },
  ]);
  await plan();
  expect(await told(deploy())).toMatchObject({ kind: 'conflict' });
  expect(stand.google.state.things.get(name)).toEqual(before);
});

it('goes on where an answer is lost, where a call is late, and where what was made is not seen at once', async () => {
  const { deploy, plan } = await deployer(stand.driver());
  stand.google.state.staleReads = 3;
  stand.google.state.pollsNeeded = 12;
  fault({ kind: 'lost-answer', method: 'CreateService', times: 1 });
  fault({ kind: 'slow', ms: 300, method: 'UpdateService', times: 1 });
  fault({ kind: 'unavailable', method: 'GetOperation', times: 2 });
  await deploy();
  expect(isEmptyPlan((await plan()).changes)).toBe(true);
});

it('says soon that Google does not answer', async () => {
  await stand.google.stop();
  const start = Date.now();
  expect(await told((await deployer(stand.driver())).plan())).toMatchObject({
    kind: 'server-unreachable',
    message:
      'Google Cloud did not answer while signing in. Check the network and the proxy, then try again.',
  });
  expect(Date.now() - start).toBeLessThan(15_000);
});

it('refuses before anything is made: size, secret, repository, name', async () => {
  const failing = async (
    ...given: Parameters<typeof deployer> extends [unknown, (infer S)?] ? [S] : never
  ) => {
    const { check } = await deployer(stand.driver(), ...given);
    return (await check()).items.flatMap(({ status, detail }) =>
      status === 'failed' ? [detail] : [],
    );
  };
  expect({
    size: await failing({ resources: { vcpu: 1, memoryGib: 6 } }),
    secret: await failing({ secrets: { TOKEN: 'env:TOKEN' } }),
    repository: await failing({ options: { repository: 'team' } }),
  }).toEqual({
    size: ['With 1 vCPU Cloud Run gives at most 4 GiB of memory, not 6. Take more vCPU.'],
    secret: [
      'Cloud Run reads the secret TOKEN from Secret Manager. Put it there (gcloud secrets create token --data-file=-), and name it there:token/latest.',
    ],
    repository: [`There is no repository team in ${REGION}. Make it, or leave the field empty.`],
  });
});

it('uses a repository that others use too, and takes only its own images out of it', async () => {
  const name = `${PARENT}/repositories/team`;
  stand.google.state.put(name, { format: 'DOCKER', labels: { team: 'them' } });
  const { deploy, remove } = await deployer(stand.driver(), { options: { repository: 'team' } });
  await deploy();
  await deploy('b');
  expect(stand.pushes).toEqual([
    `${REGION}-docker.pkg.dev/${PROJECT}/team/slipway-churn/toy:a as oauth2accesstoken`,
    `${REGION}-docker.pkg.dev/${PROJECT}/team/slipway-churn/toy:b as oauth2accesstoken`,
  ]);
  expect(stand.google.state.things.get(name)?.labels).toEqual({
    team: 'them',
    'slipway-churn': 'images',
  });
  expect(await remove()).toEqual([]);
  expect([standing(), stand.google.state.things.get(name)?.labels]).toEqual([
    [name],
    { team: 'them' },
  ]);
});

it('keeps the five newest revisions', async () => {
  const { deploy, target, key } = await deployer(stand.driver());
  for (const hash of ['a', 'b', 'c', 'd', 'e', 'f']) await deploy(hash);
  const { record } = await target.observe(key);
  expect(record.revisions.map(({ number }) => number)).toEqual([2, 3, 4, 5, 6]);
  expect(stand.google.state.images.size).toBe(5);
});

it('stops and starts a service, reads its log, and leads to it with a sign-in', async () => {
  const { deploy, target, key, plan } = await deployer(stand.driver());
  const { url } = await deploy();
  const statuses = [];
  for (const command of ['stop', 'start'] as const) {
    await target.command(key, command, SILENT);
    statuses.push((await target.observe(key)).state?.status);
  }
  const lines = await target.readLogs(key, { tail: 5 });
  const stop = new AbortController();
  const followed: string[] = [];
  for await (const batch of target.followLogs(key, 5, stop.signal)) {
    followed.push(...batch.lines.map(({ text }) => text));
    if (followed.length > 1) stop.abort();
    const [first] = stand.google.state.logs;
    if (first) stand.google.state.logs.push({ ...first, text: 'a line of later', at: Date.now() });
  }
  const way = await target.reach(key);
  const answer = await fetch(`${way.url}/readyz`);
  await way.close();
  expect({ url, statuses, empty: isEmptyPlan((await plan()).changes) }).toEqual({
    url: null,
    statuses: ['stopped', 'running'],
    empty: true,
  });
  expect([lines.map(({ text }) => text), followed, await answer.json()]).toEqual([
    ['Application startup complete.'],
    ['Application startup complete.', 'a line of later'],
    { path: '/service/churn/readyz', authorization: 'Bearer stand-id' },
  ]);
});

it('runs a job when told, and tells how it ended', async () => {
  const parameters = { n_rows: '-5' };
  const { deploy, target, key } = await deployer(stand.driver(), { mode: 'job', parameters });
  await deploy();
  const made = stand.google.state.things.get(`${PARENT}/jobs/churn`);
  expect(made).toMatchObject({
    template: {
      template: {
        containers: [{ command: ['python3', '-m', 'toy', 'run'], args: ['--n-rows=-5'] }],
      },
    },
  });
  await target.command(key, 'run', SILENT);
  stand.google.state.outcomes.push({
    image: /toy:a/,
    reason: 'NON_ZERO_EXIT_CODE',
    message: 'The container exited with 1.',
    log: ['ValueError: no rows'],
  });
  await target.command(key, 'run', SILENT);
  await target.observe(key);
  const { state } = await target.observe(key);
  expect(
    state?.runs.map(({ id, state: how, exitCode, message }) => [id, how, exitCode, message]),
  ).toEqual([
    ['churn-x2', 'failed', null, 'The run ended with an error. The container exited with 1.'],
    ['churn-x1', 'succeeded', 0, ''],
  ]);
  expect(
    (await target.readLogs(key, { tail: 9, text: 'valueerror' })).map(({ text }) => text),
  ).toEqual(['ValueError: no rows']);
});
