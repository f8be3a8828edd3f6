import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import type { DeploySettings, Json, LogLine } from '../../../../shared/deploy';
import type { RunMode } from '../../../../shared/estimate';
import { kitRequest, openKit } from '../../testing/kit-desk';
import { applyPlan } from '../../testing/target-kit';
import { openTestCluster, type TestCluster, until, whyNoCluster } from '../../testing/test-cluster';
import { TOYS } from '../../testing/toy-images';
import {
  startLockedToyRegistry,
  startToyRegistry,
  type ToyRegistry,
} from '../../testing/toy-registry';
import { exportFiles, kubernetesDriver } from '.';

const why = whyNoCluster();
if (why) console.log(`The life of Kubernetes deployments is skipped: ${why}.`);
const SMALL = { vcpu: 0.05, memoryGib: 0.125 };
const PLANTED = 'planted-value-7d1f';

describe.skipIf(why)('what stands on a cluster', { timeout: 300_000 }, () => {
  let test: TestCluster;
  let registry: ToyRegistry;
  beforeAll(async () => {
    [test, registry] = await Promise.all([openTestCluster('life'), startToyRegistry()]);
  });
  afterAll(async () => {
    await test.close();
    await registry.close();
  });

  const driver = () => kubernetesDriver({ images: registry.images, readyMs: 90_000 });
  const optionsOf = (more: DeploySettings['options'] = {}) => ({
    kubeconfig: test.kubeconfig,
    namespace: test.namespace,
    registry: registry.address,
    ...more,
  });
  const requestOf = (mode: RunMode, more: Partial<DeploySettings> = {}) =>
    kitRequest(mode, 'first', { resources: SMALL, options: optionsOf(), ...more });
  const json = async (url: string, body?: Json): Promise<unknown> => {
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return (await fetch(url, sent)).json();
  };

  it('a service: reached, followed, scaled, stopped and started; a secret’s value is nowhere but in its Secret', async () => {
    process.env.KIT_TOKEN = PLANTED;
    const kit = await openKit(driver(), optionsOf());
    const secrets = { TOKEN: 'env:KIT_TOKEN' };
    const environment = { GREETING: 'hello' };
    const plan = await kit.target.plan(requestOf('service', { secrets, environment }));
    const { key } = await kit.apply(plan);
    const seen: LogLine[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const { lines } of kit.target.followLogs(key, 100, stop.signal))
        seen.push(...lines);
    })();

    const reached = await kit.target.reach(key);
    expect(await json(`${reached.url}/readyz`)).toEqual({
      ok: true,
      greeting: 'hello',
      secret: PLANTED.length,
    });
    expect(await json(`${reached.url}/predict`, {})).toEqual({ predictions: ['first'] });
    await reached.close();
    await until(async () => seen.some(({ text }) => text === 'predicting'));
    stop.abort();
    await following;
    expect(seen.map(({ index, source, text }) => ({ index, source, text }))).toEqual([
      { index: 0, source: 'service', text: 'serving first' },
      { index: 1, source: 'service', text: 'predicting' },
    ]);
    expect(seen.every(({ at }) => at !== null && Math.abs(Date.now() - at) < 120_000)).toBe(true);
    expect((await kit.target.readLogs(key, { tail: 10, text: 'PREDICT' })).length).toBe(1);

    const objects = await Promise.all(
      ['configmaps', 'pods'].map((each) => test.cluster.text(test.path('/api/v1', each))),
    );
    const told = [JSON.stringify(plan), JSON.stringify(await kit.target.observe(key)), ...kit.said];
    expect([...objects, ...told].filter((text) => text.includes(PLANTED))).toEqual([]);

    // The same name with another value: seen by its print, put right, and the pods start anew with it.
    process.env.KIT_TOKEN = `${PLANTED}-longer`;
    const changed = await kit.target.plan(requestOf('service', { secrets, environment }));
    expect(changed.changes.filter(({ kind }) => kind !== 'keep').map(({ id }) => id)).toEqual([
      'secret/kit-desk-r1-secret',
    ]);
    await kit.apply(changed);
    const again = await kit.target.reach(key);
    const answer = await json(`${again.url}/readyz`);
    expect(answer).toEqual({ ok: true, greeting: 'hello', secret: PLANTED.length + 7 });
    await again.close();
    delete process.env.KIT_TOKEN;

    const scaled = await kit.target.plan(requestOf('service', { environment, replicas: 2 }));
    expect((await kit.apply(scaled)).revision).toBe(2);
    expect((await kit.target.observe(key)).state).toMatchObject({
      status: 'running',
      detail: '2 of 2 ready',
      revision: 2,
      health: { status: 'ok' },
    });
    await kit.target.command(key, 'stop', kit.task);
    expect((await kit.target.observe(key)).state?.status).toBe('stopped');
    await kit.target.command(key, 'start', kit.task);
    await kit.until(key, ({ state }) => state?.detail === '2 of 2 ready');
    await kit.close(key);
  });

  const tokenLength = async (kit: Awaited<ReturnType<typeof openKit>>, key: string) => {
    const { url, close } = await kit.target.reach(key);
    const answer = (await json(`${url}/readyz`)) as { secret: number };
    await close();
    return answer.secret;
  };

  it('goes back, by hand and after a failure, though the variable of a secret is gone', async () => {
    process.env.KIT_TOKEN = PLANTED;
    const kit = await openKit(driver(), optionsOf());
    const secrets = { TOKEN: 'env:KIT_TOKEN' };
    const first = requestOf('service', { secrets });
    const { key } = await kit.apply(await kit.target.plan(first));
    const second = requestOf('service', { secrets, environment: { GREETING: 'again' } });
    await kit.apply(await kit.target.plan(second));
    const broken = { ...second, package: TOYS.broken };
    delete process.env.KIT_TOKEN;
    await expect(kit.target.plan(broken)).rejects.toThrow(
      /the variable KIT_TOKEN, which is not set/,
    );
    await kit.target.rollback(key, 1, kit.task);
    expect(await tokenLength(kit, key)).toBe(PLANTED.length);
    expect((await kit.target.plan(first)).changes.filter(({ kind }) => kind !== 'keep')).toEqual(
      [],
    );

    process.env.KIT_TOKEN = PLANTED;
    const plan = await kit.target.plan(broken);
    const progress = () => void delete process.env.KIT_TOKEN;
    const failure = await applyPlan(kit.target, plan, { ...kit.task, progress }).catch(String);
    expect(failure).toMatch(/the model file is damaged.*Revision 1 runs again\.$/s);
    expect(await tokenLength(kit, key)).toBe(PLANTED.length);
    await kit.close(key);
  });

  it('pulls from a registry that asks who it is, and gives a secret that lies there already', async () => {
    const locked = await startLockedToyRegistry();
    const images = kubernetesDriver({ images: locked.images, readyMs: 60_000 });
    const options = optionsOf({ registry: locked.address, pullSecret: 'pull' });
    const kit = await openKit(images, options);
    const request = requestOf('service', { options, secrets: { TOKEN: 'there:theirs/token' } });
    const { items } = await kit.target.check(request);
    expect(items.find(({ label }) => label === 'Secrets')?.detail).toBe(
      `Secret pull is not there; Secret theirs is not there in ${test.namespace}. Make it, or choose another.`,
    );
    const give = (name: string, type: string, stringData: Json) =>
      test.cluster.apply(test.path('/api/v1', 'secrets', name), {
        ...{ apiVersion: 'v1', kind: 'Secret', type, metadata: { name }, stringData },
      });
    await give('pull', 'kubernetes.io/dockerconfigjson', {
      '.dockerconfigjson': locked.dockerConfig,
    });
    await give('theirs', 'Opaque', { token: PLANTED });
    expect(await kit.target.check(request)).toMatchObject({ isReady: true });
    const { key } = await kit.apply(await kit.target.plan(request));
    expect(await tokenLength(kit, key)).toBe(PLANTED.length);
    await kit.close(key);
    expect(await test.inventory()).toEqual(
      expect.arrayContaining(['secrets pull', 'secrets theirs']),
    );
    for (const name of ['pull', 'theirs'])
      await test.cluster.remove(test.path('/api/v1', 'secrets', name));
    await locked.close();
  });

  it('a service on a port of the nodes, that scales by itself, behind an Ingress', async () => {
    const kit = await openKit(driver(), optionsOf());
    const options = optionsOf({ exposure: 'nodePort', maxReplicas: 3 });
    const plan = await kit.target.plan(requestOf('service', { options }));
    const { port } = plan.settings;
    const { url, key } = await kit.apply(plan);
    expect(url).toBe(`http://127.0.0.1:${port}`);
    // The node's proxy hears of the port a moment after the pods are ready.
    await expect
      .poll(() => json(`${url}/predict`, {}).catch(String), { timeout: 15_000 })
      .toEqual({ predictions: ['first'] });
    const same = await kit.target.plan(requestOf('service', { options }));
    expect(same.changes.filter(({ kind }) => kind !== 'keep')).toEqual([]);
    const behind = optionsOf({ exposure: 'ingress', host: 'churn.example.test' });
    const moved = await kit.target.plan(requestOf('service', { options: behind }));
    expect(moved.changes.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      expect.stringMatching(/^keep image/),
      'keep revision/kit-desk-r1',
      'create revision/kit-desk-r2',
      'change service/kit-desk',
      'change deployment/kit-desk',
      'create ingress/kit-desk',
      'remove autoscaler/kit-desk',
    ]);
    expect((await kit.apply(moved)).url).toBe('http://churn.example.test');
    const none = await kit.target.plan(requestOf('service', { options: behind }));
    expect(none.changes.filter(({ kind }) => kind !== 'keep')).toEqual([]);
    await kit.close(key);
  });

  it('a job: run, its log, its failure with the code, stopped', async () => {
    const kit = await openKit(driver(), optionsOf());
    const parameters = { seed: '7' };
    const { key } = await kit.apply(await kit.target.plan(requestOf('job', { parameters })));
    await kit.target.command(key, 'run', kit.task);
    const done = await kit.until(key, ({ state }) => state?.runs[0]?.state === 'succeeded');
    expect(done.state).toMatchObject({ status: 'idle', runCount: 1 });
    expect(done.state?.runs[0]).toMatchObject({ trigger: 'person', exitCode: 0, revision: 1 });
    expect(
      (await kit.target.readLogs(key, { tail: 10 })).map(({ source, text }) => [source, text]),
    ).toEqual([['run', 'the job of first --seed=7']]);

    const failing = requestOf('job', { parameters: { fail: 'yes' } });
    await kit.apply(await kit.target.plan(failing));
    await kit.target.command(key, 'run', kit.task);
    const failed = await kit.until(key, ({ state }) => state?.runs[0]?.state === 'failed');
    expect(failed.state).toMatchObject({ status: 'failed', runCount: 2 });
    expect(failed.state?.runs[0]).toMatchObject({ exitCode: 1, revision: 2 });

    const slow = requestOf('job', { environment: { TOY_SECONDS: '600' } });
    await kit.apply(await kit.target.plan(slow));
    await kit.target.command(key, 'run', kit.task);
    await kit.until(key, ({ state }) => state?.runs.length === 3);
    await kit.target.command(key, 'stop', kit.task);
    const stopped = await kit.until(key, ({ state }) => state?.runs[0]?.state === 'cancelled');
    expect(stopped.state?.runs[0]).toMatchObject({ message: 'Stopped by hand' });
    await kit.close(key);
  });

  it('a schedule: tells when it is due, rests when stopped', async () => {
    const kit = await openKit(driver(), optionsOf());
    const schedule = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };
    const { key } = await kit.apply(await kit.target.plan(requestOf('scheduled', { schedule })));
    const { state } = await kit.target.observe(key);
    expect(state?.status).toBe('scheduled');
    const due = new Date(state?.nextRunAt ?? 0);
    const berlin = { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' } as const;
    expect(due.toLocaleTimeString('de', berlin)).toBe('02:30');
    await kit.target.command(key, 'stop', kit.task);
    const resting = await kit.target.observe(key);
    expect([resting.state?.status, resting.state?.nextRunAt]).toEqual(['stopped', null]);
    await kit.target.command(key, 'start', kit.task);
    expect((await kit.target.observe(key)).state?.status).toBe('scheduled');
    await kit.close(key);
  });

  it('runs keep what they write in a volume', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-volume-'));
    // The pod is not root, and this kind of volume knows no group.
    await chmod(folder, 0o777);
    const volume = `/api/v1/persistentvolumes/slipway-kit-${process.pid}`;
    await test.cluster.apply(volume, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `slipway-kit-${process.pid}` },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: `kit-${process.pid}`,
        hostPath: { path: folder },
      },
    });
    const kit = await openKit(driver(), optionsOf());
    const options = optionsOf({ storage: '1Gi', storageClass: `kit-${process.pid}` });
    const { key } = await kit.apply(
      await kit.target.plan(requestOf('job', { options, environment: { TOY_KEEPS: 'yes' } })),
    );
    const none = await kit.target.plan(
      requestOf('job', { options, environment: { TOY_KEEPS: 'yes' } }),
    );
    expect(none.changes.filter(({ kind }) => kind !== 'keep')).toEqual([]);
    await kit.target.command(key, 'run', kit.task);
    await kit.until(key, ({ state }) => state?.runs[0]?.state === 'succeeded');
    expect(await readFile(join(folder, 'result.txt'), 'utf8')).toBe('first');
    await kit.close(key);
    await test.cluster.remove(volume);
    await rm(folder, { recursive: true });
  });

  it.each(['service', 'scheduled'] as const)(
    'the files of a %s are taken by the cluster and hold no secret',
    async (mode) => {
      process.env.KIT_TOKEN = PLANTED;
      const options = optionsOf({
        exposure: 'ingress',
        host: 'a.example.test',
        maxReplicas: 4,
        storage: '1Gi',
      });
      const { settings } = requestOf(mode, {
        options,
        environment: { GREETING: 'hello' },
        secrets: { TOKEN: 'env:KIT_TOKEN', OTHER: 'there:their-secret/key' },
      });
      const files = exportFiles({
        id: settings.name,
        mode,
        settings,
        others: [],
        revision: {
          number: 1,
          createdAt: 0,
          packageName: 'toy',
          packageDigest: TOYS.first.hash,
          environment: null,
          image: `${registry.address}/toy:first`,
          parameters: {},
          schedule: settings.schedule,
          settings,
          estimate: { id: 'none' as never, perRun: null, perMonth: null },
        },
      });
      expect(JSON.stringify(files)).not.toContain(PLANTED);
      expect(Object.keys(files).filter((each) => each.startsWith('overlays'))).toEqual([
        `overlays/${test.namespace}/kustomization.yaml`,
        `overlays/${test.namespace}/secrets.env`,
      ]);
      for (const [path, text] of Object.entries(files)) {
        if (!path.startsWith('base/') || path.endsWith('kustomization.yaml')) continue;
        await dryRun(parseDocument(text).toJS() as Manifest);
      }
      await kustomized(files);
      delete process.env.KIT_TOKEN;
    },
  );

  interface Manifest {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string };
  }

  async function dryRun(manifest: Manifest): Promise<void> {
    const { apiVersion, kind, metadata } = manifest;
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const plural = kind === 'Ingress' ? 'ingresses' : `${kind.toLowerCase()}s`;
    const made = await test.cluster.apply(
      test.path(group, plural, metadata.name),
      manifest as unknown as Json,
      { dryRun: 'All', fieldValidation: 'Strict' },
    );
    expect(made.metadata.name).toBe(metadata.name);
  }

  /** The cluster's own kubectl, where it lies beside the kubeconfig or on the path. */
  async function kustomized(files: Record<string, string>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-kustomize-'));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const PATH = `${join(dirname(test.kubeconfig), 'bin')}:${process.env.PATH}`;
    const overlay = join(folder, 'overlays', test.namespace);
    const args = ['--kubeconfig', test.kubeconfig, 'apply', '--dry-run=server', '-k', overlay];
    const { stdout } = await promisify(execFile)('kubectl', args, {
      env: { ...process.env, PATH },
    });
    expect(stdout).toContain('secret/kit-desk-r1-secret created (server dry run)');
    await rm(folder, { recursive: true });
  }
});
