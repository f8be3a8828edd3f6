/** A recorded run beside the notebook: it settles suspicions, and an edit takes back what came after it. */
import { afterEach, expect, test } from 'vitest';
import { cellRecordingSchema, type PipelineView, type Recording } from '../../shared/pipeline';
import { codeCell, type Desk, desk, id, notebookText, valueIn } from '../notebook/test-notebook';
import { PipelineService } from './pipeline-service';
import { keysOf, readRecording } from './recording-file';

let at: Desk;
let service: PipelineService;

afterEach(async () => {
  service.dispose();
  await at.dispose();
});

const CELLS = ['rows = [1]\ndef change(x):\n    x.go()', 'change(rows)', 'hidden = 1'];

async function recorded(): Promise<Recording> {
  at = desk({ isAutosaveOn: () => false });
  await at.write(notebookText(...CELLS.map((source, index) => codeCell(`c${index}`, source))));
  valueIn(await at.service.open(at.path));
  service = new PipelineService({ notebook: at.service, settleMs: 1 });
  const { cells } = valueIn(await at.service.read(at.path));
  const keys = keysOf(cells);
  const row = (cell: string, seen: object) =>
    cellRecordingSchema.parse({
      cellId: cell,
      key: keys.get(id(cell)),
      wallMs: 1,
      cpuMs: 1,
      peakMemoryBytes: null,
      recorderMs: 1,
      ...seen,
    });
  const reads = [
    { name: 'change', line: 1 },
    { name: 'rows', line: 1 },
  ];
  const found = [
    row('c0', { writes: [{ name: 'rows', line: 1 }] }),
    row('c1', { reads, mutates: ['rows'] }),
    row('c2', { reads: [{ name: 'rows', line: 1 }], writes: [{ name: 'hidden', line: 1 }] }),
  ];
  return { format: 1, recordedAt: 5, python: '3.12.1', cells: found };
}

const brief = ({ facts, pipeline, recording }: PipelineView) => ({
  changes: facts[1]?.mutated.map(({ name, seen }) => [name, seen]),
  cells: recording?.cells.map(({ cellId }) => cellId),
  loud: pipeline.problems.filter(({ message }) => message.includes('was seen to')).length,
  takes: pipeline.steps.at(-1)?.inputs,
});

test('it is shown at once, kept beside the notebook, and forgotten from the first edited cell on', async () => {
  const recording = await recorded();
  const view = await service.follow(at.path);
  expect(brief(view.value)).toMatchObject({ changes: [['rows', undefined]], cells: undefined });
  await service.remember(at.path, recording);
  await expect
    .poll(() => brief(view.value))
    .toMatchObject({
      changes: [['rows', 'yes']],
      cells: ['c0', 'c1', 'c2'],
      loud: 1,
    });
  expect(await readRecording(at.path)).toEqual(recording);

  valueIn(
    await at.service.edit(at.path, {
      kind: 'set-source',
      cellId: id('c1'),
      source: 'change(rows)  # again',
    }),
  );
  await expect
    .poll(() => brief(view.value))
    .toMatchObject({
      changes: [['rows', undefined]],
      cells: ['c0'],
      loud: 0,
    });
});
