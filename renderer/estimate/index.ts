/** Stage estimate: what it will cost, before anything runs. */
import type { Place } from '../places';
import { EstimatePlace } from './estimate-place';

export const place = { name: 'estimate', Component: EstimatePlace } satisfies Place;
