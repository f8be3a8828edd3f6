/** The public file of the pipeline stage. */
export * from './choices';
export * from './contract';
export * from './facts';
export * from './pipeline';
