/** What the pipeline says of each cell: its step, whether it is skipped, what it reads and makes. */
import { create } from 'zustand';
import type { CellId } from '../../shared/base/ids';
import type { CellFacts, Pipeline, PipelineView, Step } from '../../shared/pipeline';

export type { CellFacts };

export type CellRoleView =
  | { readonly kind: 'step'; readonly step: Step; readonly isFirst: boolean }
  | { readonly kind: 'parameters'; readonly pipeline: Pipeline; readonly isFirst: boolean }
  | { readonly kind: 'imports'; readonly isFirst: boolean }
  | { readonly kind: 'helpers'; readonly names: readonly string[]; readonly isFirst: boolean }
  | { readonly kind: 'skipped'; readonly reason: string; readonly isFirst: boolean };

export function rolesOf(view: PipelineView): ReadonlyMap<CellId, CellRoleView> {
  const { pipeline } = view;
  const roles = new Map<CellId, CellRoleView>();
  for (const { cellId, place } of pipeline.placements) {
    const names = pipeline.helpers.find((helper) => helper.cellId === cellId)?.names ?? [];
    if (place === 'imports') roles.set(cellId, { kind: 'imports', isFirst: true });
    if (place === 'helpers') roles.set(cellId, { kind: 'helpers', names, isFirst: true });
    if (place === 'parameters') roles.set(cellId, { kind: 'parameters', pipeline, isFirst: true });
  }
  for (const { cellId, reason } of pipeline.skipped) {
    roles.set(cellId, { kind: 'skipped', reason, isFirst: true });
  }
  for (const step of pipeline.steps) {
    for (const cellId of step.cellIds) roles.set(cellId, { kind: 'step', step, isFirst: false });
  }
  markFirsts(roles, view);
  return roles;
}

/** The label of a step stands above the first of its cells in a row. */
function markFirsts(roles: Map<CellId, CellRoleView>, { facts }: PipelineView): void {
  let before: string | null = null;
  for (const { cellId } of facts) {
    const role = roles.get(cellId);
    if (role === undefined) continue;
    const name = role.kind === 'step' ? role.step.id : `${role.kind} `;
    const isFirst = name !== before || role.kind === 'skipped';
    roles.set(cellId, { ...role, isFirst });
    before = name;
  }
}

interface CellSteps {
  readonly view: PipelineView | null;
  readonly roles: ReadonlyMap<CellId, CellRoleView>;
  readonly facts: ReadonlyMap<CellId, CellFacts>;
}

export const useCellSteps = create<CellSteps>(() => ({
  view: null,
  roles: new Map(),
  facts: new Map(),
}));

export function showPipeline(view: PipelineView | null): void {
  if (view === null) {
    useCellSteps.setState({ view, roles: new Map(), facts: new Map() });
    return;
  }
  const facts = new Map(view.facts.map((cell) => [cell.cellId, cell]));
  useCellSteps.setState({ view, roles: rolesOf(view), facts });
}
