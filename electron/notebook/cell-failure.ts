/** The sentences for a cell that failed and for a kernel that cannot run one. */
import stripAnsi from 'strip-ansi';
import { type Place, type StudioError, studioError } from '../../shared/base/studio-error';
import type { ErrorContent, KernelState } from '../../shared/connect';

export function cellFailure(
  error: ErrorContent | undefined,
  place: Place & { cellNumber: number },
  wasInterrupted: boolean,
): StudioError {
  const name = `Cell ${place.cellNumber}`;
  const detail = error ? stripAnsi(error.traceback.join('\n')) : undefined;
  if (error?.ename === 'KeyboardInterrupt' && wasInterrupted) {
    return studioError('cancelled', `${name} was interrupted.`, { place, detail });
  }
  const line = lineOf(detail ?? '');
  const where = line === null ? name : `${name}, line ${line}`;
  const what = error ? summary(error) : 'the kernel gave no reason';
  return studioError('cell-failed', `${where}: ${what}`, {
    place: line === null ? place : { ...place, line },
    nextSteps: [{ label: 'Go to the cell', command: 'notebook.goToCell', argument: place }],
    detail,
  });
}

function summary({ ename, evalue }: ErrorContent): string {
  const first = stripAnsi(evalue).split('\n')[0] ?? '';
  return first ? `${ename}: ${first}` : ename;
}

/** The line of the cell itself, which stands first in the traceback; ipykernel 6 and 7 name it in two ways. */
function lineOf(traceback: string): number | null {
  const found = /(?:Cell In\s?\[\d+\], line |<ipython-input-[^>]*>.*, line )(\d+)/.exec(traceback);
  const arrow = /<ipython-input-[^>]*>[^\n]*\n[\s\S]*?-+> (\d+)/.exec(traceback);
  const line = found?.[1] ?? arrow?.[1];
  return line ? Number(line) : null;
}

const CHOOSE = { label: 'Choose a kernel', command: 'connect.choose' };

/** Why cells cannot be sent to a kernel in this state; null when they can. */
export function kernelProblem(state: KernelState): StudioError | null {
  switch (state.status) {
    case 'idle':
    case 'busy':
      return null;
    case 'none':
      return noKernel();
    case 'dead':
    case 'disconnected':
      return state.error;
    case 'starting':
    case 'restarting':
      return studioError(
        'precondition',
        'The kernel is still starting. Run the cells in a moment.',
      );
  }
}

export function noKernel(): StudioError {
  return studioError(
    'precondition',
    'No kernel is connected, so no cell can run. Choose one first.',
    {
      nextSteps: [CHOOSE],
    },
  );
}
