/** The repository of Artifact Registry and the images in it. One's own goes with the deployment; a shared one stays. */
import type { protos } from '@google-cloud/artifact-registry';
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { type Found, LABEL } from '../../../../shared/deploy';
import type { ResourceKind } from '../../resources/platform';
import type { ImageMaker } from '../target';
import { ask, askIfThere, askUnlessTaken } from './errors';
import { CALL, type Google } from './google';
import { DEPLOYMENT_LABEL, isOf, labelsOf, lastPart, ownRepository } from './names';
import { finish, until } from './waiting';

type IRepository = protos.google.devtools.artifactregistry.v1.IRepository;

const FORMAT = 'DOCKER' as const;
/** A shared repository says by a label of its own for whom it keeps images. */
const userLabel = (id: string): string => ownRepository(id);

/** Whose images it holds: of one deployment by the usual label, of others by theirs. */
function usersOf({ labels }: IRepository): string[] {
  const owner = labels?.[DEPLOYMENT_LABEL];
  const users = Object.entries(labels ?? {})
    .filter(([key, value]) => value === 'images' && key.startsWith('slipway-'))
    .map(([key]) => key.slice('slipway-'.length));
  return owner === undefined ? users : [owner];
}

async function repositoriesOf(google: Google, id: DeploymentId): Promise<IRepository[]> {
  const [all] = await ask({ doing: 'listing the repositories' }, () =>
    google.registry.listRepositories({ parent: google.parent }, CALL),
  );
  return all.filter((each) => usersOf(each).includes(id));
}

/** One of the deployment's own, as it is made. */
export const repositoryFrom = (id: DeploymentId) => ({
  format: FORMAT,
  labels: labelsOf(id),
  description: `Images of ${id}`,
});

export function repositoryKind(google: Google): ResourceKind {
  const nameOf = (short: string) => `${google.parent}/repositories/${short}`;
  const read = (short: string) =>
    askIfThere({ doing: `reading the repository ${short}` }, async () => {
      const [there] = await google.registry.getRepository({ name: nameOf(short) }, CALL);
      return there;
    });
  const setLabels = (there: IRepository, labels: Record<string, string>) =>
    ask({ doing: `labelling the repository ${lastPart(there.name)}` }, () =>
      google.registry.updateRepository(
        { repository: { name: there.name, labels }, updateMask: { paths: ['labels'] } },
        CALL,
      ),
    );
  return {
    kind: 'repository',
    list: async (id) => {
      if (id === null) return [];
      return (await repositoriesOf(google, id)).map((each) => foundRepository(each, id));
    },
    create: async ({ name: wanted }, { task }) => {
      const { short, id } = parts(wanted);
      const doing = `making the repository ${short}`;
      const there = await read(short);
      if (there && short !== ownRepository(id)) {
        await setLabels(there, { ...there.labels, [userLabel(id)]: 'images' });
        return;
      }
      if (short !== ownRepository(id)) missing(google, short);
      const repository = repositoryFrom(id);
      await askUnlessTaken({ doing }, async () => {
        const request = { parent: google.parent, repositoryId: short, repository };
        const [operation] = await google.registry.createRepository(request, CALL);
        await finish(google, 'artifactregistry', operation.name, { doing, task, seconds: 120 });
      });
      // Made is not yet seen.
      const made = await until(google, { doing, task, seconds: 60 }, () => read(short));
      if (!isOf(made.labels, id)) taken(short);
    },
    update: async ({ name: wanted }) => {
      const { short, id } = parts(wanted);
      const there = await read(short);
      if (there) await setLabels(there, { ...there.labels, ...labelsOf(id) });
    },
    remove: async (wanted, task) => {
      const { short, id } = parts(wanted);
      const there = await read(short);
      if (!there) return;
      if (short !== ownRepository(id)) {
        const { [userLabel(id)]: _, ...labels } = there.labels ?? {};
        await setLabels(there, labels);
        return;
      }
      const doing = `removing the repository ${short}`;
      await askIfThere({ doing }, async () => {
        const [operation] = await google.registry.deleteRepository({ name: nameOf(short) }, CALL);
        await finish(google, 'artifactregistry', operation.name, { doing, task, seconds: 120 });
      });
    },
  };
}

/** A shared repository stands for several deployments: its use by one is the resource. */
export const repositoryResource = (repository: string, id: DeploymentId): string =>
  `${repository === '' ? ownRepository(id) : repository}/${id}`;

function parts(wanted: string): { short: string; id: DeploymentId } {
  const [short = '', id = ''] = wanted.split('/');
  return { short, id: id as DeploymentId };
}

const foundRepository = (each: IRepository, id: DeploymentId): Found => ({
  kind: 'repository',
  name: repositoryResource(lastPart(each.name), id),
  spec: { format: String(each.format) },
  labels: { [LABEL.deployment]: id },
});

function missing(google: Google, short: string): never {
  return fail(
    'not-found',
    `There is no repository ${short} in ${google.region}. Make it, or leave the field empty for one of the deployment’s own.`,
    {
      nextSteps: [
        {
          label: 'Make it',
          shell: `gcloud artifacts repositories create ${short} --repository-format=docker --location=${google.region}`,
        },
      ],
    },
  );
}

function taken(short: string): never {
  return fail(
    'conflict',
    `A repository named ${short} is there already and is not Slipway’s. Choose another name for the deployment, or remove it.`,
  );
}

interface ImagePlace {
  readonly repository: string;
  readonly path: string;
  readonly digest: string;
  readonly tags: readonly string[];
}

export function imageKind(google: Google, images: ImageMaker): ResourceKind {
  const listIn = async (repository: IRepository): Promise<ImagePlace[]> => {
    const all = await askIfThere({ doing: 'listing the images' }, async () => {
      const [found] = await google.registry.listDockerImages({ parent: repository.name }, CALL);
      return found;
    });
    return (all ?? []).map((each) => placeOf(repository, each.uri ?? '', each.tags ?? []));
  };
  const all = async (id: DeploymentId): Promise<ImagePlace[]> => {
    const lists = await Promise.all((await repositoriesOf(google, id)).map(listIn));
    return lists.flat().filter((each) => isOwnImage(each, id));
  };
  const referencesOf = ({ repository, path, tags }: ImagePlace) =>
    tags.map(
      (tag) =>
        `${google.region}-docker.pkg.dev/${google.project}/${lastPart(repository)}/${path}:${tag}`,
    );
  return {
    kind: 'image',
    list: async (id) => {
      if (id === null) return [];
      return (await all(id)).flatMap((each) =>
        referencesOf(each).map((reference) => foundImage(reference, id)),
      );
    },
    create: async ({ name }, { package: made, task }) => {
      if (!made)
        fail(
          'not-found',
          `The image ${name} is not in the registry any more. Deploy its package again.`,
        );
      task.progress(null, `Pushing ${name}`);
      const password = await google.accessToken();
      await images.push(made, name, task, { username: 'oauth2accesstoken', password });
    },
    update: async () => undefined,
    remove: async (name, task) => {
      const there = await all(ownerOf(name));
      const hit = there.find((each) => referencesOf(each).includes(name));
      if (!hit) return;
      const isLast = there.filter(({ path }) => path === hit.path).length === 1;
      const parent = `${hit.repository}/packages/${encodeURIComponent(hit.path)}`;
      const doing = `removing the image ${name}`;
      await askIfThere({ doing }, async () => {
        const [operation] = isLast
          ? await google.registry.deletePackage({ name: parent }, CALL)
          : await google.registry.deleteVersion(
              { name: `${parent}/versions/${hit.digest}`, force: true },
              CALL,
            );
        await finish(google, 'artifactregistry', operation.name, { doing, task, seconds: 120 });
      });
    },
  };
}

function placeOf({ name }: IRepository, uri: string, tags: readonly string[]): ImagePlace {
  const [reference = '', digest = ''] = uri.split('@');
  return { repository: name ?? '', path: reference.split('/').slice(3).join('/'), digest, tags };
}

/** After host and project comes a repository of one's own, or a shared one and in it a folder of one's own. */
function ownerOf(reference: string): DeploymentId {
  const [repository = '', folder = ''] = reference.split('/').slice(2, -1);
  const own = folder.startsWith('slipway-') ? folder : repository;
  return own.replace('slipway-', '') as DeploymentId;
}

const isOwnImage = ({ repository, path }: ImagePlace, id: string): boolean =>
  lastPart(repository) === ownRepository(id) || path.startsWith(`${ownRepository(id)}/`);

const foundImage = (reference: string, id: DeploymentId): Found => ({
  kind: 'image',
  name: reference,
  spec: { reference },
  labels: { [LABEL.deployment]: id },
});
