import { err } from '../../shared/base/result';
import { studioError } from '../../shared/base/studio-error';

/** The notebook was closed while one of its outputs was being fetched. */
export function notFound() {
  return err(studioError('not-found', 'The notebook is no longer open.'));
}
