/** Which cell is selected and whether keys command cells or edit text, as in Jupyter. */
import { create } from 'zustand';
import type { CellId } from '../../shared/base/ids';
import { cellsNow } from './session';

export type Mode = 'command' | 'edit';

export interface Selection {
  readonly cellId: CellId | null;
  readonly mode: Mode;
  /** Grows with each selection by key or command, so that the cell is scrolled to and focused. */
  readonly moves: number;
  /** The name whose uses are lit up in all cells. */
  readonly litName: string | null;
}

export const useSelection = create<Selection>(() => ({
  cellId: null,
  mode: 'command',
  moves: 0,
  litName: null,
}));

export function select(cellId: CellId, mode: Mode = 'command'): void {
  useSelection.setState(({ moves }) => ({ cellId, mode, moves: moves + 1 }));
}

/** By a click: the mouse has already put the focus and the scroll position where they belong. */
export function selectQuietly(cellId: CellId, mode: Mode): void {
  useSelection.setState({ cellId, mode });
}

export function lightUp(litName: string | null): void {
  useSelection.setState({ litName });
}

export function selectedIndex(): number {
  const { cellId } = useSelection.getState();
  return cellsNow().findIndex(({ id }) => id === cellId);
}

/** The neighbour `by` cells away; at the ends it stays. */
export function selectNeighbour(by: number, mode: Mode = 'command'): void {
  const cells = cellsNow();
  const index = Math.min(Math.max(selectedIndex() + by, 0), cells.length - 1);
  const cell = cells[index];
  if (cell !== undefined) select(cell.id, mode);
}
