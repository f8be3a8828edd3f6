/** Kernels of this computer: the tools, the one private server, and a kernel in any environment on it. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { fail, type StudioError } from '../../shared/base/studio-error';
import type { Environment } from '../../shared/connect';
import { startKernel } from './jupyter';
import { PrivateServer } from './private-server';
import { privateServerEnded } from './session-errors';
import type { KernelHost } from './session-types';
import { ensureTools, type Tools, type ToolsNeeds, type ToolsWork } from './tools-environment';

export class LocalJupyter {
  readonly #needs: ToolsNeeds;
  readonly #endListeners = new Set<(error: StudioError) => void>();
  #server: PrivateServer | null = null;
  #starting: Promise<PrivateServer> | null = null;
  #isDisposed = false;

  constructor(needs: ToolsNeeds) {
    this.#needs = needs;
  }

  tools(work: ToolsWork = {}): Promise<Tools> {
    return ensureTools(this.#needs, work);
  }

  /** The server that runs, or a new one. */
  async server(work: ToolsWork = {}): Promise<PrivateServer> {
    if (this.#server?.isRunning) return this.#server;
    const tools = await this.tools(work);
    this.#starting ??= this.#startServer(tools.python).finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  /** Called when the server ends by itself. */
  onServerEnded(listener: (error: StudioError) => void): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  /** A kernel in this environment, working in this folder. */
  hostFor(environment: Environment, folder: string | null): KernelHost {
    const name = `python-${createHash('sha256').update(environment.pythonPath).digest('hex').slice(0, 12)}`;
    const cwd = folder !== null && existsSync(folder) ? folder : homedir();
    return {
      about: {
        displayName: environment.name,
        pythonPath: environment.pythonPath,
        where: 'local',
        environmentId: environment.id,
        serverUrl: null,
      },
      settings: async (signal) => (await this.server({ signal })).settings,
      startKernel: async (settings) => {
        requireKernel(environment);
        const server = await this.server();
        return startKernel(settings, await server.addKernelSpec(environment, name), cwd);
      },
      log: () => this.#server?.log ?? '',
    };
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const starting = await this.#starting?.catch(() => null);
    await (starting ?? this.#server)?.dispose();
    this.#server = null;
  }

  async #startServer(python: string): Promise<PrivateServer> {
    if (this.#isDisposed) fail('cancelled', 'The app is closing.');
    const { home, resources, env } = this.#needs;
    const server = await PrivateServer.start({ home, resources, python, env });
    this.#server = server;
    void server.ended.then(() => {
      if (this.#isDisposed) return;
      for (const listener of this.#endListeners) listener(privateServerEnded(server.log));
    });
    return server;
  }
}

function requireKernel(environment: Environment): void {
  if (!existsSync(environment.pythonPath)) {
    fail('not-found', `There is no Python at ${environment.pythonPath} any more.`, {
      place: { path: environment.pythonPath },
      nextSteps: [{ label: 'Choose an environment', command: 'connect.choose' }],
    });
  }
  if (environment.ipykernelVersion !== null) return;
  fail(
    'environment',
    `The environment “${environment.name}” has no ipykernel, so no kernel can run there.`,
    {
      nextSteps: [
        {
          label: 'Install ipykernel there',
          command: 'connect.install-missing',
          argument: environment.id,
        },
        { label: 'Make an environment for this notebook', command: 'connect.make-environment' },
      ],
    },
  );
}
