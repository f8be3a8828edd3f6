/** Stage build: the place *Image*. */
import type { Place } from '../places';
import { BuildPlace } from './build-place';

export const place = { name: 'build', Component: BuildPlace } satisfies Place;
