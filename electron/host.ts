/** The studio host: a plain Node process that owns every service and answers the window's connections. */
import { RPCHandler } from '@orpc/server/message-port';
import { closeInheritedDescriptors } from './base/inherited-descriptors';
import { compose } from './compose';
import { studioRouter } from './router';
import type { HostMessage } from './window/host-process';

interface ParentPort {
  send(message: HostMessage): void;
  onMessage(listener: (message: HostMessage) => void): void;
}

// It is this process's own: no kernel and no package should find it.
delete process.env.NODE_COMPILE_CACHE;
// Under a Node of our own; in Electron's utility process the descriptors are Chromium's and stay with it.
if (process.connected) closeInheritedDescriptors();
const parent = parentPort();
const studio = await compose({});

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await studio.dispose();
  process.exit(0);
}
process.on('SIGTERM', () => void end());
process.on('SIGINT', () => void end());
// The app is gone: nothing of ours may outlive it but what was deployed.
process.on('disconnect', () => void end());

// Before the first answer: a window that is told of no notebook would take the one that is written in off the screen.
await studio.project.reopen();
const handler = new RPCHandler(studioRouter(studio));
const connections = new Map<number, Connection>();

/** One window's end of the line, in the shape oRPC expects of a port. */
class Connection {
  readonly #onMessage: ((event: { data: unknown }) => void)[] = [];
  readonly #onClose: (() => void)[] = [];

  constructor(readonly id: number) {}

  on(event: string, listener: (event?: { data: unknown }) => void): void {
    if (event === 'message') this.#onMessage.push(listener);
    if (event === 'close') this.#onClose.push(() => listener());
  }

  postMessage(data: unknown): void {
    parent.send({ type: 'frame', connection: this.id, data });
  }

  receive(data: unknown): void {
    for (const listener of this.#onMessage) listener({ data });
  }

  close(): void {
    for (const listener of this.#onClose) listener();
  }
}

parent.onMessage((message) => {
  if (message.type === 'close') {
    connections.get(message.connection)?.close();
    connections.delete(message.connection);
    return;
  }
  let connection = connections.get(message.connection);
  if (!connection) {
    connection = new Connection(message.connection);
    connections.set(message.connection, connection);
    handler.upgrade(connection);
  }
  connection.receive(message.data);
});

/** Under Electron's utilityProcess or under a Node of our own. */
function parentPort(): ParentPort {
  const electronPort = (process as { parentPort?: ElectronParentPort }).parentPort;
  if (electronPort) {
    return {
      send: (message) => electronPort.postMessage(message),
      onMessage: (listener) => electronPort.on('message', (event) => listener(event.data)),
    };
  }
  return {
    // The app may be gone before us: a frame to nobody is no error, `disconnect` ends us.
    send: (message) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => process.on('message', (message) => listener(message as HostMessage)),
  };
}

interface ElectronParentPort {
  postMessage(message: HostMessage): void;
  on(event: 'message', listener: (event: { data: HostMessage }) => void): void;
}
