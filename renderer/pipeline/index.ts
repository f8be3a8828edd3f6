/** Stage pipeline in the window. React Flow and elk are loaded with the place, not with the window. */
import { lazy } from 'react';
import type { Place } from '../places';

export { packageStream } from './package-stream';
export { ProofPill, ProofTable } from './proof-table';
export { stepRunOf, stepRunWords } from './run-facts';

const PipelinePlace = lazy(async () => {
  const { PipelinePlace: Component } = await import('./pipeline-place');
  return { default: Component };
});

export const place: Place = { name: 'pipeline', Component: PipelinePlace };
