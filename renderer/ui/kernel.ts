/** The kernel of the open notebook, as every part of the window sees it. */
import { type KernelState, kernelOf, NO_KERNEL } from '../../shared/connect';
import { sharedStream } from '../studio';
import type { Tone } from './pill';

export const kernelStream = sharedStream<KernelState, KernelState>(
  (studio, options) => studio.connect.watchKernel(undefined, options),
  NO_KERNEL,
);

export function useKernel(): KernelState {
  return kernelStream.use();
}

/** `Python 3.11 · .venv`, or what is missing. */
export function kernelName(state: KernelState): string {
  if (state.status === 'starting') return state.name;
  return kernelOf(state)?.displayName ?? 'No kernel';
}

const STATES: Record<KernelState['status'], { word: string; tone: Tone }> = {
  none: { word: 'not connected', tone: 'plain' },
  starting: { word: 'starting', tone: 'accent' },
  idle: { word: 'idle', tone: 'ok' },
  busy: { word: 'busy', tone: 'accent' },
  restarting: { word: 'restarting', tone: 'accent' },
  dead: { word: 'died', tone: 'bad' },
  disconnected: { word: 'disconnected', tone: 'bad' },
};

export function kernelStatus(state: KernelState): { word: string; tone: Tone } {
  return STATES[state.status];
}
