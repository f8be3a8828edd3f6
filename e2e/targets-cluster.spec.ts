/**
 * trees.ipynb from the window to a cluster: as a service, as a job by the clock, and on Argo with one pod a step. Run
 * with the cluster's own tests, last: it is built while the others run.
 */

import { testEngine } from '../electron/deploy/testing/engine-work';
import { readyForArgo, whyNoArgo } from '../electron/deploy/testing/test-argo';
import {
  openTestCluster,
  type TestCluster,
  whyNoCluster,
} from '../electron/deploy/testing/test-cluster';
import { type Registry, startRegistry, whyNoRegistry } from '../electron/engine/testing/registry';
import { everything, ranAs, ranStepByStep, running } from './cluster-standing';
import { expect } from './fixtures';
import { lastLineOf } from './oracle';
import { askSlipway } from './packaged';
import { scheduleAt, serveAt } from './roads';
import { images } from './standing';
import { bringTrees, MODEL, openTrees, ROWS, test, whyNotHere } from './trees';

/** A job answers nobody: what its model says is printed. */
test.use({ lastCell: `print('answers', ${MODEL}.predict(${ROWS}[:20]).tolist())` });

// Said of the whole file: else the first test would package the notebook before it is skipped.
const why = whyNotHere() ?? whyNoCluster() ?? whyNoRegistry();
test.skip(why !== null, why ?? '');

test.describe('trees.ipynb to a cluster @cluster', () => {
  const docker = testEngine();
  let cluster: TestCluster;
  let registry: Registry | null = null;
  let before: string[] = [];

  test.beforeEach(async ({ desk, trees }) => {
    test.setTimeout(900_000);
    cluster = await openTestCluster('e2e');
    // One for all: the layers are pushed once.
    registry ??= await startRegistry();
    bringTrees(trees, desk);
  });
  test.afterEach(() => cluster?.close());
  /** What was built and pushed is kept on the desk until it is cleaned up. */
  test.afterAll(async ({ trees }) => {
    await registry?.stop();
    await askSlipway(trees.home, trees.folder, 'images', '--clean');
    expect(await images(docker)).toEqual([]);
  });

  const filled = () => ({
    options: {
      kubeconfig: cluster.kubeconfig,
      namespace: cluster.namespace,
      registry: `${registry?.host}/team`,
    },
    choices: {},
  });
  const standing = () => everything(cluster);
  const isAsBefore = async () => {
    await expect.poll(standing, { timeout: 60_000 }).toEqual(before);
    // Of the desk, not of the cluster: it stays until it is cleaned up.
    expect(await images(docker)).not.toEqual([]);
  };

  test('as a service', async ({ studio, desk }) => {
    before = await standing();
    const path = await openTrees(studio, desk.folder);
    const answered = () => running(cluster);
    const road = { target: 'kubernetes', ...filled(), answered } as const;
    await serveAt(studio, path, { ...road, exports: 'base/kustomization.yaml' });
    await isAsBefore();
  });

  test('as a cron job', async ({ studio, desk }) => {
    before = await standing();
    const path = await openTrees(studio, desk.folder);
    await scheduleAt(studio, {
      target: 'kubernetes',
      ...filled(),
      says: lastLineOf(path),
      looksAtRun: async (mark) => {
        expect(await ranAs(cluster, mark)).toHaveLength(1);
      },
    });
    await isAsBefore();
  });

  test('on Argo, one pod a step', async ({ studio, desk }) => {
    const why = await whyNoArgo();
    test.skip(why !== null, why ?? '');
    await readyForArgo(cluster);
    before = await standing();
    const path = await openTrees(studio, desk.folder);
    await scheduleAt(studio, {
      target: 'argo-workflows',
      ...filled(),
      says: lastLineOf(path),
      looksAtRun: (mark) => ranStepByStep(cluster, mark, desk.folder),
    });
    await isAsBefore();
  });
});
