import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeploySettings, Json } from '../../../../shared/deploy';
import type { RunMode } from '../../../../shared/estimate';
import { startWebhook } from '../../testing/admission-webhook';
import { kitRequest, openKit } from '../../testing/kit-desk';
import { openTestCluster, type TestCluster, until, whyNoCluster } from '../../testing/test-cluster';
import type { TOYS } from '../../testing/toy-images';
import { startToyRegistry, type ToyRegistry } from '../../testing/toy-registry';
import { kubernetesDriver } from '.';

const why = whyNoCluster();
if (why) console.log(`The faults of Kubernetes are skipped: ${why}.`);
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const DEPLOYMENTS = {
  ...{ apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] },
  operations: ['CREATE', 'UPDATE'],
};
const IN_NAMESPACE = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
const SMALL = { vcpu: 0.05, memoryGib: 0.125 };

describe.skipIf(why)('what goes wrong on a cluster', { timeout: 300_000 }, () => {
  let test: TestCluster;
  let registry: ToyRegistry;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-faults-'));
    [test, registry] = await Promise.all([openTestCluster('faults'), startToyRegistry()]);
  });
  afterAll(async () => {
    await test.close();
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });

  const driver = (readyMs = 60_000) => kubernetesDriver({ images: registry.images, readyMs });
  const optionsOf = (more: DeploySettings['options'] = {}) => ({
    kubeconfig: test.kubeconfig,
    namespace: test.namespace,
    registry: registry.address,
    ...more,
  });
  const requestOf = (
    which: keyof typeof TOYS,
    more: Partial<DeploySettings> = {},
    mode: RunMode = 'service',
  ) => kitRequest(mode, which, { resources: SMALL, options: optionsOf(), ...more });

  /** What the failure says; afterwards all is taken away and nothing is left. */
  async function failureOf(
    which: keyof typeof TOYS,
    more: Partial<DeploySettings> = {},
    mode: RunMode = 'service',
    readyMs = 60_000,
  ): Promise<string> {
    const before = await test.inventory();
    const kit = await openKit(driver(readyMs), optionsOf());
    const plan = await kit.target.plan(requestOf(which, more, mode));
    const failure = await kit.apply(plan).catch((thrown: unknown) => thrown);
    await kit.close(kit.keyOf(plan));
    expect(await test.inventory()).toEqual(before);
    return failure instanceof Error ? failure.message : 'it did not fail';
  }
  const checkOf = async (more: Partial<DeploySettings> = {}, options: string | null = null) => {
    const kit = await openKit(driver(), optionsOf());
    const settings =
      options === null ? more : { ...more, options: { ...optionsOf(), kubeconfig: options } };
    const check = await kit.target.check(requestOf('first', settings));
    await kit.target.dispose();
    return check;
  };
  const failedIn = ({ items }: Awaited<ReturnType<typeof checkOf>>): string[] =>
    items
      .filter(({ status }) => status === 'failed')
      .map(({ label, detail }) => `${label}: ${detail}`);

  it('crashes: says so with the code and the end of the log', async () => {
    const message = await failureOf('broken');
    expect(message).toMatch(
      /starts and ends at once with code 1, again and again\. Its log ends with:\n.*the model file is damaged/s,
    );
    expect(message).toMatch(/What stands: .*deployment kit-desk/);
  });

  it('a job that cannot start is told when it is deployed, not when it is due', async () => {
    expect(await failureOf('broken', {}, 'scheduled')).toMatch(
      /kit-desk does not start: it ends with code 1\. Its log ends with:\n.*the model file is damaged/s,
    );
  });

  it('an image that cannot be pulled', async () => {
    const more = { options: { ...optionsOf(), registry: '' } };
    expect(await failureOf('first', more)).toMatch(
      /The image toy:first can’t be pulled by the nodes: .*Check the registry, the image’s name and the pull secret\./,
    );
  });

  it('too large for every node: seen before, and said when it was tried anyway', async () => {
    const resources = { vcpu: 999, memoryGib: 0.125 };
    expect(failedIn(await checkOf({ resources }))).toEqual([
      expect.stringMatching(
        /^Room: No node is large enough for 999 processors and 0\.125 GiB: they have .* Ask for less/,
      ),
    ]);
    expect(await failureOf('first', { resources })).toMatch(
      /It does not fit on any node: .*Insufficient cpu.* Ask for less processor or memory/,
    );
  });

  it('a secret of the cluster that is not there', async () => {
    const secrets = { TOKEN: 'there:nothing-here/token' };
    expect(failedIn(await checkOf({ secrets }))).toEqual([
      `Secrets: Secret nothing-here is not there in ${test.namespace}. Make it, or choose another.`,
    ]);
    expect(await failureOf('first', { secrets })).toMatch(
      /Its container cannot be set up: secret "nothing-here" not found\. Make what is missing/,
    );
  });

  it('never ready', async () => {
    const environment = { TOY_READY: 'never' };
    expect(await failureOf('first', { environment }, 'service', 6_000)).toMatch(
      /kit-desk was never ready: its check \/readyz did not say yes in 6 s\. Its log ends with:\nserving first/,
    );
  });

  it('a quota that is used up: seen before, and said when it was tried anyway', async () => {
    const path = test.path('/api/v1', 'resourcequotas', 'small');
    await test.cluster.apply(path, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'small' },
      spec: { hard: { pods: '0' } },
    });
    await until(async () => {
      const quota = await test.cluster.call<{ status?: { hard?: Json } }>(path);
      return quota.status?.hard !== undefined;
    });
    try {
      expect(failedIn(await checkOf())).toEqual([
        'Quota: small allows 0 of pods, 0 is used, 2 more is asked for. Ask for less, or have the quota raised.',
      ]);
      const asked =
        /The quota small does not allow it: pods=1 is asked for, pods=0 is used, the limit is pods=0\./;
      expect(await failureOf('first')).toMatch(asked);
      expect(await failureOf('first', {}, 'scheduled')).toMatch(asked);
    } finally {
      await test.cluster.remove(path);
    }
  });

  it('what a policy of the cluster refuses is said by the plan, and nothing is made', async () => {
    const name = test.namespace;
    const before = await test.inventory();
    const policy = await atCluster('validatingadmissionpolicies', {
      kind: 'ValidatingAdmissionPolicy',
      spec: {
        matchConstraints: { ...IN_NAMESPACE(name), resourceRules: [DEPLOYMENTS] },
        validations: [
          { expression: 'object.spec.replicas >= 2', message: 'two replicas at least, please' },
        ],
      },
    });
    const binding = await atCluster('validatingadmissionpolicybindings', {
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName: name, validationActions: ['Deny'] },
    });
    const kit = await openKit(driver(), optionsOf());
    const planned = (replicas: number) =>
      kit.target.plan(requestOf('first', { replicas })).then(({ warnings }) => warnings.join(' '));
    try {
      // A policy holds a moment after it was made.
      await until(async () => /would not be taken/.test(await planned(1)));
      expect([await planned(1), await planned(2)]).toEqual([
        expect.stringMatching(
          /^Deployment kit-desk would not be taken as things stand\. .*two replicas at least, please/,
        ),
        expect.not.stringContaining('would not be taken'),
      ]);
      expect(await test.inventory()).toEqual(before);
    } finally {
      await binding.remove();
      await policy.remove();
      // And for a moment after it was removed.
      await until(async () => !/would not be taken/.test(await planned(1)));
      await kit.target.dispose();
    }
  });

  it('what a webhook of the cluster puts in another way is no change in the next plan', async () => {
    const seen: boolean[] = [];
    const webhook = await startWebhook(folder, (isDry) => {
      seen.push(isDry);
      const path = '/spec/template/spec/containers/0/imagePullPolicy';
      return [{ op: 'replace', path, value: 'Always' }];
    });
    const installed = await atCluster('mutatingwebhookconfigurations', {
      kind: 'MutatingWebhookConfiguration',
      webhooks: [
        {
          name: 'pulls.slipway.test',
          clientConfig: { url: webhook.url, caBundle: webhook.caBundle },
          ...IN_NAMESPACE(test.namespace),
          rules: [DEPLOYMENTS],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    });
    const kit = await openKit(driver(), optionsOf());
    const planned = () => kit.target.plan(requestOf('first'));
    try {
      await until(async () => {
        await planned();
        return seen.includes(true);
      });
      const plan = await planned();
      await kit.apply(plan);
      const path = test.path('/apis/apps/v1', 'deployments', 'kit-desk');
      const stands = JSON.stringify(await test.cluster.call(path));
      const next = await planned();
      await test.cluster.merge(path, { spec: { replicas: 2 } });
      const touched = await planned();
      expect({
        isPutOtherwise: stands.includes('"imagePullPolicy":"Always"'),
        next: new Set(next.changes.map(({ kind }) => kind)),
        touched: touched.changes.filter(({ kind }) => kind !== 'keep').map(({ id }) => id),
      }).toEqual({
        isPutOtherwise: true,
        next: new Set(['keep']),
        touched: ['deployment/kit-desk'],
      });
      await kit.close(kit.keyOf(plan));
    } finally {
      await installed.remove();
      await until(async () => {
        const before = seen.length;
        await planned();
        return seen.length === before;
      });
      await webhook.stop();
    }
  });

  /** An object of the whole cluster, named after the test's namespace. */
  async function atCluster(plural: string, object: { readonly [field: string]: Json }) {
    const path = `${ADMISSION}/${plural}/${test.namespace}`;
    const metadata = { name: test.namespace };
    const apiVersion = 'admissionregistration.k8s.io/v1';
    await test.cluster.apply(path, { apiVersion, metadata, ...object });
    return { remove: () => test.cluster.remove(path) };
  }

  it('a name that is taken by something that is not ours stays as it is', async () => {
    const path = test.path('/api/v1', 'services', 'kit-desk');
    await test.cluster.apply(path, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kit-desk' },
      spec: { ports: [{ port: 1 }], selector: { app: 'theirs' } },
    });
    const taken = `The name “kit-desk” is taken in the namespace ${test.namespace} by a Service that is not part of this deployment. Choose another name, or remove it: kubectl -n ${test.namespace} delete services kit-desk`;
    expect(failedIn(await checkOf())).toEqual([`Name: ${taken}`]);
    expect(await failureOf('first')).toContain(taken);
    const theirs = await test.cluster.call<{ spec: { selector: Json } }>(path);
    expect(theirs.spec.selector).toEqual({ app: 'theirs' });
    await test.cluster.remove(path);
  });

  it('not permitted: names the verbs and resources that are missing', async () => {
    const limited = await limitedKubeconfig();
    const [failed] = failedIn(await checkOf({}, limited));
    expect(failed).toMatch(
      /^Permissions: Missing in .*: get configmaps, .*create deployments\.apps.* Ask for a role with them\.$/,
    );
    const kit = await openKit(driver(), { ...optionsOf(), kubeconfig: limited });
    const options = { ...optionsOf(), kubeconfig: limited };
    await expect(kit.target.plan(requestOf('first', { options }))).rejects.toThrow(
      /system:serviceaccount:.*:limited may not list \S+ in the namespace .*\. Ask for a role with the verb list on/,
    );
    await kit.target.dispose();
    await test.cluster.remove(test.path('/api/v1', 'serviceaccounts', 'limited'));
  });

  /** A person who may do nothing. */
  async function limitedKubeconfig(): Promise<string> {
    const account = test.path('/api/v1', 'serviceaccounts', 'limited');
    await test.cluster.apply(account, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'limited' },
    });
    const { status } = await test.cluster.call<{ status: { token: string } }>(`${account}/token`, {
      method: 'POST',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    });
    return writeKubeconfig('limited', { token: status.token });
  }

  async function writeKubeconfig(name: string, user: Json, server?: string): Promise<string> {
    const config = new KubeConfig();
    config.loadFromFile(test.kubeconfig);
    const cluster = config.getCurrentCluster();
    const path = join(folder, `${name}.json`);
    const data = cluster?.caData ?? '';
    await writeFile(
      path,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'it',
        contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
        clusters: [
          {
            name: 'it',
            cluster: { server: server ?? cluster?.server, 'certificate-authority-data': data },
          },
        ],
        users: [{ name: 'it', user }],
      }),
    );
    return path;
  }

  it('not reached, not known, not signed in, a wrong context: each its own sentence', async () => {
    const free = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
    });
    const away = await writeKubeconfig('away', {}, `https://127.0.0.1:${free}`);
    const expired = await writeKubeconfig('expired', { token: 'this-one-has-expired' });
    const words = async (options: DeploySettings['options']) => {
      const kit = await openKit(driver(), optionsOf());
      const settings = { options: { ...optionsOf(), ...options } };
      const { items } = await kit.target.check(requestOf('first', settings));
      await kit.target.dispose();
      return items.map(({ detail }) => detail);
    };
    expect({
      away: await words({ kubeconfig: away }),
      expired: await words({ kubeconfig: expired }),
      context: await words({ context: 'elsewhere' }),
      file: await words({ kubeconfig: join(folder, 'none') }),
      namespace: (await words({ namespace: 'nowhere' })).slice(1),
    }).toEqual({
      away: [
        `The cluster of context “it” (https://127.0.0.1:${free}) cannot be reached: connect ECONNREFUSED 127.0.0.1:${free}. Check that it runs, the VPN, or choose another context.`,
      ],
      expired: [
        'The cluster of context “it” does not know who is asking: the sign-in is missing or has expired. Sign in again, then retry.',
      ],
      context: [
        expect.stringMatching(
          /^The kubeconfig \S+ has no context “elsewhere”\. It has: .+\. Choose one under “context”\.$/,
        ),
      ],
      file: [
        `The kubeconfig ${join(folder, 'none')} cannot be read. Choose another file under “kubeconfig”.`,
      ],
      namespace: [
        expect.stringMatching(
          /^There is no namespace “nowhere”\. Choose another, or make it: kubectl --context \S+ create namespace nowhere$/,
        ),
      ],
    });
  });
});
