/** The studio host as a process: on Electron's own Node where that is new enough, else on a Node 24 beside the app. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type UtilityProcess, utilityProcess } from 'electron';

/** What travels between the main process and the host: frames of one window's connection, and the end of one. */
export type HostMessage =
  | { readonly type: 'frame'; readonly connection: number; readonly data: unknown }
  | { readonly type: 'close'; readonly connection: number };

export interface HostProcess {
  send(message: HostMessage): void;
  onMessage(listener: (message: HostMessage) => void): void;
  onExit(listener: (code: number | null) => void): void;
  end(): void;
}

export interface HostOptions {
  /** The bundled host. */
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  /** Folders that may hold a `node` program, in the order of trust. */
  readonly nodeCandidates: readonly string[];
}

/** The first Node whose `node:sqlite`, WebSocket and fetch the host relies on. */
const NODE_NEEDED = 22;

export function startHost(options: HostOptions): HostProcess {
  const own = Number(process.versions.node.split('.')[0]);
  return own >= NODE_NEEDED && !options.env.SLIPWAY_HOST_NODE
    ? startUtility(options)
    : startChild(options);
}

function startUtility({ script, env }: HostOptions): HostProcess {
  const child: UtilityProcess = utilityProcess.fork(script, [], {
    env: { ...env },
    serviceName: 'Slipway studio host',
  });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => child.on('exit', listener),
    end: () => void child.kill(),
  };
}

function startChild({ script, env, nodeCandidates }: HostOptions): HostProcess {
  const node = env.SLIPWAY_HOST_NODE ?? nodeCandidates.find(existsSync) ?? 'node';
  const child: ChildProcess = spawn(node, [script], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
    windowsHide: true,
  });
  return {
    // Electron's Node 16 and Node 24 differ in their 'advanced' wire format for typed arrays, not for text.
    send: (message) => void (child.connected && child.send(message)),
    onMessage: (listener) => child.on('message', (message) => listener(message as HostMessage)),
    onExit: (listener) => child.on('exit', listener),
    end: () => void child.kill(),
  };
}

/** Where a Node 24 may lie: in the packaged app's resources, or in the development tree. */
export function nodeCandidates(resources: string, root: string): string[] {
  const isWindows = process.platform === 'win32';
  const platform = isWindows ? 'win' : process.platform;
  const program = isWindows ? 'node.exe' : 'node';
  return [
    join(resources, 'node', ...(isWindows ? [program] : ['bin', program])),
    join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', program),
  ];
}
