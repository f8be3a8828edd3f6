/** The public file of the pipeline stage. */
export * from './choices';
export * from './contract';
export * from './facts';
export * from './pipeline';
export { type Preprocessed, preprocess } from './python/ipython';
export { type Parsed, parsePython } from './python/parse';
