/** What the commands of the frame do. */
import { useComputedColorScheme } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { useEffect } from 'react';
import { placeSchema } from '../../shared/base/studio-error';
import { runCommand, useCommands } from '../commands';
import { native } from '../native';
import {
  goTo,
  setTaskListOpen,
  showDialog,
  showPanel,
  toggleInspector,
  togglePanel,
  useNavigation,
} from '../navigation';
import { callOrNotify, requestSweep } from '../ui';
import { ROAD } from './stage-words';

export async function openNotebook(path: string): Promise<void> {
  const opened = await callOrNotify((studio) => studio.project.open({ path }));
  if (opened !== null) goTo('notebook');
}

async function chooseNotebook(argument?: unknown): Promise<void> {
  const path = pathIn(argument) ?? (await native()?.showOpenDialog());
  if (path) await openNotebook(path);
}

/** Buttons of errors name the file to open: as text or as a place. */
function pathIn(argument: unknown): string | null {
  if (typeof argument === 'string') return argument;
  const place = placeSchema.safeParse(argument);
  return place.success ? (place.data.path ?? null) : null;
}

export function useIsDark(): boolean {
  return useComputedColorScheme('dark') === 'dark';
}

export function useShellCommands(): void {
  const isDark = useIsDark();
  useEffect(() => native()?.onMenuCommand((id) => void runCommand(id)), []);
  useCommands([
    { id: 'project.open', run: chooseNotebook },
    { id: 'project.home', run: () => goTo('home') },
    {
      id: 'project.close',
      run: async () => void (await callOrNotify((studio) => studio.project.close())),
    },
    { id: 'app.settings', run: () => showDialog({ kind: 'settings' }) },
    { id: 'help.keys', run: () => showDialog({ kind: 'keys' }) },
    { id: 'view.palette', run: () => spotlight.toggle() },
    {
      id: 'view.tasks',
      run: () => setTaskListOpen(!useNavigation.getState().isTaskListOpen),
    },
    { id: 'view.panel', run: togglePanel },
    { id: 'view.inspector', run: toggleInspector },
    { id: 'view.problems', run: () => showPanel('problems') },
    {
      id: 'view.theme',
      run: async () => {
        const theme = isDark ? 'light' : 'dark';
        await callOrNotify((studio) => studio.project.setSettings({ theme }));
      },
    },
    ...[...ROAD, 'operate' as const].map((place) => ({
      id: `go.${place}`,
      run: () => goTo(place),
    })),
    { id: 'go.sweep', run: requestSweep },
    { id: 'connect.choose', run: () => showDialog({ kind: 'connect', tab: 'environments' }) },
    { id: 'connect.server', run: () => showDialog({ kind: 'connect', tab: 'server' }) },
  ]);
}
