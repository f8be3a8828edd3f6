/** A repository of the deployment's own in ECR, and the images in it. */
import type { DeploymentId } from '../../../../../shared/base/ids';
import { fail } from '../../../../../shared/base/studio-error';
import { type Found, LABEL } from '../../../../../shared/deploy';
import type { ResourceKind } from '../../../resources/platform';
import type { RegistrySignIn } from '../../target';
import { orNone } from '../failures';
import {
  deploymentOf,
  given,
  type Here,
  kindOf,
  labelsFor,
  logGroupOf,
  orTaken,
  pages,
} from '../here';
import { fromTags, isOf, repositoryName, upperTags } from '../names';
import { REPOSITORY_TAG, readLogGroup } from './logs';

/** Which target's it is: one name in one folder may be a deployment of each. Those without are Fargate's. */
const FOR = 'dev.slipway.for';
const FIRST = 'slipway';

const isMine = ({ naming }: Here, { labels }: Pick<Found, 'labels'>, id: DeploymentId): boolean =>
  isOf(labels, id) && (labels[FOR] ?? FIRST) === naming.repositories;

export function repositories(here: Here): ResourceKind {
  return kindOf(here, 'image repository', {
    list: async (id) => {
      const found = await readRepository(here, await repositoryOf(here, id));
      return found && isMine(here, found, id) ? [found] : [];
    },
    create: async (resource) => {
      const ecr = await here.clients.ecr();
      const making = ecr.createRepository({
        repositoryName: resource.name,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        tags: upperTags({ ...labelsFor(resource), [FOR]: here.naming.repositories }),
      });
      const isOurs = async () => {
        const found = await readRepository(here, resource.name);
        return found !== null && isMine(here, found, deploymentOf(resource));
      };
      await orTaken(making, /AlreadyExists/, isOurs, resource);
    },
    update: async ({ name }) => {
      const ecr = await here.clients.ecr();
      await ecr.putImageTagMutability({ repositoryName: name, imageTagMutability: 'IMMUTABLE' });
      const imageScanningConfiguration = { scanOnPush: true };
      await ecr.putImageScanningConfiguration({ repositoryName: name, imageScanningConfiguration });
    },
    remove: async (name) => {
      const ecr = await here.clients.ecr();
      await orNone(ecr.deleteRepository({ repositoryName: name, force: true }));
    },
  });
}

const readRepository = (here: Here, name: string): Promise<Found | null> =>
  here.clients.shared(`repository ${name}`, () => askRepository(here, name));

async function askRepository(here: Here, name: string): Promise<Found | null> {
  const ecr = await here.clients.ecr();
  const asked = await orNone(ecr.describeRepositories({ repositoryNames: [name] }));
  const repository = asked?.repositories?.[0];
  if (!repository?.repositoryArn) return null;
  const { repositoryArn: resourceArn } = repository;
  const tags = await orNone(ecr.listTagsForResource({ resourceArn }));
  const labels = fromTags(tags?.tags);
  return {
    kind: 'image repository',
    name,
    labels,
    spec: {
      deployment: labels[LABEL.deployment] ?? '',
      tags: repository.imageTagMutability ?? null,
      scanned: repository.imageScanningConfiguration?.scanOnPush ?? false,
    },
  };
}

async function repositoryOf(here: Here, id: DeploymentId): Promise<string> {
  const group = await readLogGroup(here, logGroupOf(here, id));
  return group?.labels[REPOSITORY_TAG] || repositoryName(id, here.naming.repositories);
}

export function images(here: Here): ResourceKind {
  return kindOf(here, 'image', {
    list: (id) => listImages(here, id),
    create: async ({ name }, { package: made, task }) => {
      const isIts = made !== null && name.endsWith(`:${tagOf(here.images.nameOf(made))}`);
      if (!isIts) {
        return fail(
          'not-found',
          `The image ${name} is no longer in the registry, and the package it was built from is not at hand. Deploy that package again.`,
        );
      }
      await here.images.push(made, name, task, await signIn(here));
    },
    update: async () => undefined,
    remove: async (name) => {
      const [repository, tag] = splitReference(here, name);
      const imageIds = [{ imageTag: tag }];
      const ecr = await here.clients.ecr();
      await orNone(ecr.batchDeleteImage({ repositoryName: repository, imageIds }));
    },
  });
}

export async function listImages(here: Here, id: DeploymentId): Promise<Found[]> {
  const repository = await repositoryOf(here, id);
  const found = await readRepository(here, repository);
  if (!found || !isMine(here, found, id)) return [];
  const ecr = await here.clients.ecr();
  const ids = await pages(async (nextToken) => {
    const filter = { tagStatus: 'TAGGED' as const };
    const page = await orNone(ecr.listImages({ repositoryName: repository, filter, nextToken }));
    return { items: page?.imageIds, next: page?.nextToken };
  });
  return ids
    .flatMap(({ imageTag }) => imageTag ?? [])
    .sort()
    .map((tag) => ({
      kind: 'image',
      name: `${here.registry}/${repository}:${tag}`,
      spec: { deployment: id },
      labels: { [LABEL.deployment]: id },
    }));
}

/** Good for twelve hours; asked for anew at each push and kept nowhere. */
async function signIn(here: Here): Promise<RegistrySignIn> {
  const { authorizationData } = await (await here.clients.ecr()).getAuthorizationToken({});
  const token = given(authorizationData?.[0]?.authorizationToken, 'a sign-in for its registry');
  const text = Buffer.from(token, 'base64').toString();
  const at = text.indexOf(':');
  return { username: text.slice(0, at), password: text.slice(at + 1) };
}

function splitReference({ registry }: Here, reference: string): [string, string] {
  const path = reference.slice(registry.length + 1);
  const at = path.lastIndexOf(':');
  return [path.slice(0, at), path.slice(at + 1)];
}

export const tagOf = (name: string): string => name.slice(name.lastIndexOf(':') + 1);
