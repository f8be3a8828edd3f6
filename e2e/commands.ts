/** The road of a service without the window, by the command line, with the package that a road before it left. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { z } from 'zod';
import { dataPython } from '../electron/package/test-python';
import type { Desk } from './fixtures';
import type { Truth } from './oracle';
import { askSlipway } from './packaged';
import type { Answered, Road } from './roads';
import { MARK, NAME } from './standing';
import { MODEL } from './trees';

interface CommandRoad extends Road {
  readonly answered: Answered;
  readonly truth: Truth;
  /** A file of the export for other tools. */
  readonly exports: string;
}

/** Deployed twice, read, rolled back, stopped, started, exported, removed. Answers all that was printed. */
export async function takeRoadByCommands(desk: Desk, road: CommandRoad): Promise<string[]> {
  const { rows, predictions } = road.truth;
  const { ask, printed } = commandsAt(desk);
  const answers = async (mark: string) => {
    const since = Date.now();
    expect(await ask('predict', NAME, JSON.stringify({ rows }))).toMatchObject({
      status: 200,
      body: { predictions },
    });
    await expect.poll(() => road.answered(since)).toEqual([mark]);
  };
  const asService = [...roadOptions(road), '--mode', 'service'];
  const deploy = async (revision: number, mark: string) =>
    expect(await ask('deploy', ...asService, '--env', `${MARK}=${mark}`, '--yes')).toMatchObject({
      deployed: { deploymentId: NAME, revision },
    });

  expect(await ask('estimate', ...asService)).toMatchObject({
    estimate: {
      targets: expect.arrayContaining([expect.objectContaining({ targetId: road.target })]),
    },
  });
  await deploy(1, 'first');
  await answers('first');
  const { changes } = planSchema.parse(await ask('plan', ...asService, '--env', `${MARK}=first`));
  expect(new Set(changes.map(({ kind }) => kind))).toEqual(new Set(['keep']));
  await deploy(2, 'second');
  await answers('second');
  expect(await ask('logs', NAME)).toContainEqual(
    expect.objectContaining({ text: expect.any(String) }),
  );
  expect(await ask('rollback', NAME)).toMatchObject({ revision: 1 });
  await answers('first');
  const out = join(desk.folder, 'exported');
  await ask('export', ...asService, '--out', out);
  expect(existsSync(join(out, road.exports))).toBe(true);
  await stopAndStart(ask);
  await ask('remove', NAME);
  expect(await listed(ask)).toEqual([]);
  return printed;
}

/** A job that is run when told, on an engine. */
export async function runByCommands(desk: Desk, road: Road): Promise<void> {
  const { ask } = commandsAt(desk);
  await ask('deploy', ...roadOptions(road), '--mode', 'job', '--yes');
  await ask('run-now', NAME);
  await expect
    .poll(() => listed(ask), { timeout: 120_000 })
    .toMatchObject([{ mode: 'job', runs: [{ state: 'succeeded', trigger: 'person' }] }]);
  expect(await ask('images')).toMatchObject({
    images: expect.arrayContaining([expect.objectContaining({ project: NAME, isInUse: true })]),
  });
  await ask('remove', NAME);
}

type Ask = (...args: string[]) => Promise<unknown>;

async function stopAndStart(ask: Ask): Promise<void> {
  const becomes = async (verb: string, status: string) => {
    await ask(verb, NAME);
    await expect.poll(() => listed(ask), { timeout: 60_000 }).toMatchObject([{ status }]);
  };
  await becomes('stop', 'stopped');
  await becomes('start', 'running');
  await becomes('restart', 'running');
}

function commandsAt(desk: Desk): { ask: Ask; printed: string[] } {
  const printed: string[] = [];
  const ask = async (...args: string[]) => {
    const answer = await askSlipway(desk.home, join(desk.folder, NAME), ...args);
    printed.push(JSON.stringify(answer));
    return answer;
  };
  return { ask, printed };
}

const roadOptions = ({ target, options, choices }: Road): string[] => [
  ...['trees.ipynb', '--environment', dataPython(), '--serve', MODEL, '--name', NAME],
  ...['--target', target],
  ...Object.entries({ ...options, ...choices }).flatMap(([key, value]) => [
    '--option',
    `${key}=${value}`,
  ]),
];

const planSchema = z.object({ changes: z.array(z.object({ kind: z.string() })) });
const listSchema = z.object({
  deployments: z.array(z.looseObject({ name: z.string() })),
  unreachable: z.array(z.unknown()).length(0),
});

/** Of these tests: others may use the engine at the same time. */
async function listed(ask: Ask) {
  const { deployments } = listSchema.parse(await ask('list'));
  return deployments.filter(({ name }) => name === NAME);
}
