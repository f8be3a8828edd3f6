import { afterEach, describe, expect, it } from 'vitest';
import { studioError } from '../../shared/base/studio-error';
import type { ExecutionResult, KernelOutput } from '../../shared/connect';
import type { NotebookState, RunSelection } from '../../shared/notebook';
import {
  codeCell,
  type Desk,
  desk,
  FakeSession,
  id,
  notebookText,
  Viewer,
  valueIn,
} from './test-notebook';

const print = (text: string): KernelOutput => ({ output_type: 'stream', name: 'stdout', text });
const boom = { ename: 'ValueError', evalue: 'no', traceback: ['ValueError: no'] };
const text = notebookText(
  codeCell('a', 'first'),
  { cell_type: 'markdown', id: 'm', metadata: {}, source: ['# Title'] },
  codeCell('b', 'second'),
  codeCell('c', 'third'),
);

let at: Desk;
let viewer: Viewer;
afterEach(async () => {
  await viewer.close();
  await at.dispose();
});

async function opened(act: ConstructorParameters<typeof FakeSession>[0]): Promise<FakeSession> {
  const session = new FakeSession(act);
  at = desk({ isAutosaveOn: () => false, connect: { session } });
  await at.write(text);
  viewer = new Viewer(at.service, at.path);
  await viewer.until(() => true);
  return session;
}

const states = (state: NotebookState) =>
  Object.fromEntries(Object.entries(state.runs).map(([cell, run]) => [cell, run.state]));
const isQuiet = (state: NotebookState) =>
  Object.values(state.runs).every((run) => run.state !== 'running' && run.state !== 'queued');
const run = (selection: Parameters<Desk['service']['run']>[1]) =>
  at.service.run(at.path, selection);

describe('the queue', () => {
  it.each<[RunSelection, string[]]>([
    [{ kind: 'all' }, ['first', 'second', 'third']],
    [{ kind: 'above', cellId: id('b') }, ['first']],
    [{ kind: 'below', cellId: id('b') }, ['second', 'third']],
    [{ kind: 'cells', cellIds: [id('c'), id('m')] }, ['third']],
  ])('runs %j', async (selection, ran) => {
    const session = await opened(async () => ({}));
    expect(await at.service.runToEnd(at.path, selection)).toEqual({ ok: true, value: null });
    expect(session.ran).toEqual(ran);
  });

  it('does not queue a cell twice, nor one that is running', async () => {
    const { promise: go, resolve } = Promise.withResolvers<void>();
    const session = await opened(async () => go.then(() => ({})));
    valueIn(await run({ kind: 'all' }));
    valueIn(await run({ kind: 'all' }));
    await viewer.until((it) => it.runs.a?.state === 'running' && it.runs.b?.state === 'queued');
    resolve();
    await viewer.until((it) => it.runs.c?.state === 'succeeded');
    expect(session.ran).toEqual(['first', 'second', 'third']);
  });

  it('stops at the cell that fails, whose reply alone says so', async () => {
    await opened(async (code) => (code === 'second' ? { status: 'error', error: boom } : {}));
    const result = await at.service.runToEnd(at.path, { kind: 'all' });
    const state = await viewer.until((it) => it.runs.b?.state === 'failed' && isQuiet(it));
    expect({
      result,
      states: states(state),
      shown: state.document.cells[2]?.outputs,
    }).toMatchObject({
      result: {
        ok: false,
        error: {
          kind: 'cell-failed',
          message: 'Cell 3: ValueError: no',
          place: { cellId: 'b', cellNumber: 3 },
        },
      },
      states: { a: 'succeeded', b: 'failed', c: 'idle' },
      shown: [{ output_type: 'error', ...boom }],
    });
  });

  it('a kernel that dies in mid-cell fails the cell with a sentence and empties the queue', async () => {
    const error = studioError('kernel-dead', 'The kernel ended. Restart it to go on.');
    const session = await opened(async (code, { onOutput }) => {
      if (code !== 'second') return {};
      onOutput(print('so far\n'));
      session.die(error);
      return { status: 'error', executionCount: null, failure: error };
    });
    await at.service.runToEnd(at.path, { kind: 'all' });
    const state = await viewer.until((it) => it.runs.b?.state === 'failed' && isQuiet(it));
    expect({
      states: states(state),
      run: state.runs.b,
      kept: state.document.cells[2]?.outputs,
      next: await run({ kind: 'all' }),
    }).toMatchObject({
      states: { a: 'succeeded', b: 'failed', c: 'idle' },
      run: { error: { kind: 'kernel-dead', message: error.message, place: { cellNumber: 3 } } },
      kept: [print('so far\n')],
      next: { ok: false, error: { kind: 'kernel-dead' } },
    });
  });

  it('interrupt stops the running cell and drops the rest', async () => {
    const session = await opened(
      () =>
        new Promise<Partial<ExecutionResult>>((resolve) => {
          session.interrupted = () =>
            resolve({
              status: 'error',
              error: { ename: 'KeyboardInterrupt', evalue: '', traceback: [] },
            });
        }),
    );
    valueIn(await run({ kind: 'all' }));
    await viewer.until((it) => it.runs.a?.state === 'running');
    valueIn(await at.service.interrupt(at.path));
    const state = await viewer.until(isQuiet);
    expect({ states: states(state), run: state.runs.a }).toMatchObject({
      states: { a: 'failed', b: 'idle', c: 'idle' },
      run: { error: { kind: 'cancelled', message: 'Cell 1 was interrupted.' } },
    });
  });

  it('a window that comes back reads what ran meanwhile', async () => {
    const { promise: go, resolve } = Promise.withResolvers<void>();
    await opened(async (_, { onOutput }) => {
      onOutput(print('before\n'));
      await go;
      onOutput(print('after\n'));
      return {};
    });
    valueIn(await run({ kind: 'cells', cellIds: [id('a')] }));
    await viewer.until((it) => (it.document.cells[0]?.outputs.length ?? 0) > 0);
    await viewer.close();
    resolve();
    viewer = new Viewer(at.service, at.path);
    const state = await viewer.until((it) => it.runs.a?.state === 'succeeded');
    expect(state.document.cells[0]).toMatchObject({
      executionCount: 1,
      outputs: [print('before\nafter\n')],
    });
  });

  it('a cell edited after its run, and all after a restart, are stale', async () => {
    await opened(async () => ({}));
    await at.service.runToEnd(at.path, { kind: 'all' });
    await at.service.edit(at.path, { kind: 'set-source', cellId: id('a'), source: 'new' });
    const edited = await viewer.until((it) => it.runs.a?.state === 'stale');
    valueIn(await at.service.restart(at.path));
    const restarted = await viewer.until((it) => it.runs.b?.state === 'stale');
    expect([edited.runs.a, restarted.runs.a, restarted.runs.c]).toEqual([
      { state: 'stale', reason: 'edited' },
      { state: 'stale', reason: 'edited' },
      { state: 'stale', reason: 'kernel-restarted' },
    ]);
  });

  it('asks for input and passes the answer on', async () => {
    await opened(async (_, { onInputRequest, onOutput }) => {
      onOutput(print((await onInputRequest?.({ prompt: 'name? ', isPassword: false })) ?? ''));
      return {};
    });
    valueIn(await run({ kind: 'cells', cellIds: [id('a')] }));
    const { inputRequest } = await viewer.until((it) => it.inputRequest !== null);
    valueIn(await at.service.answerInput(at.path, 'Ada'));
    const state = await viewer.until((it) => it.runs.a?.state === 'succeeded');
    expect({
      inputRequest,
      outputs: state.document.cells[0]?.outputs,
      after: state.inputRequest,
    }).toEqual({
      inputRequest: { cellId: 'a', prompt: 'name? ', isPassword: false },
      outputs: [print('Ada')],
      after: null,
    });
  });

  it('without a kernel says what to do', async () => {
    await opened(async () => ({}));
    const without = at.anotherHost({ connect: { session: null } });
    valueIn(await without.open(at.path));
    expect(await without.run(at.path, { kind: 'all' })).toMatchObject({
      ok: false,
      error: { kind: 'precondition', nextSteps: [{ command: 'connect.choose' }] },
    });
  });
});

describe('outputs on their way to the window', () => {
  it('travel in batches', async () => {
    await opened(async (_, { onOutput }) => {
      for (let line = 0; line < 20_000; line += 1) onOutput(print(`${line}\n`));
      return {};
    });
    valueIn(await run({ kind: 'cells', cellIds: [id('a')] }));
    await viewer.until((it) => it.runs.a?.state === 'succeeded');
    const batches = viewer.events.filter((it) => it.type === 'outputs').length;
    expect(batches).toBeLessThan(50);
  });

  it('stay in the host when they are large, until they are fetched', async () => {
    const long = `${'x'.repeat(400_000)}\n`;
    await opened(async (_, { onOutput }) => {
      onOutput(print(long));
      return {};
    });
    valueIn(await run({ kind: 'cells', cellIds: [id('a')] }));
    const state = await viewer.until((it) => it.runs.a?.state === 'succeeded');
    expect({
      shown: state.document.cells[0]?.outputs,
      fetched: await at.service.fetchOutput(at.path, id('a'), 0),
    }).toMatchObject({
      shown: [{ output_type: 'reference', stands_for: 'stream', preview: 'x'.repeat(2000) }],
      fetched: { ok: true, value: print(long) },
    });
  });

  it('update a display of an earlier cell', async () => {
    const display = (text: string) => ({
      data: { 'text/plain': text },
      metadata: {},
      displayId: 'd',
    });
    await opened(async (code, { onOutput }) => {
      if (code === 'first') onOutput({ output_type: 'display_data', ...display('0 %') });
      if (code === 'second') onOutput({ output_type: 'update_display_data', ...display('100 %') });
      return {};
    });
    await at.service.runToEnd(at.path, { kind: 'all' });
    const state = await viewer.until((it) => it.runs.c?.state === 'succeeded');
    expect(state.document.cells[0]?.outputs).toEqual([
      { output_type: 'display_data', data: { 'text/plain': '100 %' }, metadata: {} },
    ]);
  });
});
