/** Stage deploy: a plan of exact changes with their price, then the deployment. */
import type { Place } from '../places';
import { DeployPlace } from './deploy-place';

export { TryIt } from './try-it';

export const place = { name: 'deploy', Component: DeployPlace } satisfies Place;
