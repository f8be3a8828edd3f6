export * from './address';
export * from './contract';
