/**
 * Every place of the road: each stage folder's index.ts exports `place`. A stage that is missing shows nothing but
 * its name, so that the frame runs while places are being written.
 */
import type { ComponentType } from 'react';
import type { PlaceName } from './navigation';

export interface Place {
  readonly name: Exclude<PlaceName, 'home'>;
  /** May be lazy: the frame waits for it. */
  readonly Component: ComponentType;
}

const modules = import.meta.glob<{ readonly place?: Place }>(
  './{notebook,pipeline,package,build,estimate,deploy,operate}/index.ts',
  { eager: true },
);

export const PLACES: readonly Place[] = Object.values(modules).flatMap(({ place }) => place ?? []);
