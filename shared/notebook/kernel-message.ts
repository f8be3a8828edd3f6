/** What a kernel sends while a cell runs, as far as it concerns the cell's outputs. */
import type { MimeBundle, Output } from './output';

export type KernelOutput =
  | { readonly kind: 'output'; readonly output: Output; readonly displayId: string | null }
  /** Changes every output shown under this display id, in whichever cell it stands. */
  | {
      readonly kind: 'update-display';
      readonly displayId: string;
      readonly data: MimeBundle;
      readonly metadata: MimeBundle;
    }
  /** With `wait` the outputs stay until the next one comes. */
  | { readonly kind: 'clear'; readonly wait: boolean };
