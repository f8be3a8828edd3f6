/** Lambda makes and changes a function in the background: it is waited for, and why it failed is said in words. */
import { fail } from '../../../../shared/base/studio-error';
import type { TaskContext } from '../../../task';
import { pause } from '../aws/here';
import type { Here } from './here';
import type { Configuration } from './lambda-calls';

/** Five seconds apart at AWS: ten minutes. */
const MOST_LOOKS = 120;

/** Until it can be called and changed. */
export async function settled(
  here: Here,
  name: string,
  task: TaskContext,
  version?: string,
): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const found = await here.lambda.getFunction(name, version);
    if (!found) {
      return fail('unexpected', `The function ${name} is gone while it was made. Deploy again.`);
    }
    const { Configuration: now } = found;
    const why = failureOf(now);
    if (why !== null) return fail('step-failed', `The function ${name} cannot be run: ${why}`);
    if (now.State !== 'Pending' && now.LastUpdateStatus !== 'InProgress') return;
    task.progress(
      null,
      now.State === 'Pending' ? 'Lambda takes the image in' : 'Lambda changes it',
    );
    await pause(here, task);
  }
  return fail(
    'step-failed',
    `The function ${name} did not get ready in ten minutes. Look at it in the Lambda console, or deploy again.`,
  );
}

function failureOf(now: Configuration): string | null {
  if (now.LastUpdateStatus === 'Failed') {
    return words(now.LastUpdateStatusReasonCode, now.LastUpdateStatusReason);
  }
  return now.State === 'Failed' ? words(now.StateReasonCode, now.StateReason) : null;
}

/** One sentence, with the next step. */
function words(code: string | null | undefined, reason: string | null | undefined): string {
  const said = (reason ?? code ?? 'Lambda gave no reason').replace(/\.$/, '');
  const next =
    NEXT_STEPS.find(([each]) => each.test(code ?? ''))?.[1] ??
    'Look at it in the Lambda console, or deploy again.';
  return `${said}. ${next}`;
}

const NEXT_STEPS: readonly (readonly [RegExp, string])[] = [
  [/^ImageAccessDenied$/, 'Let Lambda read the repository in ECR, then deploy again.'],
  [/^ImageDeleted$/, 'Deploy again: the image is pushed then.'],
  [/^InvalidImage$/, 'It must be an image for Linux on x86 of at most 10 GB.'],
  [/^InsufficientRolePermissions$/, 'Check what its role permits.'],
];
