/** What Cloud Run says of a revision, a job or an execution, in words. */
import type { protos } from '@google-cloud/run';

type ICondition = protos.google.cloud.run.v2.ICondition;

export type Verdict =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waiting'; readonly detail: string }
  | { readonly kind: 'failed'; readonly why: string };

export function verdictOf(conditions: readonly (ICondition | null | undefined)[]): Verdict {
  const known = conditions.filter((each) => each != null);
  const main = known.find(({ type }) => type === 'Ready' || type === 'Completed') ?? known[0];
  switch (String(main?.state)) {
    case 'CONDITION_SUCCEEDED':
      return { kind: 'ready' };
    case 'CONDITION_FAILED':
      return { kind: 'failed', why: whyOf(main ?? {}) };
    default:
      return { kind: 'waiting', detail: main?.message ?? '' };
  }
}

const WORDS: Readonly<Record<string, string>> = {
  HEALTH_CHECK_CONTAINER_ERROR: 'The container started, but it ended or never answered /readyz.',
  CONTAINER_MISSING: 'Its image can’t be pulled: it is not in the registry.',
  CONTAINER_PERMISSION_DENIED:
    'Its image can’t be pulled: Cloud Run’s service agent may not read that repository (artifactregistry.repositories.downloadArtifacts).',
  CONTAINER_IMAGE_UNAUTHORIZED: 'Its image can’t be pulled: the registry refused Cloud Run.',
  CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED:
    'Its image is not allowed by Binary Authorization in this project.',
  SECRETS_ACCESS_CHECK_FAILED:
    'Its service account may not read one of its secrets (secretmanager.versions.access).',
  PROGRESS_DEADLINE_EXCEEDED: 'It never became ready in the time Cloud Run gives.',
  MIN_INSTANCES_NOT_PROVISIONED: 'The smallest number of instances could not be started.',
  ACTIVE_REVISION_LIMIT_REACHED: 'The region has as many active revisions as its quota allows.',
  NON_ZERO_EXIT_CODE: 'The run ended with an error.',
  CANCELLED: 'The run was cancelled.',
};

function whyOf({ reason, revisionReason, executionReason, message }: ICondition): string {
  const name = [revisionReason, executionReason, reason].find((each) => each && WORDS[each]);
  const text = message?.trim() ?? '';
  if (/[Mm]emory limit of .* exceeded/.test(text))
    return `It needs more memory than it was given: ${text}`;
  const words = WORDS[String(name)];
  return [words, text].filter(Boolean).join(' ') || 'It failed, and Cloud Run does not say why.';
}
