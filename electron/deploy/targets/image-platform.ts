/** The clouds run images for one kind of machine: one for another would be built and pushed, and never start. */
import { toStudioError } from '../../../shared/base/studio-error';
import type { CheckItem } from '../resources/platform';
import type { ImageMaker } from './target';

const RUNS = 'linux/amd64';

/** `place` as a person says it: "Cloud Run". */
export async function checkImagePlatform(
  images: Pick<ImageMaker, 'platform'>,
  place: string,
): Promise<CheckItem> {
  const label = 'Image';
  try {
    const built = await images.platform();
    if (built === RUNS || built.startsWith(`${RUNS}/`))
      return { label, status: 'ok', detail: `For ${built}` };
    const detail = `Images are built for ${built} here, and ${place} runs those for ${RUNS} only. Choose the platform ${RUNS} in the build settings.`;
    return { label, status: 'failed', detail };
  } catch (thrown) {
    // An image that is in the registry already needs no engine.
    return { label, status: 'warning', detail: toStudioError(thrown).message };
  }
}
