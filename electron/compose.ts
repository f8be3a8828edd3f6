/** Everything wired in one place, in the order of the road, for the app's host, the CLI and the tests. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StudioFailure } from '../shared/base/studio-error';
import { slipwayHome } from './base/home';
import { BuildService } from './build';
import { ConnectService } from './connect';
import { NotebookService } from './notebook';
import { ProjectService } from './project';
import { TaskRunner } from './task';

export interface ComposeOptions {
  /** Instead of `$SLIPWAY_HOME` or the platform's data folder. */
  readonly home?: string;
  /** Instead of `$SLIPWAY_RESOURCES` or the folder beside the bundle. */
  readonly resources?: string;
  readonly toolsFolder?: string;
}

export type Studio = Awaited<ReturnType<typeof compose>>;

export async function compose(options: ComposeOptions = {}) {
  const home = options.home ?? slipwayHome();
  const resources = options.resources ?? resourcesFolder();
  await mkdir(home, { recursive: true });

  // Long work, seen and cancellable.
  const tasks = new TaskRunner();
  // What is open and what a person has set.
  const project = await ProjectService.load({
    home,
    resources,
    session: process.env.SLIPWAY_SESSION ?? null,
    openNotebook: async (path) => {
      const opened = await notebook.open(path);
      if (!opened.ok) throw new StudioFailure(opened.error);
      connect.refreshEnvironments({ notebookPath: path });
    },
    closeNotebook: async (path) => {
      const closed = await notebook.close(path);
      if (!closed.ok) throw new StudioFailure(closed.error);
    },
  });
  // Python environments, the private Jupyter server, kernels here and elsewhere.
  const connect = new ConnectService({
    home,
    resources,
    tasks,
    ...(options.toolsFolder ? { toolsFolder: options.toolsFolder } : {}),
    packageSources: () => project.settings,
  });
  // Open documents, their edits and runs.
  const notebook = new NotebookService({
    home,
    tasks,
    connect: {
      get session() {
        return connect.session();
      },
    },
    isAutosaveOn: () => project.settings.isAutosaveOn,
  });
  // The package's image.
  const build = new BuildService({
    tasks,
    currentPackage: () => null,
    readSettings: () => project.settings,
    writeSettings: async (change) => {
      const set = await project.setSettings(change);
      if (!set.ok) throw new StudioFailure(set.error);
    },
  });

  return {
    home,
    resources,
    tasks,
    project,
    connect,
    notebook,
    build,
    /** Ends what belongs to this session; deployments live on. */
    dispose: async () => {
      tasks.dispose();
      await notebook.dispose();
      await connect.dispose();
    },
  };
}

/** `resources/` beside the bundle's folder, in the checkout and in the packaged app alike. */
function resourcesFolder(): string {
  if (process.env.SLIPWAY_RESOURCES) return process.env.SLIPWAY_RESOURCES;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'resources', 'python')) && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  return join(folder, 'resources');
}
