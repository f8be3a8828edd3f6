/** What a deployment's things on Lambda are called. */
import type { Naming } from '../aws/here';
import { nameOf, PREFIX } from '../aws/names';

export const NAMING: Naming = {
  // Where Lambda writes by itself.
  logGroups: `/aws/lambda/${PREFIX}`,
  roles: ['function'],
  repositories: 'slipway-lambda',
};

export const functionName = (id: string): string => nameOf(id, '', 64);
export const versionName = (id: string, revision: number): string => `${id}:r${revision}`;
/** The alias that has the traffic. */
export const LIVE = 'live';
