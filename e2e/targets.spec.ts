/** trees.ipynb, which nobody here wrote, from the window to engines: here, on another host by ssh, in a swarm. */
import { testEngine } from '../electron/deploy/testing/engine-work';
import { type SshHost, startSshHost, whyNoSshHost } from '../electron/engine/testing/ssh-host';
import { runByCommands } from './commands';
import { expect } from './fixtures';
import { askNotebook } from './oracle';
import { serveByKeys } from './road-by-keys';
import { serveAt } from './roads';
import { answered as answeredAt, images, standing } from './standing';
import { bringTrees, MODEL, openTrees, ROWS, test, whyNotHere } from './trees';

const ownEngine = process.env.DOCKER_HOST;

// Said of the whole file: else the first test would package the notebook before it is skipped.
const why = whyNotHere();
test.skip(why !== null, why ?? '');

test.describe('trees.ipynb to an engine', () => {
  const docker = testEngine();
  const all = async () => [...(await standing(docker)), ...(await images(docker))];
  const answered = (since: number) => answeredAt(docker, since);
  let before: string[] = [];
  let host: SshHost | null = null;

  const isAsBefore = () => expect.poll(all, { timeout: 30_000 }).toEqual(before);

  test.beforeEach(async ({ desk, trees }) => {
    test.setTimeout(900_000);
    before = await all();
    bringTrees(trees, desk);
  });
  test.afterEach(async () => {
    delete process.env.SLIPWAY_SSH_CONFIG;
    if (ownEngine !== undefined) process.env.DOCKER_HOST = ownEngine;
    await host?.stop();
    host = null;
  });

  test('here, by keys alone, then a job by commands', async ({ studio, desk }) => {
    const path = await openTrees(studio, desk.folder);
    const truth = askNotebook(path, MODEL, ROWS);
    await serveByKeys(studio, truth, answered);
    await isAsBefore();
    const road = { target: 'docker', options: {}, choices: {} } as const;
    await runByCommands(desk, road);
    await isAsBefore();
  });

  test('on another host, by ssh', async ({ launch, desk }) => {
    const noHost = whyNoSshHost();
    test.skip(noHost !== null, noHost ?? '');
    host = await startSshHost(process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock');
    process.env.SLIPWAY_SSH_CONFIG = host.config;
    // On the computer of the window no engine answers: all goes by ssh.
    process.env.DOCKER_HOST = 'unix:///nowhere/docker.sock';
    const { studio } = await launch();
    const path = await openTrees(studio, desk.folder);
    await serveAt(studio, path, {
      target: 'docker',
      options: { engine: host.address },
      choices: {},
      answered,
    });
    await isAsBefore();
  });

  test('in a swarm', async ({ studio, desk }) => {
    test.skip(!process.env.DOCKER_HOST, 'the engine here is not ours to make a swarm of');
    await docker.swarmLeave({ force: true }).catch(() => undefined);
    await docker.swarmInit({ ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1' });
    try {
      const path = await openTrees(studio, desk.folder);
      await serveAt(studio, path, {
        target: 'docker-swarm',
        options: {},
        choices: { publish: 'host' },
        answered,
      });
      // Before the swarm is left: all that is in it would go with it.
      await isAsBefore();
    } finally {
      await docker.swarmLeave({ force: true });
    }
  });
});
