/** What Azure says of a revision or a run, in words. */
import type { Revision } from '@azure/arm-appcontainers';

export type Verdict =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waiting'; readonly detail: string }
  | { readonly kind: 'failed'; readonly why: string };

const UP = ['Running', 'RunningAtMaxScale', 'RunningAtMaximumScale', 'ScaledToZero'];
const DOWN = ['Failed', 'Degraded'];

export function verdictOf(revision: Revision | null): Verdict {
  const { provisioningState, provisioningError, runningState, healthState } = revision ?? {};
  const hasFailed =
    provisioningState === 'Failed' ||
    (DOWN.includes(String(runningState)) && healthState === 'Unhealthy');
  if (hasFailed) return { kind: 'failed', why: wordsOf(provisioningError ?? '') };
  const isUp = UP.includes(String(runningState)) || healthState === 'Healthy';
  return provisioningState === 'Provisioned' && isUp
    ? { kind: 'ready' }
    : { kind: 'waiting', detail: String(runningState ?? '') };
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /MANIFEST_UNKNOWN|not found|no such manifest/i,
    'Its image can’t be pulled: it is not in the registry.',
  ],
  [
    /UNAUTHORIZED|authentication required|denied/i,
    'Its image can’t be pulled: the registry refused the app.',
  ],
  [/ImagePull|ErrImagePull|pull/i, 'Its image can’t be pulled.'],
  [/OOMKilled|out of memory/i, 'It needs more memory than it was given.'],
  [
    /exit code|CrashLoop|ContainerCrashing|terminated/i,
    'The container started, and ended again and again.',
  ],
  [/probe/i, 'The container started, but never answered /readyz.'],
  [/deadline|timed? ?out/i, 'It never became ready in the time Azure gives.'],
  [/quota|cores/i, 'A quota does not allow it.'],
];

export function wordsOf(text: string): string {
  const words = WORDS.find(([pattern]) => pattern.test(text))?.[1];
  return [words, text.trim()].filter(Boolean).join(' ') || 'It failed, and Azure does not say why.';
}
