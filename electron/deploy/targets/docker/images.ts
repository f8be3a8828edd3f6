/** The images of deployments: made where they are missing, gone with the last that uses them. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { fail } from '../../../../shared/base/studio-error';
import { familiarName } from '../../../../shared/build';
import { type Found, recordOf } from '../../../../shared/deploy';
import { OURS } from '../../../build';
import type { ConnectedEngine } from '../../../engine';
import type { ResourceKind } from '../../resources/platform';
import type { ImageMaker } from '../target';
import { answerOf, isGone } from './failure';

/** An image is made for a package and carries no deployment's label: it is known by what uses it. */
export function imageKind(engine: ConnectedEngine, images: ImageMaker): ResourceKind {
  const { docker } = engine;
  const read = (name: string): Promise<Found | null> =>
    docker
      .getImage(name)
      .inspect()
      .then(
        () => ({ kind: 'image', name, spec: {}, labels: {} }),
        (thrown) => {
          if (isGone(thrown)) return null;
          throw thrown;
        },
      );
  return {
    kind: 'image',
    list: async () => [],
    read,
    create: async ({ name }, { package: made, task }) => {
      if (!made) {
        fail(
          'not-found',
          `The image ${name} is not on the engine any more, so there is nothing to go back to. Deploy that version of the package again.`,
        );
      }
      await images.ensure(made, engine, task);
    },
    update: async () => undefined,
    // It goes with what used it last.
    remove: async () => undefined,
  };
}

/**
 * Takes away an image of ours that nothing on the engine names any more: no container, running or not, no service of a
 * swarm, no revision a swarm may go back to. An image without our label is never touched; one that the engine calls
 * in use stays.
 */
export async function dropUnused(docker: Docker, name: string): Promise<void> {
  const image = docker.getImage(name);
  const info = await image.inspect().catch(orNull);
  if (info?.Config.Labels?.[OURS] !== 'true') return;
  // What uses it under another name keeps it by that name: only this one goes then.
  const containers = await docker.listContainers({ all: true });
  const named = [
    ...containers.map(({ Image }) => Image),
    ...(await imagesOfServices(docker)),
    ...(await imagesOfRevisions(docker)),
  ];
  if (named.some((each) => familiarName(each) === familiarName(name))) return;
  await image.remove().catch((thrown: unknown) => {
    if (!isGone(thrown) && answerOf(thrown)?.statusCode !== IN_USE) throw thrown;
  });
}

const IN_USE = 409;

const servicesSchema = z.array(
  z.object({
    Spec: z.object({
      TaskTemplate: z.object({ ContainerSpec: z.object({ Image: z.string() }).nullish() }),
    }),
  }),
);

/** Scaled to none it has no container and needs its image all the same. */
async function imagesOfServices(docker: Docker): Promise<string[]> {
  const services = servicesSchema.parse(await docker.listServices().catch(noneOutsideSwarm));
  return services.flatMap(({ Spec }) => {
    const image = Spec.TaskTemplate.ContainerSpec?.Image;
    return image ? [image.replace(/@sha256:.*$/, '')] : [];
  });
}

async function imagesOfRevisions(docker: Docker): Promise<string[]> {
  const configs = await docker.listConfigs().catch(noneOutsideSwarm);
  return configs.flatMap(({ Spec }) => recordOf(Spec?.Labels ?? {})?.image ?? []);
}

/** An engine that manages no swarm says so by 503, Podman knows no such question. */
function noneOutsideSwarm(thrown: unknown): [] {
  if ([404, 503].includes(answerOf(thrown)?.statusCode ?? 0)) return [];
  throw thrown;
}

function orNull(thrown: unknown): null {
  if (isGone(thrown)) return null;
  throw thrown;
}
