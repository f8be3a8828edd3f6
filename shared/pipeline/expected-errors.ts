/** Jupyter's own tag for a cell whose error is part of the notebook: it is shown, and the run goes on. */
export const RAISES = 'raises-exception';

export const isErrorExpected = (tags: readonly string[]): boolean => tags.includes(RAISES);
