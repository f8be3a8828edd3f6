/** What stands in all of a cluster, which revision of trees.ipynb answers there, and what a run of it on Argo left. */
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { z } from 'zod';
import { readSteps } from '../electron/deploy/targets/argo-workflows/steps';
import type { KubeObject } from '../electron/deploy/targets/kubernetes/cluster';
import { ARGO_LISTED } from '../electron/deploy/testing/test-argo';
import type { TestCluster } from '../electron/deploy/testing/test-cluster';
import { LISTED } from '../electron/deploy/testing/test-cluster';
import { LABEL } from '../shared/deploy';
import { MARK, NAME } from './standing';

const RIGHTS = '/apis/rbac.authorization.k8s.io/v1';
const ALL = [
  ...[...LISTED, '/api/v1/serviceaccounts', `${RIGHTS}/roles`, `${RIGHTS}/rolebindings`],
  ...['/api/v1/namespaces', `${RIGHTS}/clusterroles`, `${RIGHTS}/clusterrolebindings`],
];

/** Kind, namespace and name of each thing. Tests that run beside this one have namespaces of their own. */
export async function everything({ cluster, namespace }: TestCluster): Promise<string[]> {
  const isOfAnotherTest = (name = ''): boolean =>
    /^slipway-.+-\d+$/.test(name) && name !== namespace;
  const lists = await Promise.all(
    [...ALL, ...ARGO_LISTED].map(async (path) => {
      // A cluster without Argo has none of its kinds.
      const objects = await cluster.find<{ items: KubeObject[] }>(path);
      const kind = path.slice(path.lastIndexOf('/') + 1);
      return (objects?.items ?? [])
        .filter(({ metadata }) => !isOfAnotherTest(metadata.namespace ?? metadata.name))
        .map(({ metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    }),
  );
  return lists.flat().sort();
}

const podSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    creationTimestamp: z.string(),
    deletionTimestamp: z.string().optional(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({
    containers: z.array(
      z.looseObject({
        name: z.string(),
        envFrom: z
          .array(z.looseObject({ configMapRef: z.looseObject({ name: z.string() }).optional() }))
          .default([]),
      }),
    ),
  }),
  status: z.looseObject({ phase: z.string() }),
});
type Pod = z.infer<typeof podSchema>;

/** The revisions whose pods are there to answer. */
export async function running(test: TestCluster): Promise<string[]> {
  const pods = await podsOf(test, `${LABEL.deployment}=${NAME},!${LABEL.run}`);
  const alive = pods.filter(
    ({ status, metadata }) => status.phase === 'Running' && !metadata.deletionTimestamp,
  );
  return Promise.all(alive.map((pod) => markOf(test, pod)));
}

/** A run that is done: each of its pods has ended well, and was that revision's. */
export async function ranAs(test: TestCluster, mark: string): Promise<readonly Pod[]> {
  const pods = await podsOf(test, `${LABEL.deployment}=${NAME},${LABEL.run} notin (trial)`);
  const marks = await Promise.all(pods.map((pod) => markOf(test, pod)));
  expect(pods).not.toEqual([]);
  expect(pods.map(({ status }) => status.phase)).toEqual(pods.map(() => 'Succeeded'));
  expect(marks).toEqual(pods.map(() => mark));
  return pods;
}

async function podsOf({ cluster, path }: TestCluster, selector: string): Promise<Pod[]> {
  const pods = z.array(podSchema).parse(await cluster.list(path('/api/v1', 'pods'), selector));
  return pods.sort((one, other) =>
    one.metadata.creationTimestamp.localeCompare(other.metadata.creationTimestamp),
  );
}

async function markOf({ cluster, path }: TestCluster, pod: Pod): Promise<string> {
  const main = pod.spec.containers.find(({ name }) => name === 'main');
  const name = main?.envFrom[0]?.configMapRef?.name ?? '';
  const map = await cluster.find<{ data?: Record<string, string> }>(
    path('/api/v1', 'configmaps', name),
  );
  return map?.data?.[MARK] ?? '';
}

const s3Schema = z.looseObject({ endpoint: z.string(), bucket: z.string() });
const workflowSchema = z.looseObject({
  status: z.looseObject({
    artifactRepositoryRef: z.looseObject({ artifactRepository: z.looseObject({ s3: s3Schema }) }),
    nodes: z.record(
      z.string(),
      z.looseObject({
        type: z.string(),
        outputs: z
          .looseObject({
            artifacts: z
              .array(z.looseObject({ s3: z.looseObject({ key: z.string() }).optional() }))
              .default([]),
          })
          .optional(),
      }),
    ),
  }),
});

/** One pod for each step of the package, and each one's results as objects in the bucket. */
export async function ranStepByStep(
  test: TestCluster,
  mark: string,
  notebooks: string,
): Promise<void> {
  const folder = join(notebooks, NAME, `${NAME}_package`);
  const steps = await readSteps({ folder, name: NAME });
  expect(steps.length).toBeGreaterThan(1);
  const pods = await ranAs(test, mark);
  expect(pods.map(({ metadata }) => metadata.annotations['dev.slipway.step'])).toEqual(steps);

  const path = test.path('/apis/argoproj.io/v1alpha1', 'workflows');
  const [workflow, ...others] = z.array(workflowSchema).parse(await test.cluster.list(path));
  expect(others).toEqual([]);
  const { artifactRepositoryRef, nodes } = workflow?.status ?? { nodes: {} };
  const { endpoint, bucket } = s3Schema.parse(artifactRepositoryRef?.artifactRepository.s3);
  const written = Object.values(nodes)
    .filter(({ type }) => type === 'Pod')
    .map(({ outputs }) => outputs?.artifacts.flatMap(({ s3 }) => s3?.key ?? []) ?? []);
  expect(written).toHaveLength(steps.length);
  // The log of a container is an artifact too, where the repository keeps logs.
  for (const keys of written) expect(keys.length).toBeGreaterThanOrEqual(3);
  for (const key of written.flat()) {
    const { status, headers } = await fetch(`http://${endpoint}/${bucket}/${key}`, {
      method: 'HEAD',
    });
    expect([key, status, Number(headers.get('content-length')) > 0]).toEqual([key, 200, true]);
  }
}
