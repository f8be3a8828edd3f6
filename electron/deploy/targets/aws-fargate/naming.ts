/** What a deployment's things on Fargate are called. */
import type { Naming } from '../aws/here';
import { nameOf } from '../aws/names';

export const NAMING: Naming = {
  logGroups: '/slipway/',
  roles: ['execution', 'scheduler'],
  repositories: 'slipway',
};

export const family = (id: string): string => nameOf(id, '', 255);
export const logGroupName = (id: string): string => `${NAMING.logGroups}${id}`;
