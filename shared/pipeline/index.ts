/** The public file of the pipeline stage. */
export { type Analyser, analyseCells, createAnalyser, emptyFacts } from './analyse';
export * from './choices';
export { slipwayJsonSchema } from './choices-schema';
export * from './contract';
export { isErrorExpected } from './expected-errors';
export * from './facts';
export { writtenModules } from './flow/movable';
export { checkedOrder, movedNotebook, notebookList, withList, withNotebook } from './notebook-list';
export * from './pipeline';
export { counterpartOf, writtenFile } from './python/counterparts';
export { type Preprocessed, preprocess } from './python/ipython';
export { type Parsed, parsePython } from './python/parse';
export * from './recording';
export { followRuns, shownLine, writtenSource } from './run-files';
export { missedBy, settle } from './settle';
export { type AskedName, answersOf } from './steps/asked-names';
export { findLiteral, parseParameterValue } from './steps/parameters';
export { definitionAround } from './steps/problems';
export { suggestServe } from './steps/serve';
export {
  type ListedNotebook,
  type NotebookStep,
  notebooksAround,
  type OtherNotebook,
  withNotebooks,
} from './steps/several-notebooks';
export { suggestPipeline } from './steps/suggest';
export {
  cellsRun,
  foreignFacts,
  installCommand,
  isPython,
  offeringWhole,
  RUN_WHOLE,
  wholePipeline,
} from './steps/whole-notebook';
