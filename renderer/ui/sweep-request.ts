/** "Let me try several values": any place may ask, the package's place answers with its form. */
import { create } from 'zustand';
import { goTo } from '../navigation';

/** Grows, so that asking twice is noticed; what was answered is remembered there. */
export const useSweepRequest = create(() => ({ asked: 0, answered: 0 }));

export function requestSweep(): void {
  goTo('package');
  useSweepRequest.setState(({ asked }) => ({ asked: asked + 1 }));
}
