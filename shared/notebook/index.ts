/** The public file of the notebook stage. */
export * from './apply-edit';
export * from './cell-edit';
export * from './collect-outputs';
export * from './contract';
export * from './edit-history';
export * from './notebook';
export * from './notebook-reducer';
export type * from './notebook-source';
export * from './notebook-state';
export * from './output';
export * from './output-view';
export * from './parse-notebook';
export * from './serialize-notebook';
export * from './tags';
