/** The images of ours that an engine keeps, told by their label, and their removal. No other image is ever touched. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { type ImageDigest, imageDigestSchema } from '../../shared/base/ids';
import { fail } from '../../shared/base/studio-error';
import { Bytes } from '../../shared/base/units';
import { type DiskUse, familiarName, type KeptImage } from '../../shared/build';
import { OURS, PROJECT } from './labels';
import { isPushing, removeLeftovers } from './leftovers';

/** What `docker system df` shows; Podman has one entry for each name of an image and does not add the layers up. */
const diskSchema = z.object({
  LayersSize: z.number().nullish(),
  Images: z.array(z.object({ Id: z.string(), Size: z.number(), SharedSize: z.number() })).nullish(),
  BuildCache: z.array(z.object({ Size: z.number(), Shared: z.boolean() })).nullish(),
});

export async function diskUse(docker: Docker): Promise<DiskUse & { readonly layerBytes: number }> {
  const [images, containers, answer] = await Promise.all([
    docker.listImages({ filters: { label: [`${OURS}=true`] } }),
    docker.listContainers({ all: true }),
    docker.df(),
  ]);
  const disk = diskSchema.parse(answer);
  const own = new Map(
    disk.Images?.map(({ Id, Size, SharedSize }) => [bare(Id), Math.max(0, Size - SharedSize)]),
  );
  const cache = disk.BuildCache?.filter(({ Shared }) => !Shared) ?? [];
  return {
    images: keptImages(images, containers, (id) => own.get(bare(id)) ?? 0),
    cacheBytes: Bytes(cache.reduce((sum, { Size }) => sum + Size, 0)),
    layerBytes: disk.LayersSize ?? 0,
  };
}

const bare = (id: string): string => id.replace(/^sha256:/, '');

function keptImages(
  images: readonly Docker.ImageInfo[],
  containers: readonly Docker.ContainerInfo[],
  ownOf: (id: string) => number,
): KeptImage[] {
  const used = new Set(containers.map(({ ImageID }) => ImageID));
  return images
    .map((image) => ({
      id: imageDigestSchema.parse(image.Id),
      tags: namesOf(image).filter((name) => !isPushing(name)),
      project: image.Labels?.[PROJECT] ?? '',
      bytes: Bytes(image.Size),
      ownBytes: Bytes(ownOf(image.Id)),
      builtAt: image.Created * 1000,
      isInUse: used.has(image.Id) || namesOf(image).some(isPushing),
    }))
    .sort((one, other) => other.builtAt - one.builtAt);
}

const namesOf = ({ RepoTags }: Docker.ImageInfo): string[] =>
  (RepoTags ?? []).filter((name) => name !== '<none>:<none>').map(familiarName);

/** Of those named, or of all, each that nothing uses. What was asked for by name and is in use is refused. */
export async function removeKept(docker: Docker, ids: readonly ImageDigest[] | null) {
  await removeLeftovers(docker);
  const before = await diskUse(docker);
  const kept = before.images;
  const meant = ids === null ? kept : kept.filter(({ id }) => ids.includes(id));
  const inUse = meant.find(({ isInUse }) => isInUse);
  if (ids !== null && inUse) {
    fail(
      'conflict',
      `The image ${inUse.tags[0] ?? inUse.id} is used by a container. Remove that first.`,
    );
  }
  const removed: KeptImage[] = [];
  for (const image of meant) {
    if (!image.isInUse && (await removeImage(docker, image))) removed.push(image);
  }
  const after = await diskUse(docker);
  const own = removed.reduce((sum, { ownBytes }) => sum + ownBytes, 0);
  // Layers that the last of several images took along are in the difference only.
  const freed = Math.max(own, before.layerBytes - after.layerBytes);
  return { removed: removed.length, bytes: Bytes(freed) };
}

/** By its names first: an image of several names is not removed by its id. Another image that is built on it keeps it. */
async function removeImage(docker: Docker, { id, tags }: KeptImage): Promise<boolean> {
  try {
    for (const name of tags.length > 0 ? tags : [id]) await docker.getImage(name).remove();
    return true;
  } catch (thrown) {
    const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : 0;
    if (status === 404) return true;
    if (status === 409) return false;
    throw thrown;
  }
}
