/** What is selected in the pipeline: a step, an edge, or nothing. */
import { create } from 'zustand';

export type PipelineSelection =
  | { readonly kind: 'none' }
  | { readonly kind: 'step'; readonly id: string }
  | { readonly kind: 'edge'; readonly from: string; readonly to: string };

export const useSelection = create<{ readonly selection: PipelineSelection }>(() => ({
  selection: { kind: 'none' },
}));

export function select(selection: PipelineSelection): void {
  useSelection.setState({ selection });
}

export const edgeId = (edge: { readonly from: string; readonly to: string }) =>
  `${edge.from}→${edge.to}`;
