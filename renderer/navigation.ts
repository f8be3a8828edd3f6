/** Where the person is: the place, the open dialog, the bottom panel. Nothing here is the host's business. */
import { create } from 'zustand';
import type { TaskId } from '../shared/base/ids';
import type { Stage } from '../shared/stages';

/** Stage connect has no place of its own: it lives in a dialog behind the kernel chip. */
export type PlaceName = 'home' | Exclude<Stage, 'connect'>;

export type Dialog =
  | { readonly kind: 'none' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'connect'; readonly tab: 'environments' | 'server' }
  | { readonly kind: 'keys' };

export type PanelTab = 'problems' | 'output' | 'log';

export interface Panel {
  readonly isOpen: boolean;
  readonly tab: PanelTab;
  /** Whose log the tab `log` shows; null for the newest task. */
  readonly taskId: TaskId | null;
}

export interface Navigation {
  readonly place: PlaceName;
  readonly dialog: Dialog;
  readonly panel: Panel;
  readonly isInspectorOpen: boolean;
  readonly isTaskListOpen: boolean;
}

export const useNavigation = create<Navigation>(() => ({
  place: 'home',
  dialog: { kind: 'none' },
  panel: { isOpen: false, tab: 'problems', taskId: null },
  isInspectorOpen: true,
  isTaskListOpen: false,
}));

export function goTo(place: PlaceName): void {
  useNavigation.setState({ place });
}

export function showDialog(dialog: Dialog): void {
  useNavigation.setState({ dialog });
}

export function closeDialog(): void {
  useNavigation.setState({ dialog: { kind: 'none' } });
}

export function showPanel(tab: PanelTab, taskId: TaskId | null = null): void {
  useNavigation.setState({ panel: { isOpen: true, tab, taskId } });
}

export function togglePanel(): void {
  useNavigation.setState(({ panel }) => ({ panel: { ...panel, isOpen: !panel.isOpen } }));
}

export function toggleInspector(): void {
  useNavigation.setState(({ isInspectorOpen }) => ({ isInspectorOpen: !isInspectorOpen }));
}

export function setTaskListOpen(isTaskListOpen: boolean): void {
  useNavigation.setState({ isTaskListOpen });
}
