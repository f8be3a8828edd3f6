/** What is in an image: its layers by the engine's history, its Python packages by asking its own Python. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { imageDigestSchema } from '../../shared/base/ids';
import { Bytes } from '../../shared/base/units';
import type { ImageLayer, ImagePackage } from '../../shared/build';
import { ended, withContainer } from './container';

export interface ImageFacts {
  readonly id: z.infer<typeof imageDigestSchema>;
  readonly bytes: Bytes;
  readonly history: readonly { readonly CreatedBy: string; readonly Size: number }[];
}

const historySchema = z.array(z.object({ CreatedBy: z.string(), Size: z.number() }));
const packagesSchema = z.array(z.tuple([z.string(), z.string(), z.number()]));
const ASK_MS = 60_000;
const ASK_PACKAGES = `
import importlib.metadata as m, json, os
def size(d):
    total = 0
    for f in d.files or []:
        try:
            total += os.lstat(d.locate_file(f)).st_size
        except OSError:
            pass
    return total
print(json.dumps([[d.metadata["Name"], d.version, size(d)] for d in m.distributions()]))
`;

export async function inspectImage(docker: Docker, tag: string): Promise<ImageFacts> {
  const image = docker.getImage(tag);
  const [facts, history] = await Promise.all([image.inspect(), image.history()]);
  return {
    id: imageDigestSchema.parse(facts.Id),
    bytes: Bytes(facts.Size),
    history: historySchema.parse(history),
  };
}

export const layersOf = ({ history }: ImageFacts): ImageLayer[] =>
  history
    .filter(({ Size }) => Size > 0)
    .map(({ CreatedBy, Size }) => ({ instruction: readable(CreatedBy), bytes: Bytes(Size) }))
    .sort((one, other) => other.bytes - one.bytes);

/** As it stands in the Dockerfile, without the engine's own shell words. */
const readable = (createdBy: string): string =>
  createdBy
    .replace(/^\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/^(?:\|\d+ .*? )?\/bin\/sh -c /, 'RUN ')
    .replace(/^RUN (?:\|\d+ .*? )?\/bin\/sh -c /, 'RUN ')
    .replace(/\s*# buildkit$/, '')
    .replace(/\s+/g, ' ')
    .trim() || 'base image';

/** Empty where the image cannot be started here or has no Python: what is in it is no condition for using it. */
export async function packagesOf(
  docker: Docker,
  image: string,
  platform: string,
  signal: AbortSignal,
): Promise<ImagePackage[]> {
  try {
    const command = ['python3', '-c', ASK_PACKAGES];
    const ran = await withContainer(docker, { image, command, platform }, signal, (container) =>
      ended(container, signal, ASK_MS),
    );
    return packagesSchema
      .parse(JSON.parse(ran?.output ?? '[]'))
      .map(([name, version, bytes]) => ({ name, version, bytes: Bytes(bytes) }))
      .sort((one, other) => other.bytes - one.bytes);
  } catch {
    signal.throwIfAborted();
    return [];
  }
}
