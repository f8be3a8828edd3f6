/** The buttons of the selected cell. */
import { ActionIcon, Kbd, Menu, Tooltip } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconDots,
  IconPlayerPlay,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { CellView } from '../../shared/notebook';
import { runCommand } from '../commands';
import styles from './notebook.module.css';
import {
  clearOutputs,
  convertSelected,
  copySelected,
  cutSelected,
  insertBeside,
  mergeWithBelow,
  pasteBelow,
  runCell,
  runFrom,
} from './verbs';

export function CellTools({ cell, number }: { cell: CellView; number: number }) {
  const isCode = cell.type === 'code';
  return (
    <div className={styles.tools} role="toolbar" aria-label={`Cell ${number}`}>
      {isCode && (
        <Tool label="Run cell" keys="Shift+Enter" onClick={() => void runCell(cell.id)}>
          <IconPlayerPlay size={14} />
        </Tool>
      )}
      <Tool label="Add cell below" keys="B" onClick={() => void insertBeside('below')}>
        <IconPlus size={14} />
      </Tool>
      <Tool label="Move up" keys="Alt+↑" onClick={() => runCommand('notebook.move-up')}>
        <IconArrowUp size={14} />
      </Tool>
      <Tool label="Move down" keys="Alt+↓" onClick={() => runCommand('notebook.move-down')}>
        <IconArrowDown size={14} />
      </Tool>
      <Tool label="Delete cell" keys="D D" onClick={() => runCommand('notebook.delete-cell')}>
        <IconTrash size={14} />
      </Tool>
      <MoreMenu cell={cell} />
    </div>
  );
}

interface ToolProps {
  readonly label: string;
  readonly keys: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Tool({ label, keys, onClick, children }: ToolProps) {
  return (
    <Tooltip label={`${label} (${keys})`}>
      <ActionIcon size={24} aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function MoreMenu({ cell }: { cell: CellView }) {
  const isCode = cell.type === 'code';
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon size={24} aria-label="More for this cell">
          <IconDots size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isCode && <Menu.Item onClick={() => void runFrom('above')}>Run cells above</Menu.Item>}
        {isCode && <Menu.Item onClick={() => void runFrom('below')}>Run from here down</Menu.Item>}
        {isCode && <Menu.Divider />}
        <Entry keys="A" onClick={() => void insertBeside('above')}>
          Add cell above
        </Entry>
        {isCode ? (
          <Entry keys="M" onClick={() => void convertSelected('markdown')}>
            Make it text
          </Entry>
        ) : (
          <Entry keys="Y" onClick={() => void convertSelected('code')}>
            Make it code
          </Entry>
        )}
        <Entry keys="Shift+M" onClick={() => void mergeWithBelow()}>
          Merge with the cell below
        </Entry>
        <Menu.Divider />
        <Entry keys="X" onClick={() => void cutSelected()}>
          Cut
        </Entry>
        <Entry keys="C" onClick={copySelected}>
          Copy
        </Entry>
        <Entry keys="V" onClick={() => void pasteBelow()}>
          Paste below
        </Entry>
        {isCode && (
          <Menu.Item
            disabled={cell.outputs.length === 0}
            onClick={() => void clearOutputs([cell.id])}
          >
            Clear its output
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Entry(props: { keys: string; onClick: () => void; children: ReactNode }) {
  return (
    <Menu.Item rightSection={<Kbd>{props.keys}</Kbd>} onClick={props.onClick}>
      {props.children}
    </Menu.Item>
  );
}
