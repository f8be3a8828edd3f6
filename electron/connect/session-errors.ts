/** What can happen to a kernel, a sentence and a button each. */
import { type StudioError, StudioFailure, studioError } from '../../shared/base/studio-error';
import type { ExecutionResult } from '../../shared/connect';

const RESTART = { label: 'Restart the kernel', command: 'connect.restart' };
const CHOOSE = { label: 'Choose a kernel', command: 'connect.choose' };

export function kernelDied(name: string, log: string): StudioError {
  return studioError(
    'kernel-dead',
    `The kernel “${name}” has died. Its variables are gone; the notebook and its outputs are not. Often it ran out of memory.`,
    { nextSteps: [RESTART, CHOOSE], detail: log || undefined },
  );
}

export function kernelDidNotStart(name: string, log: string): StudioError {
  return studioError(
    'kernel-dead',
    `The kernel “${name}” ended before it was ready. The detail says why.`,
    { nextSteps: [RESTART, CHOOSE], detail: log || undefined },
  );
}

export function kernelSilent(name: string, log: string): StudioError {
  return studioError('kernel-dead', `The kernel “${name}” was started but does not answer.`, {
    nextSteps: [RESTART, CHOOSE],
    detail: log || undefined,
  });
}

export function kernelGone(name: string): StudioError {
  return studioError('kernel-dead', `The kernel “${name}” is no longer on its server.`, {
    nextSteps: [RESTART, CHOOSE],
  });
}

export function kernelRestarted(name: string): StudioError {
  return studioError(
    'cancelled',
    `The kernel “${name}” was restarted before this code ended. Its variables are gone.`,
  );
}

export function kernelEnded(name: string): StudioError {
  return studioError('cancelled', `The kernel “${name}” was ended before this code ended.`);
}

export function privateServerEnded(log: string): StudioError {
  return studioError(
    'server-unreachable',
    'The app’s own Jupyter server has ended, and the kernel with it. Its variables are gone; the notebook and its outputs are not.',
    {
      nextSteps: [{ label: 'Start both again', command: 'connect.reconnect' }, CHOOSE],
      detail: log || undefined,
    },
  );
}

export function noKernel(): StudioError {
  return studioError('precondition', 'No kernel is connected yet. Choose one first.', {
    nextSteps: [CHOOSE],
  });
}

export function notRun(failure: StudioError): ExecutionResult {
  return { status: 'aborted', executionCount: null, failure };
}

export function raise(error: StudioError): never {
  throw new StudioFailure(error);
}
