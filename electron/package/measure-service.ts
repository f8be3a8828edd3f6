/** Starts the package's service once here and measures it with the sample row. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../shared/base/studio-error';
import { Bytes, Milliseconds } from '../../shared/base/units';
import type { ServiceMeasurement } from '../../shared/package';
import { endProcessGroup, runProcess } from '../base/process';
import { packageEnvironment } from './run-steps';

export interface MeasureWish {
  readonly python: string;
  readonly packageFolder: string;
  readonly packageName: string;
  readonly signal: AbortSignal;
}

const START_LIMIT_MS = 60_000;
const REQUESTS = 200;
const MEASURE_LIMIT_MS = 5000;

export async function exportModel(wish: MeasureWish, runFolder: string): Promise<void> {
  const args = ['-m', wish.packageName, 'export-model', '--run-folder', runFolder];
  const { code, stdout, stderr } = await runProcess(wish.python, args, {
    cwd: join(runFolder, 'workspace'),
    env: packageEnvironment(wish.packageFolder),
    signal: wish.signal,
  });
  if (code === 0) return;
  const message = stderr.trim().split('\n').at(-1) || stdout.trim();
  fail('step-failed', `The model could not be put into the package. ${message}`, {
    detail: stderr,
  });
}

export async function measureService(
  wish: MeasureWish,
  sampleRow: readonly unknown[] | null,
): Promise<ServiceMeasurement> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const began = performance.now();
  const child = spawn(wish.python, ['-m', wish.packageName, 'serve', '--port', String(port)], {
    cwd: wish.packageFolder,
    env: packageEnvironment(wish.packageFolder),
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  const stop = () => void endProcessGroup(child);
  wish.signal.addEventListener('abort', stop, { once: true });
  try {
    await untilReady(
      url,
      () => child.exitCode !== null || child.signalCode !== null,
      output,
      wish.signal,
    );
    const startMs = Milliseconds(performance.now() - began);
    const idleMemoryBytes = Bytes(child.pid === undefined ? 0 : await residentBytes(child.pid));
    const times = sampleRow === null ? [] : await timeRequests(url, sampleRow, wish.signal);
    return {
      startMs,
      idleMemoryBytes,
      requests: times.length,
      requestMs: Milliseconds(quantile(times, 0.5)),
      requestMs95: Milliseconds(quantile(times, 0.95)),
    };
  } finally {
    wish.signal.removeEventListener('abort', stop);
    await endProcessGroup(child);
  }
}

async function untilReady(
  url: string,
  hasEnded: () => boolean,
  output: string[],
  signal: AbortSignal,
): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  let last = '';
  while (Date.now() < limit && !hasEnded()) {
    signal.throwIfAborted();
    const reply = await fetch(`${url}/readyz`, { signal }).catch(() => null);
    if (reply?.ok) return;
    if (reply) last = await reply.text();
    if (reply?.status === 503) break;
    await sleep(25);
  }
  signal.throwIfAborted();
  const reason =
    /"detail":"([^"]+)"/.exec(last)?.[1] ?? output.join('').trim().split('\n').at(-1) ?? '';
  fail('step-failed', `The service did not become ready. ${reason}`.trim(), {
    detail: output.join(''),
  });
}

async function timeRequests(
  url: string,
  row: readonly unknown[],
  signal: AbortSignal,
): Promise<number[]> {
  const body = JSON.stringify({ rows: [row] });
  const times: number[] = [];
  const limit = performance.now() + MEASURE_LIMIT_MS;
  // The first ones warm caches and are not counted.
  for (let count = -5; count < REQUESTS && performance.now() < limit; count += 1) {
    const began = performance.now();
    const reply = await fetch(`${url}/predict`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
      signal,
    });
    const text = await reply.text();
    if (!reply.ok)
      fail('step-failed', `The service did not answer the sample row: ${text}`, { detail: text });
    if (count >= 0) times.push(performance.now() - began);
  }
  return times;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, two) => one - two);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('No port.')),
      );
    });
  });
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const fromProc = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  if (fromProc) return Number(fromProc) * 1024;
  if (process.platform === 'win32') return 0;
  const { stdout } = await runProcess('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout.trim() || 0) * 1024;
}
