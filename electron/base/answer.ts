/** The one place where a thrown failure becomes an answer. */
import { ok, type Result } from '../../shared/base/result';
import { toStudioError } from '../../shared/base/studio-error';

export async function answer<T>(work: () => Promise<T> | T): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (thrown) {
    return { ok: false, error: toStudioError(thrown) };
  }
}
