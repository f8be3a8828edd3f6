/** The images of ours that an engine keeps, told by their label, and their removal. No other image is ever touched. */
import type Docker from 'dockerode';
import { type ImageDigest, imageDigestSchema } from '../../shared/base/ids';
import { fail } from '../../shared/base/studio-error';
import { Bytes } from '../../shared/base/units';
import { familiarName, type KeptImage } from '../../shared/build';
import { OURS, PROJECT } from './labels';
import { isPushing, removeLeftovers } from './leftovers';

export async function keptImages(docker: Docker): Promise<KeptImage[]> {
  const [images, containers] = await Promise.all([
    docker.listImages({ filters: { label: [`${OURS}=true`] } }),
    docker.listContainers({ all: true }),
  ]);
  const used = new Set(containers.map(({ ImageID }) => ImageID));
  return images
    .map((image) => ({
      id: imageDigestSchema.parse(image.Id),
      tags: namesOf(image).filter((name) => !isPushing(name)),
      project: image.Labels?.[PROJECT] ?? '',
      bytes: Bytes(image.Size),
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
  const kept = await keptImages(docker);
  const meant = ids === null ? kept : kept.filter(({ id }) => ids.includes(id));
  const inUse = meant.find(({ isInUse }) => isInUse);
  if (ids !== null && inUse) {
    fail(
      'conflict',
      `The image ${inUse.tags[0] ?? inUse.id} is used by a container. Remove that first.`,
    );
  }
  let removed = 0;
  let bytes = 0;
  for (const image of meant) {
    if (image.isInUse || !(await removeImage(docker, image))) continue;
    removed += 1;
    bytes += image.bytes;
  }
  return { removed, bytes: Bytes(bytes) };
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
