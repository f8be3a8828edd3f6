/** A Jupyter server that is none of the app's, as a data scientist has one running elsewhere. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export interface JupyterServer {
  readonly url: string;
  end(): Promise<void>;
}

export async function startJupyterServer(folder: string, token: string): Promise<JupyterServer> {
  const tools = process.env.SLIPWAY_TOOLS;
  if (!tools) throw new Error('SLIPWAY_TOOLS is not set: start the specs with `npm test -- e2e`.');
  const server = spawn(
    join(tools, 'bin', 'jupyter-server'),
    [
      '--no-browser',
      '--allow-root',
      '--ip=127.0.0.1',
      '--port=0',
      `--IdentityProvider.token=${token}`,
      `--ServerApp.root_dir=${folder}`,
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: folder } },
  );
  return { url: await addressOf(server), end: () => end(server) };
}

/** Port 0 lets the system choose one; the server prints which. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:[1-9]\d*\//.exec(said);
      if (address) resolve(address[0]);
    });
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${said}`)));
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}
