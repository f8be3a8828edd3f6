export * from './cell-edit';
export * from './contract';
export * from './notebook';
export * from './notebook-state';
export * from './output';
