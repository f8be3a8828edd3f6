/** Stage operate: the place *Alive*. */
import type { Place } from '../places';
import { OperatePlace } from './operate-place';

export const place = { name: 'operate', Component: OperatePlace } satisfies Place;
