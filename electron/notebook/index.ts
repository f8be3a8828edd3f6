/** The public file of the notebook stage in the host. */
export type { KernelSession } from './kernel-session';
export { NotebookService, type NotebookServiceNeeds } from './notebook-service';
export { notebookRouter } from './router';
