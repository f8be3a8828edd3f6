/** The command palette: every command that can run now, the notebooks of late, with their keys. */
import { Kbd } from '@mantine/core';
import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from '@mantine/spotlight';
import { IconNotebook } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { type Command, listCommands, runCommand, subscribeCommands } from '../commands';
import { showKeys } from '../keys';
import { useProject } from '../ui';
import { openNotebook } from './shell-commands';

export function Palette() {
  const commands = useSyncExternalStore(subscribeCommands, listCommands);
  const recent = useProject()?.recent ?? [];
  const actions: SpotlightActionGroupData[] = [
    {
      group: 'Commands',
      actions: commands
        .filter(({ id, when }) => id !== 'view.palette' && when?.() !== false)
        .map(toAction),
    },
    {
      group: 'Recent notebooks',
      actions: recent
        .filter(({ exists }) => exists)
        .map(({ path, name }) => ({
          id: path,
          label: name,
          description: path,
          leftSection: <IconNotebook size={16} aria-hidden />,
          onClick: () => void openNotebook(path),
        })),
    },
  ];
  return (
    <Spotlight
      actions={actions}
      shortcut={null}
      scrollable
      maxHeight={420}
      highlightQuery
      overlayProps={{ blur: 0, opacity: 0.5 }}
      nothingFound="No command is called that"
      searchProps={{ placeholder: 'Search or run a command', 'aria-label': 'Search commands' }}
      transitionProps={{ duration: 80 }}
    />
  );
}

function toAction({ id, title, keys }: Command): SpotlightActionData {
  return {
    id,
    label: id.startsWith('go.') ? `Go to ${title}` : title,
    rightSection: keys === undefined ? undefined : <Kbd>{showKeys(keys)}</Kbd>,
    onClick: () => void runCommand(id),
  };
}
