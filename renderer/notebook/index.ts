/** Stage notebook in the window. Monaco and Jupyter's renderers are loaded with the first notebook, not with the window. */
import { lazy } from 'react';
import type { Place } from '../places';

export { NotebookKeeper } from './notebook-keeper';
export { useSession } from './session';

const NotebookPlace = lazy(async () => {
  const { NotebookPlace: Component } = await import('./notebook-place');
  return { default: Component };
});

export const place: Place = { name: 'notebook', Component: NotebookPlace };
