/** The image at its registry: pushed before anything asks for it. */
import { fail } from '../../../../shared/base/studio-error';
import { type Found, type Resource, recordOf } from '../../../../shared/deploy';
import type { ResourceKind } from '../../resources/platform';
import type { ImageMaker } from '../target';

export const imageResource = (image: string): Resource => ({
  kind: 'image',
  name: image,
  what: `Image ${image}`,
  detail: 'Built where it is missing, then pushed',
  spec: { image },
  price: { kind: 'unknown', why: 'What the registry takes for storing it is not in the book.' },
});

/** Its records tell what was pushed: they are written after the push. */
export function imageKind(images: ImageMaker, recorded: () => Promise<Found[]>): ResourceKind {
  return {
    kind: 'image',
    list: async () => [],
    read: async (name) => {
      const isRecorded = (await recorded()).some(({ labels }) => recordOf(labels)?.image === name);
      return isRecorded ? { kind: 'image', name, spec: { image: name }, labels: {} } : null;
    },
    create: async ({ name }, { package: made, task }) => {
      if (!made) {
        return fail('not-found', `The image ${name} was not pushed by a deployment that stands.`);
      }
      await images.push(made, name, task);
    },
    update: async () => undefined,
    // Other deployments and other people may use it.
    remove: async () => undefined,
  };
}
