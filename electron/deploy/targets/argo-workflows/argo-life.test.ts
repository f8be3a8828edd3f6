import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import type { DeploySettings, Json } from '../../../../shared/deploy';
import type { RunMode } from '../../../../shared/estimate';
import { kitRequest, openKit } from '../../testing/kit-desk';
import { ARGO_LISTED, bindExecutor, readyForArgo, whyNoArgo } from '../../testing/test-argo';
import { openTestCluster, type TestCluster } from '../../testing/test-cluster';
import { type ToyPipelines, writeToyPipelines } from '../../testing/toy-pipeline';
import { startToyRegistry, type ToyRegistry } from '../../testing/toy-registry';
import { argoWorkflowsDriver, exportArgoFiles } from '.';

const why = await whyNoArgo();
if (why) console.log(`The life of Argo deployments is skipped: ${why}.`);
const SMALL = { vcpu: 0.05, memoryGib: 0.125 };
const PLANTED = 'planted-value-93ac';
/** A workflow that is none of ours. */
const OF_SOMEBODY = {
  entrypoint: 'rest',
  templates: [{ name: 'rest', suspend: {} }],
};
const STEPS = ['load_rows', 'train', 'report'];

describe.skipIf(why)('pipelines on Argo', { timeout: 400_000 }, () => {
  let test: TestCluster;
  let registry: ToyRegistry;
  let toys: ToyPipelines;
  beforeAll(async () => {
    [test, registry, toys] = await Promise.all([
      openTestCluster('argo-life'),
      startToyRegistry(),
      writeToyPipelines(),
    ]);
  });
  afterAll(async () => {
    await test.close();
    await registry.close();
    await toys.close();
  });

  const driver = () => argoWorkflowsDriver({ images: registry.images, readyMs: 120_000 });
  const optionsOf = (more: DeploySettings['options'] = {}) => ({
    kubeconfig: test.kubeconfig,
    namespace: test.namespace,
    registry: registry.address,
    ...more,
  });
  const requestOf = (mode: RunMode, more: Partial<DeploySettings> = {}) => ({
    ...kitRequest(mode, 'first', { resources: SMALL, options: optionsOf(), ...more }),
    package: toys.packages.first,
  });

  it('names the role that is missing before anything runs', async () => {
    const kit = await openKit(driver(), optionsOf());
    const failed = async () => {
      const { items } = await kit.target.check(requestOf('job'));
      return items.filter(({ status }) => status === 'failed');
    };
    const { namespace } = test;
    expect(await failed()).toEqual([
      {
        label: 'Service account',
        status: 'failed',
        detail: `default may not create and patch workflowtaskresults.argoproj.io in ${namespace}: no step could tell how it ended. Bind the role: kubectl create rolebinding argo-executor -n ${namespace} --clusterrole argo-executor --serviceaccount ${namespace}:default`,
      },
    ]);
    await bindExecutor(test);
    await expect.poll(() => failed(), { timeout: 20_000 }).toEqual([]);
    await kit.target.dispose();
    await readyForArgo(test);
  });

  it('runs one pod a step with artifacts between, goes on where it failed, and is stopped', async () => {
    const before = await test.inventory(ARGO_LISTED);
    const kit = await openKit(driver(), optionsOf());
    const environment = { TOY_FAILS_AT: 'train' };
    const { key } = await kit.apply(await kit.target.plan(requestOf('job', { environment })));
    await kit.target.command(key, 'run', kit.task);
    const failed = await kit.until(key, ({ state }) => state?.runs[0]?.state === 'failed');
    expect(failed.state).toMatchObject({ status: 'failed', runCount: 1 });
    expect(failed.state?.runs[0]).toMatchObject({
      trigger: 'person',
      exitCode: 7,
      message: 'Step s2-train failed (code 7), see its log',
    });

    await patchEnvironment({ TOY_FAILS_AT: 'none' });
    await kit.target.command(key, 'restart', kit.task);
    const done = await kit.until(key, ({ state }) => state?.runs[0]?.state === 'succeeded');
    expect(done.state).toMatchObject({ status: 'idle', runCount: 2 });
    const lines = await kit.target.readLogs(key, { tail: 100 });
    expect(lines.map(({ source, text }) => `${source}: ${text}`)).toEqual([
      'run: the job of first',
      'run: load_rows finds',
      'run: the job of first',
      'run: train finds .state load_rows workspace',
      // The step that was done is not run again.
      'run: the job of first',
      'run: train finds .state load_rows workspace',
      'run: the job of first',
      'run: report finds .state load_rows train workspace',
    ]);

    await patchEnvironment({ TOY_FAILS_AT: 'none', TOY_SECONDS: '600' });
    await kit.target.command(key, 'run', kit.task);
    await kit.until(key, ({ state }) => state?.runs.length === 3);
    await kit.target.command(key, 'stop', kit.task);
    const stopped = await kit.until(key, ({ state }) => state?.runs[0]?.state === 'cancelled');
    expect(stopped.state?.runs[0]).toMatchObject({ message: 'Stopped by hand' });
    await kit.close(key);
    expect(await test.inventory(ARGO_LISTED)).toEqual(before);
  });

  const patchEnvironment = (data: Record<string, string>) =>
    test.cluster.merge(test.path('/api/v1', 'configmaps', 'kit-desk-r1-environment'), { data });

  it('what cannot be is said before anything runs', async () => {
    const { cluster, namespace, path } = test;
    const own = path('/apis/argoproj.io/v1alpha1', 'cronworkflows', 'kit-desk');
    const quota = path('/api/v1', 'resourcequotas', 'none');
    const kit = await openKit(driver(), optionsOf());
    await kit.target.check(requestOf('job'));
    const plan = await kit.target.plan(requestOf('job'));
    const theirs = { schedules: ['0 0 31 2 *'], suspend: true, workflowSpec: OF_SOMEBODY };
    await cluster.apply(own, {
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow' },
      ...{ metadata: { name: 'kit-desk' }, spec: theirs },
    });
    await cluster.apply(quota, {
      ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' } },
      spec: { hard: { pods: '0' } },
    });
    const failed = async (more: Partial<DeploySettings> = {}) => {
      const { items } = await kit.target.check(requestOf('job', more));
      return items.flatMap(({ label, status, detail }) =>
        status === 'failed' ? `${label}: ${detail}` : [],
      );
    };
    const taken = `The name “kit-desk” is taken in the namespace ${namespace} by a CronWorkflow that is not part of this deployment. Choose another name, or remove it: kubectl -n ${namespace} delete cronworkflows kit-desk`;
    const used =
      'Quota: none allows 0 of pods, 0 is used, 1 more is asked for. Ask for less, or have the quota raised.';
    await expect.poll(() => failed(), { timeout: 20_000 }).toEqual([`Name: ${taken}`, used]);
    const more = {
      secrets: { TOKEN: 'there:nothing-here/token' },
      resources: { vcpu: 999, memoryGib: 1 },
    };
    expect(await failed(more)).toEqual([
      `Name: ${taken}`,
      `Secrets: Secret nothing-here is not there in ${namespace}. Make it, or choose another.`,
      expect.stringMatching(/^Quota: none allows 0 of pods/),
      expect.stringMatching(/^Room: No node is large enough for 999 processors and 1 GiB/),
    ]);
    const unset = requestOf('job', { secrets: { TOKEN: 'env:NOT_SET_ANYWHERE' } });
    await expect(kit.target.plan(unset)).rejects.toThrow(/NOT_SET_ANYWHERE, which is not set/);
    // Whoever took the name after the plan is left alone.
    await expect(kit.apply(plan)).rejects.toThrow(taken);
    await kit.close(kit.keyOf(plan));
    const left = await cluster.call<{ spec: typeof theirs }>(own);
    expect(left.spec).toMatchObject(theirs);
    await cluster.remove(own);
    await cluster.remove(quota);
  });

  it('its files are taken by the cluster with every field known, and hold no secret', async () => {
    process.env.KIT_TOKEN = PLANTED;
    const { settings } = requestOf('scheduled', {
      environment: { GREETING: 'hello' },
      secrets: { TOKEN: 'env:KIT_TOKEN' },
      options: optionsOf({
        steps: STEPS.join(','),
        stepResources: 'train=2x4@90m',
        retries: 2,
        timeLimit: 30,
        pullSecret: 'theirs',
      }),
    });
    const files = exportArgoFiles({
      id: settings.name,
      mode: 'scheduled',
      settings,
      others: [],
      revision: {
        number: 1,
        createdAt: 0,
        packageName: 'toy',
        packageDigest: 'first',
        environment: null,
        image: `${registry.address}/toy:first`,
        parameters: {},
        schedule: settings.schedule,
        settings,
        estimate: { id: 'none' as never, perRun: null, perMonth: null },
      },
    });
    delete process.env.KIT_TOKEN;
    expect(JSON.stringify(files)).not.toContain(PLANTED);
    expect(files[`overlays/${test.namespace}/secrets.env`]).toMatch(/\nTOKEN=\n$/);
    const text = files['base/cron-workflow-kit-desk.yaml'] ?? '';
    const manifest = parseDocument(text).toJS() as Json & { spec: { workflowSpec: Json } };
    const strict = { dryRun: 'All', fieldValidation: 'Strict' };
    const path = test.path('/apis/argoproj.io/v1alpha1', 'cronworkflows', 'kit-desk');
    expect((await test.cluster.apply(path, manifest, strict)).metadata.name).toBe('kit-desk');
    expect(text).toContain('cpu: "2"');
    expect(text).toContain('activeDeadlineSeconds: 5400');
    // The whole schema has to be there, else a wrong field would pass.
    const wrong = JSON.parse(
      JSON.stringify(manifest).replace('"templates":', '"templats":'),
    ) as Json;
    await expect(test.cluster.apply(path, wrong, strict)).rejects.toThrow(/templats|templates/);
  });
});
