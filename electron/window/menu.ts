/** The native menu, from the same list of commands as the palette. */
import { Menu, type MenuItemConstructorOptions } from 'electron';
import { COMMANDS, type CommandSpec, type MenuName } from '../../shared/project/commands';

const TITLES: readonly (readonly [MenuName, string])[] = [
  ['file', '&File'],
  ['edit', '&Edit'],
  ['view', '&View'],
  ['cell', '&Cell'],
  ['kernel', '&Kernel'],
  ['go', '&Go'],
  ['road', '&Road'],
  ['help', '&Help'],
];

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** What the system itself offers, after our own entries. */
const ROLES: Partial<Record<MenuName, readonly MenuItemConstructorOptions[]>> = {
  file: [separator, { role: 'quit' }],
  edit: [separator, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }],
  view: [
    separator,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'togglefullscreen' },
    { role: 'reload', accelerator: 'F5' },
  ],
};

export function studioMenu(run: (commandId: string) => void): Menu {
  const ours = TITLES.map(([name, label]) => ({ label, submenu: submenu(name, run) }));
  return Menu.buildFromTemplate(
    process.platform === 'darwin' ? [{ role: 'appMenu' as const }, ...ours] : ours,
  );
}

function submenu(name: MenuName, run: (id: string) => void): MenuItemConstructorOptions[] {
  const commands: readonly CommandSpec[] = COMMANDS;
  const entries = commands
    .filter((command) => command.menu === name)
    .map((command) => ({
      label: command.title,
      // Keys are handled in the page, where they depend on what has the focus; the menu only shows them.
      ...(command.accelerator ? { accelerator: command.accelerator } : {}),
      registerAccelerator: false,
      click: () => run(command.id),
    }));
  return [...entries, ...(ROLES[name] ?? [])];
}
