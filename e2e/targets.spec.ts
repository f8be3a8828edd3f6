/** trees.ipynb, which nobody here wrote, from the window to engines: here, on another host by ssh, in a swarm. */
import type Docker from 'dockerode';
import { type SshHost, startSshHost, whyNoSshHost } from '../electron/engine/testing/ssh-host';
import { expect, sharedNotebook } from './fixtures';
import { serveAt } from './roads';
import { bringTrees, engine, noEngine, openTrees, standing, test } from './trees';

const ownEngine = process.env.DOCKER_HOST;

test.describe('trees.ipynb to an engine', () => {
  let docker: Docker;
  let before: string[] = [];
  let host: SshHost | null = null;

  test.beforeEach(async ({ desk, trees }) => {
    test.skip(noEngine() !== null, noEngine() ?? '');
    test.skip(sharedNotebook('trees.ipynb') === null, 'the folder ../shared is not here');
    test.setTimeout(900_000);
    docker = engine();
    before = await standing(docker);
    bringTrees(trees, desk);
  });
  test.afterEach(async () => {
    delete process.env.SLIPWAY_SSH_CONFIG;
    if (ownEngine !== undefined) process.env.DOCKER_HOST = ownEngine;
    await host?.stop();
    host = null;
    if (noEngine() === null) expect(await standing(docker)).toEqual(before);
  });

  test('here', async ({ studio, desk }) => {
    const path = await openTrees(studio, desk.folder);
    await serveAt(studio, path, { target: 'docker', options: {}, choices: {} });
  });

  test('on another host, by ssh', async ({ launch, desk }) => {
    const why = whyNoSshHost();
    test.skip(why !== null, why ?? '');
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
    });
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
      });
    } finally {
      await docker.swarmLeave({ force: true });
    }
  });
});
