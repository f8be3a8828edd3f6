import type { Here as InAws } from '../aws/here';

export interface Here extends InAws {
  /** The cluster that was chosen; empty where each deployment has its own. */
  readonly cluster: string;
}
