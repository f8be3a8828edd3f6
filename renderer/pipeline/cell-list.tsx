/** Every code cell with the step it belongs to; what can be done with it is in its menu. Checked cells move together. */
import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { CellId } from '../../shared/base/ids';
import type { CellView } from '../../shared/notebook';
import { type NotebookStep, notebooksAround, type Pipeline } from '../../shared/pipeline';
import { type CellRoleView, Pill, requestCell, StepPill, stepColours, useCellSteps } from '../ui';
import { CellMenu } from './cell-menu';
import { cellNumberIn, firstLine } from './cells';
import styles from './pipeline.module.css';
import { countCells } from './run-facts';
import { select } from './selection';

export interface CellListProps {
  readonly cells: readonly CellView[];
  readonly pipeline: Pipeline;
  readonly onPromote: (cell: CellView) => void;
}

export function CellList({ cells, pipeline, onPromote }: CellListProps) {
  const [checked, setChecked] = useState<ReadonlySet<CellId>>(new Set());
  const roles = useCellSteps((state) => state.roles);
  const numberOf = cellNumberIn(cells);
  const { before, after } = notebooksAround(pipeline);
  const toggle = (id: CellId) => {
    const next = new Set(checked);
    if (!next.delete(id)) next.add(id);
    setChecked(next);
  };
  return (
    <ul className={styles.cells} aria-label="Cells and their steps" data-testid="cell-list">
      {before.map((step) => (
        <NotebookRow key={step.id} step={step} />
      ))}
      {cells
        .filter(({ type }) => type === 'code')
        .map((cell) => {
          const role = roles.get(cell.id);
          const isChecked = checked.has(cell.id);
          return (
            <li key={cell.id} className={styles.cellRow} data-testid={`cell-row-${cell.id}`}>
              <Band role={role} />
              <Checkbox
                size="xs"
                aria-label={`Choose cell ${numberOf(cell.id)}`}
                checked={isChecked}
                onChange={() => toggle(cell.id)}
              />
              <button type="button" className={styles.link} onClick={() => requestCell(cell.id)}>
                {numberOf(cell.id)}
              </button>
              <code className={styles.cellLine}>{firstLine(cell.source)}</code>
              <Role role={role} />
              <CellMenu
                cellIds={
                  isChecked ? cells.map(({ id }) => id).filter((id) => checked.has(id)) : [cell.id]
                }
                number={numberOf(cell.id) ?? 0}
                role={role}
                pipeline={pipeline}
                onPromote={() => onPromote(cell)}
                onDone={() => setChecked(new Set())}
              />
            </li>
          );
        })}
      {after.map((step) => (
        <NotebookRow key={step.id} step={step} />
      ))}
    </ul>
  );
}

/** Further notebooks stand where they run: before all cells or after them. */
function NotebookRow({ step }: { step: NotebookStep }) {
  const { notebook } = step;
  return (
    <li className={styles.cellRow} data-testid={`notebook-row-${step.id}`}>
      <span
        className={styles.cellBand}
        style={{ background: stepColours(step.colour).band }}
        aria-hidden
      />
      <span />
      <span />
      <button
        type="button"
        className={`${styles.link} ${styles.notebookName}`}
        onClick={() => select({ kind: 'step', id: step.id })}
      >
        {notebook.path}
      </button>
      <Pill title={step.reason}>{countCells(notebook.cells)}, one step</Pill>
      <span />
    </li>
  );
}

function Band({ role }: { role: CellRoleView | undefined }) {
  const background =
    role?.kind === 'step' ? stepColours(role.step.colour).band : 'var(--line-strong)';
  return <span className={styles.cellBand} style={{ background }} aria-hidden />;
}

function Role({ role }: { role: CellRoleView | undefined }) {
  switch (role?.kind) {
    case 'step':
      return <StepPill name={role.step.name} colour={role.step.colour} title={role.step.reason} />;
    case 'skipped':
      return <Pill title={role.reason}>skipped: {role.reason}</Pill>;
    case 'helpers':
      return <Pill title={role.names.join(', ')}>functions</Pill>;
    case 'parameters':
      return <Pill tone="accent">parameters</Pill>;
    case 'imports':
      return <Pill>imports</Pill>;
    default:
      return <Pill>nothing to run</Pill>;
  }
}
