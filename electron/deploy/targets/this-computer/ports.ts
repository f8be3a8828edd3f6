/** Ports of this computer's loopback. */
import { createServer } from 'node:net';
import { fail } from '../../../../shared/base/studio-error';

const FIRST = 8000;
const LAST = 8999;

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The first that nothing listens on and no stopped deployment keeps. */
export async function findFreePort(taken: ReadonlySet<number>): Promise<number> {
  for (let port = FIRST; port <= LAST; port += 1) {
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  return fail('port-in-use', `No port from ${FIRST} to ${LAST} is free. Choose a port yourself.`);
}

export function portInUse(port: number, who: string): never {
  return fail(
    'port-in-use',
    `Port ${port} is used by ${who}. Choose another, or let a free one be found.`,
    {
      nextSteps: [{ label: 'Find a free port', command: 'go.deploy' }],
    },
  );
}
