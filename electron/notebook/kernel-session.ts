/** What a run needs of a kernel: the connect stage gives it, the tests of the queue give a typed fake. */
import type { KernelSession as ConnectedSession } from '../connect';

export type KernelSession = Pick<
  ConnectedSession,
  'state' | 'execute' | 'complete' | 'inspect' | 'interrupt' | 'restart'
>;
