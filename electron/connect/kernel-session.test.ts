import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KernelSession } from './session-types';
import { collector, printed, type TestStudio, testStudio } from './test-studio';

let studio: TestStudio;

beforeAll(async () => {
  studio = await testStudio();
}, 240_000);

afterAll(() => studio?.dispose(), 30_000);

async function freshSession(): Promise<KernelSession> {
  return studio.connect.startFreshSession(studio.environment, tmpdir());
}

async function run(session: KernelSession, code: string, signal?: AbortSignal) {
  const { outputs, onOutput } = collector();
  const result = await session.execute(code, { onOutput, signal });
  return { result, outputs };
}

describe('a kernel session', { timeout: 60_000 }, () => {
  it('executes code in the folder it was given and shapes outputs as nbformat does', async () => {
    const session = await freshSession();
    const answer = await run(
      session,
      'import os, sys\nprint(os.getcwd())\nprint("aside", file=sys.stderr)\n6 * 7',
    );
    expect(answer).toEqual({
      result: { status: 'ok', executionCount: 1 },
      outputs: [
        { output_type: 'stream', name: 'stdout', text: `${realpathSync(tmpdir())}\n` },
        { output_type: 'stream', name: 'stderr', text: 'aside\n' },
        {
          output_type: 'execute_result',
          data: { 'text/plain': '42' },
          metadata: {},
          execution_count: 1,
          displayId: null,
        },
      ],
    });
    expect(session.info).toMatchObject({ language: 'python', where: 'local' });
    await session.shutdown();
  });

  it('judges a run by its reply, with the error as data', async () => {
    const session = await freshSession();
    const { result, outputs } = await run(session, '1 / 0');
    expect(result).toMatchObject({
      status: 'error',
      executionCount: 1,
      error: { ename: 'ZeroDivisionError', evalue: 'division by zero' },
    });
    expect(outputs).toMatchObject([{ output_type: 'error', ename: 'ZeroDivisionError' }]);
    await session.shutdown();
  });

  it('updates a display by its id, also from a later cell', async () => {
    const session = await freshSession();
    await run(session, 'from IPython.display import display\nh = display(1, display_id="it")');
    const { outputs } = await run(session, 'h.update(2)');
    expect(outputs).toEqual([
      {
        output_type: 'update_display_data',
        data: { 'text/plain': '2' },
        metadata: {},
        displayId: 'it',
      },
    ]);
    await session.shutdown();
  });

  it('loses no line of 20,000 and takes seconds at most', async () => {
    const session = await freshSession();
    const started = Date.now();
    const { result, outputs } = await run(session, 'for i in range(20_000): print("line", i)');
    const lines = printed(outputs).trimEnd().split('\n');
    expect(result.status).toBe('ok');
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([20_000, 'line 0', 'line 19999']);
    expect(Date.now() - started).toBeLessThan(20_000);
    await session.shutdown();
  });

  it('answers input(), and raises in the cell where nobody can answer', async () => {
    const session = await freshSession();
    const { outputs, onOutput } = collector();
    const onInputRequest = async () => 'Ada';
    await session.execute('print("hello", input("who? "))', { onOutput, onInputRequest });
    expect(printed(outputs)).toContain('hello Ada');
    const { result } = await run(session, 'input()');
    expect(result.error?.ename).toBe('StdinNotImplementedError');
    await session.shutdown();
  });

  it('completes and inspects after an emoji, in UTF-16 offsets', async () => {
    const session = await freshSession();
    const code = 's = "🚢🚢"; s.uppe';
    await run(session, 's = ""');
    // IPython gives jedi 0.4 s and answers with nothing after that: on a busy machine it is asked again.
    let completions = await session.complete(code, code.length);
    for (let tries = 1; completions.matches.length === 0 && tries < 10; tries += 1) {
      completions = await session.complete(code, code.length);
    }
    expect(completions).toMatchObject({ matches: ['upper'], end: code.length });
    expect(code.slice(completions.start, completions.end)).toBe('uppe');
    const inspection = await session.inspect('"🚢"; len', 9);
    expect(String(inspection.data['text/plain'])).toContain('len');
    await session.shutdown();
  });

  it('interrupts a cell by its signal, and takes a queued one out of the queue', async () => {
    const session = await freshSession();
    const abort = new AbortController();
    const long = run(session, 'import time\ntime.sleep(60)', abort.signal);
    const queued = run(session, 'print("never")', abort.signal);
    setTimeout(() => abort.abort(), 1000);
    expect((await long).result).toMatchObject({
      status: 'aborted',
      error: { ename: 'KeyboardInterrupt' },
    });
    expect(await queued).toEqual({
      result: { status: 'aborted', executionCount: null },
      outputs: [],
    });
    expect((await run(session, '1')).result.status).toBe('ok');
    await session.shutdown();
  });

  it('restarts in mid-cell: the cell settles, the variables are gone, the next cell runs', async () => {
    const session = await freshSession();
    await run(session, 'x = 1');
    const long = run(session, 'import time\ntime.sleep(60)');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await session.restart();
    expect((await long).result).toMatchObject({ status: 'error', failure: { kind: 'cancelled' } });
    expect(session.state.value.status).toBe('idle');
    expect((await run(session, 'x')).result.error?.ename).toBe('NameError');
    await session.shutdown();
  });

  it('says so when the kernel is killed in mid-cell, and comes back by a restart', async () => {
    const session = await freshSession();
    const { result } = await run(
      session,
      'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)',
    );
    expect(result).toMatchObject({ status: 'error', failure: { kind: 'kernel-dead' } });
    expect(session.state.value).toMatchObject({
      status: 'dead',
      error: {
        kind: 'kernel-dead',
        nextSteps: [{ command: 'connect.restart' }, { command: 'connect.choose' }],
      },
    });
    expect((await run(session, '1')).result).toMatchObject({
      status: 'aborted',
      failure: { kind: 'kernel-dead' },
    });
    await session.restart();
    expect((await run(session, '1 + 1')).result).toEqual({ status: 'ok', executionCount: 1 });
    await session.shutdown();
  });

  it('shows the app’s token to no kernel and in no argument list', async () => {
    const session = await freshSession();
    const { outputs } = await run(
      session,
      'import os; print(os.getppid(), sorted(k for k in os.environ if "TOKEN" in k or k.startswith("JUPYTER")))',
    );
    const [server] = printed(outputs).split(' ');
    expect(printed(outputs).trim()).toBe(`${server} []`);
    const argv = readFileSync(`/proc/${server}/cmdline`, 'utf8');
    expect(argv).not.toMatch(/[0-9a-f]{48}/);
    await session.shutdown();
  });

  it('leaves nothing behind in its home', async () => {
    const one = await testStudio();
    const session = await one.connect.startFreshSession(one.environment, tmpdir());
    const { outputs } = await run(session, 'import os; print(os.getpid(), os.getppid())');
    const pids = printed(outputs).trim().split(' ').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    await one.connect.dispose();
    expect({ alive: pids.map(isAlive), folders: readdirSync(`${one.home}/kernels`) }).toEqual({
      alive: [false, false],
      folders: [],
    });
    await one.dispose();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
