/** All keys on one page: the studio's from the command list, the notebook's as Jupyter has them. */
import { Kbd, Modal, Table } from '@mantine/core';
import { COMMANDS, type CommandSpec } from '../../shared/project/commands';
import { showKeys } from '../keys';
import { closeDialog, useNavigation } from '../navigation';

const NOTEBOOK_KEYS = [
  ['Enter', 'Edit the cell'],
  ['Esc', 'Leave the cell, to command it'],
  ['Shift+Enter', 'Run, go to the next cell'],
  ['CmdOrCtrl+Enter', 'Run, stay'],
  ['Alt+Enter', 'Run, insert a cell below'],
  ['K or ↑', 'Cell above'],
  ['J or ↓', 'Cell below'],
  ['A', 'Insert above'],
  ['B', 'Insert below'],
  ['X', 'Cut'],
  ['C', 'Copy'],
  ['V', 'Paste below'],
  ['D D', 'Delete'],
  ['Z', 'Undo'],
  ['Shift+Z', 'Redo'],
  ['M', 'To text (Markdown)'],
  ['Y', 'To code'],
  ['Shift+M', 'Merge with the cell below'],
  ['I I', 'Interrupt the kernel'],
  ['0 0', 'Restart the kernel'],
] as const;

export function KeysDialog() {
  const isOpen = useNavigation((state) => state.dialog.kind === 'keys');
  const commands: readonly CommandSpec[] = COMMANDS;
  return (
    <Modal opened={isOpen} onClose={closeDialog} title="Keys" size="xl">
      <div
        style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 28, alignItems: 'start' }}
      >
        <KeyTable
          caption="Everywhere"
          rows={commands.flatMap(({ title, accelerator }) =>
            accelerator === undefined ? [] : [[accelerator, title] as const],
          )}
        />
        <KeyTable caption="In a notebook, a cell selected" rows={NOTEBOOK_KEYS} />
      </div>
    </Modal>
  );
}

function KeyTable({
  caption,
  rows,
}: {
  caption: string;
  rows: readonly (readonly [string, string])[];
}) {
  return (
    <Table captionSide="top" verticalSpacing={3} withRowBorders={false}>
      <Table.Caption ta="left" fw={600}>
        {caption}
      </Table.Caption>
      <Table.Tbody>
        {rows.map(([keys, title]) => (
          <Table.Tr key={title}>
            <Table.Td>{title}</Table.Td>
            <Table.Td ta="right">
              <Kbd>{showKeys(keys)}</Kbd>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
