import type { StudioError } from '../../shared/base/studio-error';
import { ErrorNotice } from './notice';

/**
 * Several sources of one place's errors: what a call answered and what the state says may be the same sentence.
 * What was cancelled says nothing.
 */
export function ErrorNotices({ errors }: { errors: readonly (StudioError | null | undefined)[] }) {
  const known = errors.filter((error) => error !== null && error !== undefined);
  const worthSaying = known.filter(({ kind }) => kind !== 'cancelled');
  const unique = [...new Map(worthSaying.map((error) => [error.message, error])).values()];
  return unique.map((error) => <ErrorNotice key={error.message} error={error} />);
}
