/**
 * Every command by name, once: the native menu, the palette, the key handler and the buttons of errors all use
 * these ids. What a command does is registered in the window, by the place it belongs to.
 */

export type MenuName = 'file' | 'edit' | 'view' | 'cell' | 'kernel' | 'go' | 'road' | 'help';

export interface CommandSpec {
  readonly id: string;
  readonly title: string;
  /** As Electron writes it; `CmdOrCtrl` is ⌘ on a Mac. */
  readonly accelerator?: string;
  readonly menu?: MenuName;
}

export const COMMANDS = [
  { id: 'project.open', title: 'Open notebook…', accelerator: 'CmdOrCtrl+O', menu: 'file' },
  { id: 'project.home', title: 'Go to the start page', menu: 'go' },
  { id: 'notebook.save', title: 'Save', accelerator: 'CmdOrCtrl+S', menu: 'file' },
  { id: 'notebook.save-as', title: 'Save as…', accelerator: 'CmdOrCtrl+Shift+S', menu: 'file' },
  { id: 'project.close', title: 'Close notebook', accelerator: 'CmdOrCtrl+Shift+W', menu: 'file' },
  { id: 'app.settings', title: 'Settings…', accelerator: 'CmdOrCtrl+,', menu: 'file' },

  { id: 'notebook.undo', title: 'Undo the last edit of the notebook', menu: 'edit' },
  { id: 'notebook.redo', title: 'Redo the edit of the notebook', menu: 'edit' },

  {
    id: 'view.palette',
    title: 'Search or run a command',
    accelerator: 'CmdOrCtrl+K',
    menu: 'view',
  },
  { id: 'view.tasks', title: 'Show tasks', accelerator: 'CmdOrCtrl+Shift+T', menu: 'view' },
  { id: 'view.panel', title: 'Show or hide the panel', accelerator: 'CmdOrCtrl+J', menu: 'view' },
  {
    id: 'view.inspector',
    title: 'Show or hide the inspector',
    accelerator: 'CmdOrCtrl+I',
    menu: 'view',
  },
  { id: 'view.problems', title: 'Show problems', accelerator: 'CmdOrCtrl+Shift+M', menu: 'view' },
  { id: 'view.theme', title: 'Switch between dark and light', menu: 'view' },

  { id: 'go.notebook', title: 'Notebook', accelerator: 'CmdOrCtrl+1', menu: 'go' },
  { id: 'go.pipeline', title: 'Pipeline', accelerator: 'CmdOrCtrl+2', menu: 'go' },
  { id: 'go.package', title: 'Package', accelerator: 'CmdOrCtrl+3', menu: 'go' },
  { id: 'go.build', title: 'Image', accelerator: 'CmdOrCtrl+4', menu: 'go' },
  { id: 'go.estimate', title: 'Estimate', accelerator: 'CmdOrCtrl+5', menu: 'go' },
  { id: 'go.deploy', title: 'Deploy', accelerator: 'CmdOrCtrl+6', menu: 'go' },
  { id: 'go.operate', title: 'Alive', accelerator: 'CmdOrCtrl+7', menu: 'go' },

  { id: 'notebook.run-cell', title: 'Run cell', menu: 'cell' },
  {
    id: 'notebook.run-all',
    title: 'Run all cells',
    accelerator: 'CmdOrCtrl+Shift+Enter',
    menu: 'cell',
  },
  { id: 'notebook.run-above', title: 'Run cells above', menu: 'cell' },
  { id: 'notebook.run-below', title: 'Run this cell and all below', menu: 'cell' },
  { id: 'notebook.add-above', title: 'Add cell above', menu: 'cell' },
  { id: 'notebook.add-below', title: 'Add cell below', menu: 'cell' },
  { id: 'notebook.move-up', title: 'Move cell up', accelerator: 'Alt+Up', menu: 'cell' },
  { id: 'notebook.move-down', title: 'Move cell down', accelerator: 'Alt+Down', menu: 'cell' },
  { id: 'notebook.to-code', title: 'Make it a code cell', menu: 'cell' },
  { id: 'notebook.to-markdown', title: 'Make it a text cell', menu: 'cell' },
  { id: 'notebook.delete-cell', title: 'Delete cell', menu: 'cell' },

  {
    id: 'connect.choose',
    title: 'Choose kernel…',
    accelerator: 'CmdOrCtrl+Shift+K',
    menu: 'kernel',
  },
  {
    id: 'connect.make-environment',
    title: 'Make an environment for this notebook',
    menu: 'kernel',
  },
  { id: 'connect.server', title: 'Connect to a Jupyter server…', menu: 'kernel' },
  { id: 'connect.refresh', title: 'Look for Python environments again', menu: 'kernel' },
  {
    id: 'notebook.interrupt',
    title: 'Interrupt kernel',
    accelerator: 'CmdOrCtrl+.',
    menu: 'kernel',
  },
  { id: 'notebook.restart', title: 'Restart kernel', menu: 'kernel' },

  {
    id: 'pipeline.add-notebook',
    title: 'Add a notebook to the pipeline…',
    accelerator: 'CmdOrCtrl+Shift+N',
    menu: 'road',
  },
  {
    id: 'package.generate',
    title: 'Write the package',
    accelerator: 'CmdOrCtrl+Shift+G',
    menu: 'road',
  },
  {
    id: 'package.run',
    title: 'Run the package here',
    accelerator: 'CmdOrCtrl+Shift+R',
    menu: 'road',
  },
  {
    id: 'go.sweep',
    title: 'Sweep of parameter values',
    accelerator: 'CmdOrCtrl+Shift+E',
    menu: 'road',
  },
  { id: 'build.start', title: 'Build the image', accelerator: 'CmdOrCtrl+Shift+B', menu: 'road' },
  { id: 'build.push', title: 'Push the image', accelerator: 'CmdOrCtrl+Shift+U', menu: 'road' },
  {
    id: 'build.lookAtKept',
    title: 'Images of Slipway on the engine',
    accelerator: 'CmdOrCtrl+Shift+L',
    menu: 'road',
  },
  { id: 'deploy.plan', title: 'Plan a deployment', accelerator: 'CmdOrCtrl+Shift+D', menu: 'road' },
  {
    id: 'deploy.check',
    title: 'Ask the target: where, as whom, is it ready',
    accelerator: 'CmdOrCtrl+Shift+Y',
    menu: 'road',
  },
  {
    id: 'deploy.export',
    title: 'Export the plan as files',
    accelerator: 'CmdOrCtrl+Shift+X',
    menu: 'road',
  },

  { id: 'help.keys', title: 'Keys', accelerator: 'CmdOrCtrl+/', menu: 'help' },
] as const satisfies readonly CommandSpec[];

/** The commands every window knows; a stage may register more under ids of its own. */
export type CommandId = (typeof COMMANDS)[number]['id'];

export function findCommand(id: string): CommandSpec | undefined {
  return COMMANDS.find((command) => command.id === id);
}
