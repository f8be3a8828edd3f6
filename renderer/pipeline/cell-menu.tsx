/** What can be done with a cell of the pipeline. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import type { CellId } from '../../shared/base/ids';
import type { Pipeline } from '../../shared/pipeline';
import type { CellRoleView } from '../ui';
import { NameDialog } from './name-dialog';
import styles from './pipeline.module.css';
import { assignCells, type CellRole, skipCells, splitAt, unskipCells } from './verbs';

export interface CellMenuProps {
  /** The cell, and all others checked with it. */
  readonly cellIds: CellId[];
  readonly number: number;
  readonly role: CellRoleView | undefined;
  readonly pipeline: Pipeline;
  readonly onPromote: () => void;
  readonly onDone: () => void;
}

const OTHER_ROLES = [
  { kind: 'parameters', label: 'Holds parameters' },
  { kind: 'imports', label: 'Holds imports' },
  { kind: 'functions', label: 'Holds functions' },
] as const;

export function CellMenu(props: CellMenuProps) {
  const { cellIds, number, role, pipeline, onDone } = props;
  const [isNaming, setNaming] = useState(false);
  const [first] = cellIds;
  const ownSteps = pipeline.steps.filter(({ notebook }) => !notebook);
  const assign = (chosen: CellRole) => {
    assignCells(cellIds, chosen);
    onDone();
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon size={22} aria-label={`Actions for cell ${number}`} data-testid="cell-menu">
            <IconDots size={14} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown className={styles.menu}>
          <Menu.Label>
            {cellIds.length === 1 ? `Cell ${number}` : `${cellIds.length} cells`} to step
          </Menu.Label>
          {ownSteps.map((step) => (
            <Menu.Item key={step.id} onClick={() => assign({ kind: 'step', name: step.name })}>
              {step.name}
              {role?.kind === 'step' && role.step.id === step.id ? ' ✓' : ''}
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => setNaming(true)}>A new step…</Menu.Item>
          <Menu.Divider />
          {first !== undefined && cellIds.length === 1 && role?.kind === 'step' && (
            <Menu.Item onClick={() => splitAt(first)}>Split the step here</Menu.Item>
          )}
          {role?.kind === 'skipped' ? (
            <Menu.Item onClick={() => unskipCells(cellIds)}>Use it again</Menu.Item>
          ) : (
            <Menu.Item onClick={() => skipCells(cellIds)}>Skip</Menu.Item>
          )}
          {OTHER_ROLES.map(({ kind, label }) => (
            <Menu.Item key={kind} onClick={() => assign({ kind })}>
              {label}
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => assign(null)}>Let the suggestion decide</Menu.Item>
          <Menu.Divider />
          <Menu.Item disabled={cellIds.length > 1} onClick={props.onPromote}>
            Make a literal a parameter…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isNaming && (
        <NameDialog
          title={
            cellIds.length === 1
              ? `A new step for cell ${number}`
              : `A new step for ${cellIds.length} cells`
          }
          onClose={() => setNaming(false)}
          onName={(name) => assign({ kind: 'step', name })}
        />
      )}
    </>
  );
}
