/** The notebook's code cells as the pipeline's list shows them. */
import type { CellId } from '../../shared/base/ids';
import type { CellView } from '../../shared/notebook';
import { useSession } from '../notebook';

const NO_CELLS: readonly CellView[] = [];

export function useCells(): readonly CellView[] {
  return useSession(({ session }) =>
    session.status === 'open' ? session.state.document.cells : NO_CELLS,
  );
}

/** Counted from 1 over all cells, as people count them. */
export function cellNumberIn(cells: readonly CellView[]): (id: CellId) => number | null {
  return (id) => {
    const index = cells.findIndex((cell) => cell.id === id);
    return index === -1 ? null : index + 1;
  };
}

/** The first line that says something: no comment, no empty line, unless there is nothing else. */
export function firstLine(source: string): string {
  const lines = source.split('\n').map((line) => line.trim());
  const filled = lines.filter((line) => line !== '');
  return filled.find((line) => !line.startsWith('#')) ?? filled[0] ?? '(empty)';
}
