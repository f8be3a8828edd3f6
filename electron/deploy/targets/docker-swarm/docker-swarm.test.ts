/** The Swarm target on a real engine that is made a swarm for the test. */
import { resolve } from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeploymentId } from '../../../../shared/base/ids';
import type { DeployPlan, TargetCheck } from '../../../../shared/deploy';
import { type ConnectedEngine, connectEngine } from '../../../engine';
import { kitRequest, openKit } from '../../testing/kit-desk';
import { targetKit } from '../../testing/target-kit';
import {
  BROKEN_SAYS,
  keepToyLayers,
  removeToyImages,
  TOYS,
  toyImageLines,
  toyImages,
  whyNoDocker,
} from '../../testing/toy-images';
import { dropUnused } from '../docker/images';
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
const driver = (readyMs?: number) =>
  dockerSwarmDriver({
    ...{ images: toyImages(docker, TOY_IMAGES), resources },
    ...(readyMs ? { readyMs } : {}),
  });

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
    ...(await toyImageLines(docker, TOY_IMAGES)),
  ].sort();
}

describe.skipIf(why !== null)(`Docker Swarm${why ? ` (skipped: ${why})` : ''}`, () => {
  beforeAll(async () => {
    engine = await connectEngine();
    ({ docker } = engine);
    // A run before this one may have been killed.
    await docker.swarmLeave({ force: true }).catch(() => undefined);
    await docker.swarmInit({ ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1' });
    await keepToyLayers(docker, TOY_IMAGES);
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
    const log = desk.follow(key);
    await fetch(`${url}/predict`, { method: 'POST', body: '{}' });
    await expect
      .poll(() => log.texts, { timeout: 10_000 })
      .toEqual(['serving first', 'predicting']);
    await log.end();
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

  it('gives a secret that a person made in the swarm, and refuses one that is not there', async () => {
    const desk = await openKit(driver());
    const before = await inventory();
    const secrets = { TOKEN: 'there:their-token' };
    const request = kitRequest('service', 'first', { secrets, options: HOST });
    const sentence =
      'The swarm has no secret their-token, which TOKEN is to come from. Make it on a manager, or name another.';
    const check = await desk.target.check(request);
    expect([check.isReady, detailOf(check, 'Secrets')]).toEqual([false, sentence]);
    await expect(desk.target.plan(request)).rejects.toMatchObject({
      error: {
        message: sentence,
        nextSteps: [{ shell: 'docker secret create their-token -' }],
      },
    });
    expect(await inventory()).toEqual(before);

    const Data = Buffer.from('made by hand').toString('base64');
    const theirs = await docker.createSecret({ Name: 'their-token', Data });
    expect((await desk.target.check(request)).isReady).toBe(true);
    const { key, url } = await desk.apply(await desk.target.plan(request));
    const healthz = () => fetch(`${url}/healthz`).then((answer) => answer.json());
    expect(await healthz()).toMatchObject({ secret: 'made by hand'.length });
    await desk.target.command(key, 'restart', desk.task);
    expect(await healthz()).toMatchObject({ secret: 'made by hand'.length });
    await desk.close(key);
    expect(await inventory()).toEqual([...before, 'secret their-token'].sort());
    await docker.getSecret(theirs.id).remove();
  });

  it('refuses a name and a port that are taken, and a size that no node has', async () => {
    const desk = await openKit(driver());
    const before = await inventory();
    const stranger = await docker.createService(strangerAt('kit-desk', 31_111));
    const request = kitRequest('service', 'first', {
      port: 31_111,
      resources: { vcpu: 1000, memoryGib: 1 },
    });
    const check = await desk.target.check(request);
    expect(check.isReady).toBe(false);
    expect([detailOf(check, 'Name'), detailOf(check, 'Size')]).toEqual([
      'The swarm has a service kit-desk already that Slipway did not make. Choose another name for the deployment.',
      expect.stringMatching(/1000 cores and 1 GiB, which no node of the swarm has \(\d+ cores, /),
    ]);
    const other = kitRequest('service', 'first', { name: DeploymentId('kit-two'), port: 31_111 });
    expect(detailOf(await desk.target.check(other), 'Port')).toBe(
      'Port 31111 is published by the service kit-desk. Choose another, or let a free one be found.',
    );
    // Whoever came between the check and the apply is told of in the same words.
    const small = kitRequest('service', 'first', { options: HOST });
    const plans = [await desk.target.plan(small), await desk.target.plan(other)];
    const failures: unknown[] = [];
    for (const plan of plans) failures.push(await desk.apply(plan).catch((thrown) => thrown.error));
    expect(failures).toMatchObject([
      {
        kind: 'conflict',
        message: expect.stringMatching(/did not make; .* Choose another name .* or remove it\./),
      },
      {
        kind: 'port-in-use',
        message: expect.stringMatching(/^Port 31111 is used by .* Choose another.* or remove it\./),
      },
    ]);
    for (const plan of plans) {
      expect(await desk.target.remove(desk.keyOf(plan), desk.task)).toEqual([]);
    }
    expect(await inventory()).toEqual([...before, 'service kit-desk'].sort());
    await docker.getService(stranger.id).remove();

    const secrets = { TOKEN: 'file:/etc/hostname' };
    const made = kitRequest('service', 'first', { secrets, options: HOST });
    const Data = Buffer.from('theirs').toString('base64');
    for (const taken of [
      await docker
        .createConfig({ Name: 'kit-desk-r1', Data })
        .then(({ id }) => docker.getConfig(id)),
      await docker
        .createSecret({ Name: 'kit-desk-r1-TOKEN', Data })
        .then(({ id }) => docker.getSecret(id)),
    ]) {
      const plan = await desk.target.plan(made);
      await expect(desk.apply(plan)).rejects.toMatchObject({ error: { kind: 'conflict' } });
      expect(await desk.target.remove(desk.keyOf(plan), desk.task)).toEqual([]);
      await taken.remove();
    }
    await desk.close(desk.keyOf(plans[0] as DeployPlan));
    expect(await inventory()).toEqual(before);
  });

  it('says that a node has not the image', async () => {
    const images = { ...toyImages(docker, TOY_IMAGES), ensure: async () => undefined };
    const desk = await openKit(dockerSwarmDriver({ images, resources }));
    const plan = await desk.target.plan(kitRequest('service', 'second', { options: HOST }));
    await expect(desk.apply(plan)).rejects.toThrow(
      /finds no image slipway-kit-swarm:second on the node .* by docker save and docker load/,
    );
    await desk.close(desk.keyOf(plan));
  });

  it('says that it never got ready, with its last words', async () => {
    const desk = await openKit(driver(5000));
    const environment = { TOY_READY: 'never' };
    const plan = await desk.target.plan(
      kitRequest('service', 'first', { environment, options: HOST }),
    );
    await expect(desk.apply(plan)).rejects.toThrow(
      /revision 1 was not ready within 5 s\. Its last words: serving first What stands: .*remove it/,
    );
    await desk.close(desk.keyOf(plan));
  });

  it('runs a job when told, with its parameters, and remembers how it ended', async () => {
    const desk = await openKit(driver());
    const request = kitRequest('job', 'first', { parameters: { rate: '0.5' } });
    const { key } = await desk.apply(await desk.target.plan(request));
    expect((await desk.target.observe(key)).state?.status).toBe('idle');
    // Nothing runs of it, and the swarm names the image all the same.
    await dropUnused(docker, `${TOY_IMAGES}:first`);
    expect(await toyImageLines(docker, TOY_IMAGES)).toContain(`image ${TOY_IMAGES}:first`);
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

const detailOf = ({ items }: TargetCheck, wanted: string): string | undefined =>
  items.find(({ label }) => label === wanted)?.detail;

const strangerAt = (Name: string, PublishedPort: number): Docker.CreateServiceOptions => ({
  ...{ Name, Mode: { Replicated: { Replicas: 0 } } },
  TaskTemplate: { ContainerSpec: { Image: 'nobody-starts-it' } },
  EndpointSpec: { Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort }] },
});

describe.skipIf(why !== null)('An engine without a swarm', () => {
  it('is refused with the command that makes one', async () => {
    await expect(openKit(driver())).rejects.toMatchObject({
      error: { kind: 'precondition', nextSteps: [{ shell: 'docker swarm init' }] },
    });
  });
});
