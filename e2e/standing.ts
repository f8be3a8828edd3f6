/** What of trees.ipynb stands on the tests' engine, and which revision of it answers. */
import type Docker from 'dockerode';
import { PROJECT } from '../electron/build/labels';

export const NAME = 'trees';
/** A variable of the environment that each revision of a road has with another value. */
export const MARK = 'SLIPWAY_E2E';

/** Of these tests: others may use the engine at the same time. */
export async function standing(docker: Docker): Promise<string[]> {
  const [containers, { Volumes }, networks, inSwarm] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listVolumes(),
    docker.listNetworks(),
    standingInSwarm(docker),
  ]);
  return [
    ...containers.map(({ Names, Image }) => `container ${Names.join()} of ${Image}`),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...inSwarm,
  ]
    .filter((each) => each.includes(NAME))
    .sort();
}

async function standingInSwarm(docker: Docker): Promise<string[]> {
  const { Swarm } = (await docker.info()) as { Swarm?: { ControlAvailable?: boolean } };
  if (!Swarm?.ControlAvailable) return [];
  const [services, configs, secrets] = await Promise.all([
    docker.listServices(),
    docker.listConfigs(),
    docker.listSecrets(),
  ]);
  return [
    ...services.map(({ Spec }) => `service ${Spec?.Name}`),
    ...configs.map(({ Spec }) => `config ${Spec?.Name}`),
    ...secrets.map(({ Spec }) => `secret ${Spec?.Name}`),
  ];
}

/** The images of the package, by every name they have. */
export async function images(docker: Docker): Promise<string[]> {
  const all = await docker.listImages({ filters: { label: [`${PROJECT}=${NAME}`] } });
  return all
    .flatMap(({ Id, RepoTags }) => {
      const names = (RepoTags ?? []).filter((name) => name !== '<none>:<none>');
      return names.length > 0 ? names : [Id];
    })
    .sort();
}

/** What a test that was broken off has left would be there before and not after. */
export async function dropImages(docker: Docker): Promise<void> {
  for (const name of await images(docker)) {
    await docker
      .getImage(name)
      .remove({ force: true })
      .catch(() => undefined);
  }
}

/** The marks of the revisions that were asked for a prediction since then: each container tells of it in its log. */
export async function answered(docker: Docker, since: number): Promise<string[]> {
  const containers = await docker.listContainers({ filters: { label: [`${PROJECT}=${NAME}`] } });
  const marks = await Promise.all(
    containers.map(async ({ Id }) => {
      const container = docker.getContainer(Id);
      const log = await container.logs({ stdout: true, stderr: true, since: since / 1000 });
      return log.includes('/predict') ? markOf((await container.inspect()).Config.Env) : null;
    }),
  );
  return marks.filter((mark) => mark !== null);
}

const markOf = (environment: readonly string[]): string =>
  environment.find((each) => each.startsWith(`${MARK}=`))?.slice(MARK.length + 1) ?? '';
