/** A port of this computer that leads to a pod, for as long as it is open. */
import { createServer, type Server, type Socket } from 'node:net';
import { PortForward } from '@kubernetes/client-node';
import { fail } from '../../../../shared/base/studio-error';
import type { Reached } from '../target';
import type { Space } from './object-kind';

/** The pod is chosen anew for each connection: the one before may be gone by then. */
export async function forwardTo(
  { cluster, namespace }: Space,
  podName: () => Promise<string>,
  port: number,
  localPort: number | null,
): Promise<Reached> {
  const forward = new PortForward(cluster.config, true);
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    void connect(socket).catch(() => socket.destroy());
  });
  const connect = async (socket: Socket) => {
    const opened = await forward.portForward(
      namespace,
      await podName(),
      [port],
      socket,
      null,
      socket,
    );
    const web = typeof opened === 'function' ? opened() : opened;
    web?.on('close', () => socket.end());
    socket.once('close', () => web?.close());
  };
  const local = await listen(server, localPort);
  return {
    url: `http://127.0.0.1:${local}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, port: number | null): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      try {
        fail('port-in-use', `Port ${port} of this computer is in use. Choose another, or none.`);
      } catch (failure) {
        reject(failure);
      }
    });
    server.listen(port ?? 0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
