/** The Swarm target on a real engine that is made a swarm for the test. */
import { resolve } from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectedEngine, connectEngine } from '../../../engine';
import { kitRequest, openKit } from '../../testing/kit-desk';
import { targetKit } from '../../testing/target-kit';
import {
  BROKEN_SAYS,
  removeToyImages,
  TOYS,
  toyImages,
  whyNoDocker,
} from '../../testing/toy-images';
import { dockerSwarmDriver } from './index';

/** Only an engine that was started for the tests is made a swarm: it would change a person’s own. */
const why =
  whyNoDocker() ??
  (process.env.DOCKER_HOST ? null : 'the engine here is not ours to make a swarm of');
const resources = resolve(import.meta.dirname, '..', '..', '..', '..', 'resources');

const TOY_IMAGES = 'slipway-kit-swarm';

let engine: ConnectedEngine;
let docker: Docker;
/** The routing mesh needs IPVS of the kernel, which a container that runs the tests seldom has. */
const HOST = { publish: 'host' };
const driver = () => dockerSwarmDriver({ images: toyImages(docker, TOY_IMAGES), resources });

async function inventory(): Promise<string[]> {
  const services = (await docker.listServices()) as { Spec: { Name: string } }[];
  const configs = await docker.listConfigs();
  const secrets = await docker.listSecrets();
  const { Volumes } = await docker.listVolumes();
  return [
    ...services.map(({ Spec }) => `service ${Spec.Name}`),
    ...configs.map(({ Spec }) => `config ${Spec?.Name}`),
    ...secrets.map(({ Spec }) => `secret ${Spec?.Name}`),
    ...(Volumes ?? [])
      .filter(({ Name }) => Name.startsWith('slipway-swarm-kit-'))
      .map(({ Name }) => `volume ${Name}`),
  ].sort();
}

describe.skipIf(why !== null)(`Docker Swarm${why ? ` (skipped: ${why})` : ''}`, () => {
  beforeAll(async () => {
    engine = await connectEngine();
    ({ docker } = engine);
    // A run before this one may have been killed.
    await docker.swarmLeave({ force: true }).catch(() => undefined);
    await docker.swarmInit({ ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1' });
  });
  afterAll(async () => {
    await docker.swarmLeave({ force: true });
    await removeToyImages(docker, TOY_IMAGES);
    engine.close();
  });

  for (const mode of ['service', 'scheduled'] as const) {
    targetKit(`Swarm, ${mode}`, () => ({
      driver,
      options: HOST,
      mode,
      packages: TOYS,
      brokenSays: mode === 'service' ? BROKEN_SAYS : null,
      inventory,
      tamper: async (id) => {
        const service = docker.getService(id);
        const { Spec, Version } = (await service.inspect()) as {
          Spec: { TaskTemplate: { ContainerSpec: object } };
          Version: { Index: number };
        };
        const ContainerSpec = { ...Spec.TaskTemplate.ContainerSpec, Env: ['GREETING=by hand'] };
        const TaskTemplate = { ...Spec.TaskTemplate, ContainerSpec };
        await service.update({ ...Spec, TaskTemplate, version: Version.Index });
      },
    }));
  }

  it('serves with its environment and its secret; stops and starts', async () => {
    process.env.SLIPWAY_KIT_TOKEN = 'planted-secret';
    const desk = await openKit(driver());
    const plan = await desk.target.plan(
      kitRequest('service', 'first', {
        environment: { GREETING: 'good day' },
        secrets: { TOKEN: 'env:SLIPWAY_KIT_TOKEN' },
        options: HOST,
      }),
    );
    const { key, url } = await desk.apply(plan);
    expect(JSON.stringify([plan, desk.said])).not.toContain('planted-secret');
    const healthz = async () =>
      fetch(`${url}/healthz`).then(
        (answer) => answer.json(),
        () => null,
      );
    const secret = 'planted-secret'.length;
    expect(await healthz()).toEqual({ ok: true, greeting: 'good day', secret });
    // Another revision of the same image: done is when the one before no longer answers.
    const changed = kitRequest('service', 'first', {
      environment: { GREETING: 'good night' },
      secrets: { TOKEN: 'env:SLIPWAY_KIT_TOKEN' },
      options: HOST,
    });
    expect((await desk.apply(await desk.target.plan(changed))).revision).toBe(2);
    expect(await healthz()).toEqual({ ok: true, greeting: 'good night', secret });
    expect((await desk.target.observe(key)).state?.detail).toBe('1 of 1 are up.');
    await desk.target.command(key, 'stop', desk.task);
    expect((await desk.target.observe(key)).record.wanted).toBe('stopped');
    await desk.target.command(key, 'start', desk.task);
    expect(await healthz()).toMatchObject({ ok: true });
    await desk.close(key);
  });

  it('runs a job when told, with its parameters, and remembers how it ended', async () => {
    const desk = await openKit(driver());
    const request = kitRequest('job', 'first', { parameters: { rate: '0.5' } });
    const { key } = await desk.apply(await desk.target.plan(request));
    expect((await desk.target.observe(key)).state?.status).toBe('idle');
    await desk.target.command(key, 'run', desk.task);
    const ended = await desk.until(key, ({ state }) => state?.runs[0]?.endedAt != null);
    expect(ended.state?.runs).toMatchObject([{ state: 'succeeded', trigger: 'person' }]);
    const lines = await desk.target.readLogs(key, { tail: 5 });
    expect(lines.map(({ text }) => text)).toEqual(['the job of first --rate=0.5']);
    await desk.close(key);
  });

  it('says when the swarm has no room for as many', async () => {
    const desk = await openKit(driver());
    const request = kitRequest('service', 'first', { replicas: 2, options: HOST });
    const plan = await desk.target.plan(request);
    await expect(desk.apply(plan)).rejects.toThrow(/fits on no node of the swarm: .*port/);
    await desk.close(desk.keyOf(plan));
  });
});

describe.skipIf(why !== null)('An engine without a swarm', () => {
  it('is refused with the command that makes one', async () => {
    await expect(openKit(driver())).rejects.toMatchObject({
      error: { kind: 'precondition', nextSteps: [{ shell: 'docker swarm init' }] },
    });
  });
});
