/** The recorder in a real kernel: eight notebooks nobody here wrote, against their text and against what others measured. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EnvironmentId } from '../../shared/base/ids';
import { parseNotebook } from '../../shared/notebook';
import {
  analyseCells,
  type CellRecording,
  type CellSource,
  missedBy,
  NO_CHOICES,
  type Recording,
  suggestPipeline,
} from '../../shared/pipeline';
import { prepareWorkspace, runReference, workspaceOf } from './reference-run';
import { RESOURCES, type TestStudio, testStudio } from './test-environment';

const notebooks = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'notebooks');
const names = existsSync(notebooks)
  ? readdirSync(notebooks).filter((name) => name.endsWith('.ipynb'))
  : [];
/** Drawing a figure changes what it is drawn from; drawings are not looked into, by either side's rules. */
const DRAWN = ['contour'];

let studio: TestStudio;
beforeAll(async () => {
  studio = await testStudio();
}, 300_000);
afterAll(() => studio.dispose());

async function record(cells: readonly CellSource[], name: string): Promise<Recording> {
  const facts = analyseCells(cells);
  const folder = join(studio.home, name);
  const place = { notebookFolder: notebooks, root: notebooks, start: '' };
  await prepareWorkspace(folder, place, []);
  const { signal } = new AbortController();
  const id = EnvironmentId(studio.python);
  const session = await studio.connect.startFreshSession(id, workspaceOf(folder), signal);
  try {
    const seen = await runReference({
      session,
      cells,
      pipeline: suggestPipeline(cells, facts, NO_CHOICES),
      resources: RESOURCES,
      place,
      folder,
      seed: 1,
      signal,
      onCell: () => undefined,
      log: () => undefined,
    });
    return seen.recording;
  } finally {
    await session.shutdown();
  }
}

interface Measured {
  readonly cell: number;
  readonly reads: string[];
  readonly writes: string[];
  readonly deletes: string[];
  readonly mutates: string[];
}

/** What others saw and we did not, unless we said that we could not. */
function lostBy(recording: CellRecording, measured: Measured): string[] {
  const cell = `cell ${measured.cell}`;
  const has = (uses: readonly { name: string }[], name: string) =>
    uses.some((use) => use.name === name);
  const settled = recording.namesGaveUp === null;
  const unsure = new Set(recording.unsure.map(({ name }) => name));
  return [
    ...measured.reads
      .filter((name) => settled && !has(recording.reads, name))
      .map((name) => `${cell} reads ${name}`),
    ...measured.writes
      .filter((name) => !has(recording.writes, name))
      .map((name) => `${cell} binds ${name}`),
    ...measured.deletes
      .filter((name) => !has(recording.deletes, name))
      .map((name) => `${cell} deletes ${name}`),
    ...measured.mutates
      .filter((name) => !recording.mutates.includes(name) && !unsure.has(name))
      .filter((name) => !has(recording.writes, name) && !DRAWN.includes(name))
      .map((name) => `${cell} changes ${name}`),
  ];
}

describe.skipIf(names.length === 0)(
  'recorded (skipped where ../shared/notebooks is absent)',
  () => {
    it.each(names)(
      '%s: the text shows all that ran, and nothing others measured is lost',
      async (name) => {
        const path = join(notebooks, name);
        const parsed = parseNotebook(readFileSync(path, 'utf8'), path);
        if (!parsed.ok) throw new Error(parsed.error.message);
        const { cells } = parsed.value.document;
        const facts = analyseCells(cells);
        const recording = await record(cells, name);
        const byId = new Map(facts.map((fact) => [fact.cellId, fact]));
        const missed = recording.cells.flatMap((each) => {
          const fact = byId.get(each.cellId);
          return fact ? missedBy(fact, each).map((one) => ({ cell: fact.index, ...one })) : [];
        });
        const measuredFile = join(notebooks, 'measured', name.replace('.ipynb', '.json'));
        const rows: Measured[] = JSON.parse(readFileSync(measuredFile, 'utf8')).rows;
        const lost = rows.flatMap((row) => {
          const id = cells[row.cell]?.id;
          const found = recording.cells.find((each) => each.cellId === id);
          return found ? lostBy(found, row) : [`cell ${row.cell} was not recorded`];
        });
        const gaveUp = recording.cells.filter((each) => each.lost !== undefined);
        if (process.env.SLIPWAY_FIGURES) console.log(figures(name, recording));
        expect({ missed, lost, gaveUp }).toEqual({ missed: [], lost: [], gaveUp: [] });
      },
      600_000,
    );
  },
);

function figures(name: string, { cells }: Recording): string {
  const sum = (pick: (cell: CellRecording) => number) =>
    cells.reduce((total, cell) => total + pick(cell), 0);
  const unsure = sum(({ unsure: some }) => some.length);
  const partly = cells.filter(({ namesGaveUp }) => namesGaveUp !== null).length;
  const most = Math.max(...cells.map(({ recorderMs }) => recorderMs));
  return `${name}: ${cells.length} cells, ${Math.round(sum((c) => c.wallMs))} ms, looking at values ${Math.round(sum((c) => c.recorderMs))} ms (most ${Math.round(most)} ms), ${sum((c) => c.reads.length)} reads, ${sum((c) => c.writes.length)} writes, ${sum((c) => c.mutates.length)} changes, ${unsure} unsure, reads followed in part in ${partly} cells`;
}
