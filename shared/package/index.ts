export { type FileEdit, inOrderOfCells, withCauses } from './causes';
export * from './contract';
export {
  type GeneratedPackage,
  generatePackage,
  type PackageFile,
  type PackageInput,
} from './generate';
export { cellsWithParameters } from './notebook-parameters';
export * from './package-run';
export * from './package-state';
export { packageNameFor, servableFunctions, serveCandidates } from './serve';
export * from './sweep';
export * from './sweep-plan';
export * from './sweep-run';
export { SERVICE_MODULES } from './template-files';
export { fillTemplate, type Templates } from './templates';
export { firstVariation, type Variation } from './variation';
export { wholeNotebookText } from './whole-notebook';
