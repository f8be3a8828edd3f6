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
import { type PlaceName, useNavigation } from '../navigation';
import { useProject } from '../ui';
import { openNotebook } from './shell-commands';
import { placeTitle } from './stage-words';

export function Palette() {
  const commands = useSyncExternalStore(subscribeCommands, listCommands);
  const place = useNavigation((state) => state.place);
  const recent = useProject()?.recent ?? [];
  const actions: SpotlightActionGroupData[] = [
    ...groupCommands(commands, place),
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

/** What belongs to the place comes first, then the ways to go, then the rest. */
function groupCommands(
  commands: readonly Command[],
  place: PlaceName,
): readonly SpotlightActionGroupData[] {
  const usable = commands.filter(
    ({ id, when, needsArgument }) =>
      id !== 'view.palette' && needsArgument !== true && when?.() !== false,
  );
  const groupOf = ({ id }: Command): 'Here' | 'Go to' | 'Everywhere' => {
    if (id.startsWith(`${place}.`)) return 'Here';
    return id.startsWith('go.') || id === 'project.home' ? 'Go to' : 'Everywhere';
  };
  return (['Here', 'Go to', 'Everywhere'] as const).flatMap((group) => {
    const actions = usable.filter((command) => groupOf(command) === group).map(toAction);
    return actions.length === 0
      ? []
      : [{ group: group === 'Here' ? placeTitle(place) : group, actions }];
  });
}

function toAction({ id, title, keys }: Command): SpotlightActionData {
  return {
    id,
    label: id.startsWith('go.') ? `Go to ${title}` : title,
    rightSection: keys === undefined ? undefined : <Kbd>{showKeys(keys)}</Kbd>,
    onClick: () => void runCommand(id),
  };
}
