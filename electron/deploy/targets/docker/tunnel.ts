/** A way to a port on the loopback of an engine's computer: `ssh -L`, as a person would open it. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../../../shared/base/studio-error';
import { parseEngineAddress } from '../../../../shared/engine';
import type { Reached } from '../target';

const OPEN_MS = 20_000;

export async function openTunnel(engine: string, port: number): Promise<Reached> {
  const parsed = parseEngineAddress(engine);
  if (!parsed.ok || parsed.value.kind !== 'ssh') {
    return fail(
      'precondition',
      `The service listens on the engine’s computer only (127.0.0.1:${port}), and ${engine} offers no way there. Deploy it with “Reachable from” 0.0.0.0, or reach the engine by ssh.`,
    );
  }
  const { user, host, port: sshPort } = parsed.value;
  const here = await freePort();
  const config = process.env.SLIPWAY_SSH_CONFIG;
  const child = spawn(
    'ssh',
    [
      ...['-N', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes'],
      ...['-o', 'ExitOnForwardFailure=yes', '-L', `127.0.0.1:${here}:127.0.0.1:${port}`],
      ...(config ? ['-F', config] : []),
      ...(user ? ['-l', user] : []),
      ...(sshPort ? ['-p', String(sshPort)] : []),
      ...['--', host],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true },
  );
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const url = `http://127.0.0.1:${here}`;
  const close = async () => void child.kill();
  for (const deadline = Date.now() + OPEN_MS; Date.now() < deadline; await sleep(100)) {
    if (child.exitCode !== null) break;
    const isOpen = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) }).then(
      () => true,
      () => false,
    );
    if (isOpen) return { url, close };
  }
  await close();
  return fail('server-unreachable', `No tunnel to ${host} could be opened for port ${port}.`, {
    detail: words,
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
