/** Stage notebook in the window. */
import type { Place } from '../places';
import { NotebookPlace } from './notebook-place';

export { NotebookKeeper } from './notebook-keeper';

export const place: Place = { name: 'notebook', Component: NotebookPlace };
