/**
 * trees.ipynb from the window to a cluster: as a service, as a job by the clock, and on Argo with one pod a step. Run
 * with the cluster's own tests, last: it is built while the others run.
 */
import { ARGO_LISTED, readyForArgo, whyNoArgo } from '../electron/deploy/testing/test-argo';
import {
  openTestCluster,
  type TestCluster,
  whyNoCluster,
} from '../electron/deploy/testing/test-cluster';
import { type Registry, startRegistry, whyNoRegistry } from '../electron/engine/testing/registry';
import { expect } from './fixtures';
import { lastLineOf } from './oracle';
import { scheduleAt, serveAt } from './roads';
import { bringTrees, MODEL, openTrees, ROWS, test, whyNotHere } from './trees';

/** A job answers nobody: what its model says is printed. */
test.use({ lastCell: `print('answers', ${MODEL}.predict(${ROWS}[:20]).tolist())` });

// Said of the whole file: else the first test would package the notebook before it is skipped.
const why = whyNotHere() ?? whyNoCluster() ?? whyNoRegistry();
test.skip(why !== null, why ?? '');

test.describe('trees.ipynb to a cluster @cluster', () => {
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
  test.afterAll(() => registry?.stop());

  const filled = () => ({
    options: {
      kubeconfig: cluster.kubeconfig,
      namespace: cluster.namespace,
      registry: `${registry?.host}/team`,
    },
    choices: {},
  });
  const standing = () => cluster.inventory(ARGO_LISTED);
  const isAsBefore = () => expect.poll(standing, { timeout: 60_000 }).toEqual(before);

  test('as a service', async ({ studio, desk }) => {
    before = await standing();
    const path = await openTrees(studio, desk.folder);
    await serveAt(studio, path, { target: 'kubernetes', ...filled() });
    await isAsBefore();
  });

  test('as a cron job', async ({ studio, desk }) => {
    before = await standing();
    const path = await openTrees(studio, desk.folder);
    await scheduleAt(studio, lastLineOf(path), { target: 'kubernetes', ...filled() });
    await isAsBefore();
  });

  test('on Argo, one pod a step', async ({ studio, desk }) => {
    const why = await whyNoArgo();
    test.skip(why !== null, why ?? '');
    await readyForArgo(cluster);
    before = await standing();
    const path = await openTrees(studio, desk.folder);
    await scheduleAt(studio, lastLineOf(path), { target: 'argo-workflows', ...filled() });
    await isAsBefore();
  });
});
