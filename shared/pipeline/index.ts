/** The public file of the pipeline stage. */
export { type Analyser, analyseCells, createAnalyser, emptyFacts } from './analyse';
export * from './choices';
export { slipwayJsonSchema } from './choices-schema';
export * from './contract';
export * from './facts';
export * from './pipeline';
export { type Preprocessed, preprocess } from './python/ipython';
export { type Parsed, parsePython } from './python/parse';
export * from './recording';
export { missedBy, settle } from './settle';
export { isPython, otherLanguage } from './steps/other-language';
export { findLiteral, parseParameterValue } from './steps/parameters';
export { definitionAround } from './steps/problems';
export { suggestServe } from './steps/serve';
export { suggestPipeline } from './steps/suggest';
