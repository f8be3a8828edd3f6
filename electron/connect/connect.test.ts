import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EnvironmentId } from '../../shared/base/ids';
import type { KernelState } from '../../shared/connect';
import { runProcess } from '../base/process';
import { pythonIn } from './python-paths';
import { collector, printed, RESOURCES, type TestStudio, testStudio } from './test-studio';

let studio: TestStudio;

beforeAll(async () => {
  studio = await testStudio();
}, 240_000);

afterAll(() => studio?.dispose(), 30_000);

/** A Jupyter server that is none of the app's: the same program, started by the test. */
interface OtherServer {
  readonly url: string;
  readonly process: ChildProcess;
  readonly folder: string;
}

async function otherServer(token: string): Promise<OtherServer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-other-'));
  const kernels = join(folder, 'kernels', 'plain');
  await mkdir(kernels, { recursive: true });
  const argv = [studio.environment, '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  const spec = { argv, display_name: 'Plain Python', language: 'python' };
  await writeFile(join(kernels, 'kernel.json'), JSON.stringify(spec));
  const script = join(RESOURCES, 'python', 'private_server.py');
  const process = spawn(studio.environment, ['-B', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  process.stdin.write(`${JSON.stringify({ token, folder })}\n`);
  const line = await new Promise<string>((resolve) => {
    createInterface({ input: process.stdout }).once('line', resolve);
  });
  return { url: `http://127.0.0.1:${JSON.parse(line).port}/`, process, folder };
}

async function end(server: OtherServer): Promise<void> {
  const ended = new Promise((resolve) => server.process.once('exit', resolve));
  server.process.stdin?.end();
  await ended;
}

async function stateWhere(status: KernelState['status']): Promise<KernelState> {
  for await (const state of studio.connect.kernel.watch(AbortSignal.timeout(20_000))) {
    if (state.status === status) return state;
  }
  throw new Error(`It stayed ${JSON.stringify(studio.connect.kernel.value)}.`);
}

describe('a kernel of this computer', { timeout: 60_000 }, () => {
  it('runs in the environment chosen, beside the notebook', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-notebook-'));
    const notebookPath = join(folder, 'a.ipynb');
    const started = studio.connect.connectLocal(studio.environment, { notebookPath });
    expect(await started.result).toMatchObject({ ok: true, value: { where: 'local' } });
    const { outputs, onOutput } = collector();
    await studio.connect
      .session()
      ?.execute('import os, sys; print(os.getcwd(), sys.executable)', { onOutput });
    expect(printed(outputs)).toBe(`${folder} ${studio.environment}\n`);
    await rm(folder, { recursive: true });
  });

  it('says that the private server is gone, lets go the cell, and starts both again', async () => {
    await studio.connect.connectLocal(studio.environment).result;
    const { outputs, onOutput } = collector();
    const session = studio.connect.session();
    const running = session?.execute(
      'import os, signal, time\nprint("killing")\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)',
      { onOutput },
    );
    expect(await running).toMatchObject({ failure: { kind: 'server-unreachable' } });
    expect(await stateWhere('disconnected')).toMatchObject({
      error: { kind: 'server-unreachable', nextSteps: [{ command: 'connect.reconnect' }, {}] },
    });
    expect(outputs.length).toBeLessThanOrEqual(1);
    expect(await studio.connect.reconnect()).toEqual({ ok: true, value: null });
    expect(await session?.execute('1', { onOutput })).toEqual({ status: 'ok', executionCount: 1 });
    await studio.connect.disconnect();
    expect(studio.connect.kernel.value).toEqual({ status: 'none', error: null });
  });

  it('says what to do where there is no ipykernel, and where there is no Python', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-bare-'));
    await runProcess(studio.environment, ['-m', 'venv', '--without-pip', folder]);
    const bare = await studio.connect.connectLocal(EnvironmentId(pythonIn(folder))).result;
    expect(bare).toMatchObject({
      error: {
        kind: 'environment',
        nextSteps: [
          { command: 'connect.install-missing' },
          { command: 'connect.make-environment' },
        ],
      },
    });
    expect(studio.connect.kernel.value).toMatchObject({ status: 'none', error: {} });
    const nothing = await studio.connect.connectLocal(EnvironmentId('/no/python')).result;
    expect(nothing).toMatchObject({ error: { kind: 'not-found' } });
    await rm(folder, { recursive: true });
  });
});

describe('a remote Jupyter server', { timeout: 60_000 }, () => {
  it('lists, starts, attaches to what runs, and leaves it running', async () => {
    const server = await otherServer('secret');
    const pasted = { url: `${server.url}lab/tree/x.ipynb?token=secret`, token: '' };
    const listed = await studio.connect.listRemote(pasted);
    expect(listed).toMatchObject({
      value: { url: server.url, kernelSpecs: [{ name: 'plain' }], runningKernels: [] },
    });
    const info = await studio.connect.connectRemote({ ...pasted, kernelName: 'plain' }).result;
    expect(info).toMatchObject({
      value: { where: 'remote', language: 'python', pythonPath: null },
    });
    const { outputs, onOutput } = collector();
    await studio.connect.session()?.execute('kept = 7', { onOutput });
    await studio.connect.disconnect();
    const again = await studio.connect.listRemote(pasted);
    const kernelId = again.ok ? again.value.runningKernels[0]?.id : undefined;
    await studio.connect.connectRemote({ ...pasted, kernelId }).result;
    await studio.connect.session()?.execute('print(kept)', { onOutput });
    expect(printed(outputs)).toBe('7\n');
    await studio.connect.disconnect();
    await end(server);
  });

  it('says that it is gone, and never falls back to a kernel of this computer', async () => {
    const server = await otherServer('secret');
    const target = { url: server.url, token: 'secret', kernelName: 'plain' };
    await studio.connect.connectRemote(target).result;
    const { onOutput } = collector();
    const running = studio.connect.session()?.execute('import time; time.sleep(60)', { onOutput });
    await sleep(500);
    server.process.kill('SIGKILL');
    await rm(server.folder, { recursive: true, force: true });
    expect(await running).toMatchObject({ status: 'error', failure: {} });
    expect(await stateWhere('disconnected')).toMatchObject({
      kernel: { where: 'remote' },
      error: { kind: 'server-unreachable', nextSteps: [{ command: 'connect.reconnect' }, {}] },
    });
    expect(await studio.connect.reconnect()).toMatchObject({
      ok: false,
      error: { kind: 'server-unreachable' },
    });
    expect(studio.connect.kernel.value).toMatchObject({
      status: 'disconnected',
      kernel: { where: 'remote' },
    });
    await studio.connect.disconnect();
  });

  it('says when the token is wrong, the kernel is unknown, or it is no Jupyter server', async () => {
    const server = await otherServer('secret');
    const wrong = { url: server.url, token: 'wrong' };
    expect(await studio.connect.listRemote(wrong)).toMatchObject({
      error: { kind: 'unauthorized', nextSteps: [{ command: 'connect.server' }] },
    });
    expect(await studio.connect.connectRemote(wrong).result).toMatchObject({
      error: { kind: 'unauthorized' },
    });
    expect(studio.connect.kernel.value).toMatchObject({
      status: 'none',
      error: { kind: 'unauthorized' },
    });
    const unknown = { url: server.url, token: 'secret', kernelName: 'julia' };
    expect(await studio.connect.connectRemote(unknown).result).toMatchObject({
      error: { kind: 'not-found' },
    });
    await end(server);
    expect(await studio.connect.listRemote(wrong)).toMatchObject({
      error: { kind: 'server-unreachable' },
    });
    const other = createServer((_, response) => response.end('<html>hello</html>')).listen(0);
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    expect(await studio.connect.listRemote({ url: `localhost:${port}`, token: '' })).toMatchObject({
      error: { kind: 'server-unreachable', nextSteps: [{}] },
    });
    other.close();
    expect(await studio.connect.listRemote({ url: 'http://', token: '' })).toMatchObject({
      error: { kind: 'invalid-input' },
    });
  });
});

describe('a host that dies', { timeout: 60_000 }, () => {
  it('takes its server, its kernels and their folder with it', async () => {
    const home = await mkdtemp(join(tmpdir(), 'slipway-host-'));
    const folder = await mkdtemp(join(home, 'server-'));
    const script = join(RESOURCES, 'python', 'private_server.py');
    // A shell between us and the server stands for the host: killed, it closes the server's stdin.
    const host = spawn(process.execPath, ['-e', HOST, studio.environment, script, folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const pid = await new Promise<number>((resolve) => {
      createInterface({ input: host.stdout }).once('line', (line) => resolve(Number(line)));
    });
    host.kill('SIGKILL');
    for (let count = 0; count < 100 && isAlive(pid); count += 1) await sleep(100);
    expect({ isAlive: isAlive(pid), folders: await readdir(home) }).toEqual({
      isAlive: false,
      folders: [],
    });
    await rm(home, { recursive: true });
  });
});

const HOST = `
const { spawn } = require('node:child_process');
const [python, script, folder] = process.argv.slice(1);
const child = spawn(python, ['-B', script], { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
child.stdin.write(JSON.stringify({ token: 't', folder }) + '\\n');
child.stdout.once('data', () => console.log(child.pid));
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
