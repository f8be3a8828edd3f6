/** "Show me that cell": any place may ask, the notebook answers by selecting it and scrolling to it. */
import { create } from 'zustand';
import type { CellId } from '../../shared/base/ids';
import { goTo } from '../navigation';

interface CellRequest {
  readonly cellId: CellId | null;
  /** Grows, so that asking for the same cell twice is noticed. */
  readonly count: number;
}

export const useCellRequest = create<CellRequest>(() => ({ cellId: null, count: 0 }));

export function requestCell(cellId: CellId): void {
  goTo('notebook');
  useCellRequest.setState(({ count }) => ({ cellId, count: count + 1 }));
}
