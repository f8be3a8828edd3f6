import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EnvironmentId } from '../../shared/base/ids';
import { slipwayHome } from '../base/home';
import { ConnectService } from '../connect';
import { TaskRunner } from '../task';
import { codeCell, type Desk, desk, id, notebookText, Viewer, valueIn } from './test-notebook';

const text = notebookText(
  codeCell('print', 'import sys\nprint("é😀"); print("late", file=sys.stderr)\n1 + 1'),
  codeCell('carriage', 'for i in range(3):\n    print(f"\\r{i}", end="")'),
  codeCell(
    'clear',
    'from IPython.display import clear_output, display\nprint(1); clear_output(wait=True); print(2)',
  ),
  codeCell('handle', 'h = display("old", display_id=True)'),
  codeCell('update', 'h.update("new")'),
  codeCell('ask', 'input("name? ")'),
  codeCell('fails', 'a = 1\nraise ValueError("no good")'),
  codeCell('magic', '% matplotlib'),
  codeCell('python2', 'print "hello"'),
  codeCell('shell', '!echo from the shell'),
  codeCell('bash', '%%bash\necho from bash'),
  codeCell('file', 'open("missing.csv")'),
  codeCell('sleep', 'import time\nprint("in"); time.sleep(60)'),
  codeCell('dies', 'import os\nprint("last words", flush=True); time.sleep(0.3); os._exit(1)'),
  codeCell('after', '"never"'),
);

const tasks = new TaskRunner();
const connect = new ConnectService({
  home: slipwayHome(),
  resources: join(import.meta.dirname, '..', '..', 'resources'),
  tasks,
});
let at: Desk;
let viewer: Viewer;

beforeAll(async () => {
  const kernel = {
    get session() {
      return connect.session();
    },
  };
  at = desk({ tasks, connect: kernel });
  await at.write(text);
  const environment = EnvironmentId(await connect.toolsPython());
  const started = await connect.connectLocal(environment, { notebookPath: at.path }).result;
  valueIn(started);
  viewer = new Viewer(at.service, at.path);
  await viewer.until(() => true);
});

afterAll(async () => {
  await viewer.close();
  await at.dispose();
  await connect.dispose();
});

async function run(...cells: string[]) {
  const result = await at.service.runToEnd(at.path, { kind: 'cells', cellIds: cells.map(id) });
  const state = at.service.read(at.path);
  const document = valueIn(await state);
  const outputs = cells.map((cell) => document.cells.find((it) => it.id === cell)?.outputs);
  return { result: result.ok ? 'ok' : result.error, outputs };
}

it('shows streams, results, overwritten lines, cleared and updated displays', async () => {
  expect(await run('print', 'carriage', 'clear', 'handle', 'update')).toEqual({
    result: 'ok',
    outputs: [
      [
        { output_type: 'stream', name: 'stdout', text: 'é😀\n' },
        { output_type: 'stream', name: 'stderr', text: 'late\n' },
        {
          output_type: 'execute_result',
          data: { 'text/plain': '2' },
          metadata: {},
          execution_count: 1,
        },
      ],
      [{ output_type: 'stream', name: 'stdout', text: '2' }],
      [{ output_type: 'stream', name: 'stdout', text: '2\n' }],
      [{ output_type: 'display_data', data: { 'text/plain': "'new'" }, metadata: {} }],
      [],
    ],
  });
});

it('answers input()', async () => {
  const running = run('ask');
  await viewer.until((state) => state.inputRequest?.prompt === 'name? ');
  valueIn(await at.service.answerInput(at.path, 'Ada'));
  expect((await running).outputs[0]?.at(-1)).toMatchObject({ data: { 'text/plain': "'Ada'" } });
});

it('judges by the reply: errors, Python 2, a missing file, a magic typed with a space', async () => {
  const results = [];
  for (const cell of ['fails', 'python2', 'file', 'magic']) {
    const { result, outputs } = await run(cell);
    const last = outputs[0]?.at(-1)?.output_type;
    results.push(typeof result === 'string' ? result : [result.kind, result.message, last]);
  }
  expect(results).toEqual([
    ['cell-failed', 'Cell 7, line 2: ValueError: no good', 'error'],
    [
      'cell-failed',
      expect.stringMatching(/^Cell 9, line 1: SyntaxError: Missing parentheses/),
      'error',
    ],
    [
      'cell-failed',
      expect.stringMatching(/^Cell 12, line 1: FileNotFoundError: .*missing.csv/),
      'error',
    ],
    ['cell-failed', expect.stringMatching(/^Cell 8: UsageError: /), 'error'],
  ]);
});

it('passes shell lines and cell magics to the kernel as they are', async () => {
  const { result, outputs } = await run('shell', 'bash');
  expect({
    result,
    text: outputs.flat().map((it) => (it?.output_type === 'stream' ? it.text : it)),
  }).toEqual({ result: 'ok', text: [expect.stringContaining('from the shell'), 'from bash\n'] });
});

it('completes and inspects', async () => {
  const code = '# 😀\nsys.getsizeo';
  const completed = valueIn(await at.service.complete(code, code.length));
  const inspected = valueIn(await at.service.inspect('print', 3));
  expect({ completed, text: String(inspected?.['text/plain']).includes('Prints') }).toMatchObject({
    completed: { start: 9, end: 17, matches: [{ text: 'getsizeof', type: 'function' }] },
    text: true,
  });
});

it('interrupts a cell, whoever watches', async () => {
  const running = run('sleep', 'after');
  await viewer.until((state) => state.document.cells[12]?.outputs.length === 1);
  await viewer.close();
  viewer = new Viewer(at.service, at.path);
  await viewer.until((state) => state.runs.sleep?.state === 'running');
  valueIn(await at.service.interrupt(at.path));
  const { result } = await running;
  const state = await viewer.until((it) => it.runs.sleep?.state === 'failed');
  expect({ result, after: state.runs.after }).toMatchObject({
    result: { kind: 'cancelled', message: 'Cell 13 was interrupted.' },
    after: { state: 'idle' },
  });
});

it('a kernel that dies in mid-cell: a sentence, the output kept, and a restart brings it back', async () => {
  const { result, outputs } = await run('dies', 'after');
  const again = await at.service.run(at.path, { kind: 'all' });
  valueIn(await at.service.restart(at.path));
  const back = await run('clear');
  expect({ result, outputs, again: again.ok, back: back.result }).toMatchObject({
    result: { kind: 'kernel-dead', place: { cellNumber: 14 } },
    outputs: [[{ output_type: 'stream', text: 'last words\n' }], []],
    again: false,
    back: 'ok',
  });
});
