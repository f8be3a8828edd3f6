/** The recorder never changes what a notebook does, and gives up on what is too much for it. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CellId, EnvironmentId } from '../../shared/base/ids';
import { analyseCells, type CellSource, NO_CHOICES, suggestPipeline } from '../../shared/pipeline';
import { prepareWorkspace, runReference, workspaceOf } from './reference-run';
import { RESOURCES, type TestStudio, testStudio } from './test-environment';

let studio: TestStudio;
beforeAll(async () => {
  studio = await testStudio();
}, 300_000);
afterAll(() => studio.dispose());

const cellsOf = (texts: readonly string[]): CellSource[] =>
  texts.map((source, index) => ({
    id: CellId(`c${index}`),
    type: 'code',
    source,
    tags: [],
  }));

/** What the cells print with the recorder, and what it wrote down. */
async function recorded(name: string, texts: readonly string[]) {
  const cells = cellsOf(texts);
  const folder = join(studio.home, name);
  const place = { notebookFolder: folder, root: folder, start: '' };
  await prepareWorkspace(folder, place, []);
  const { signal } = new AbortController();
  const id = EnvironmentId(studio.python);
  const session = await studio.connect.startFreshSession(id, workspaceOf(folder), signal);
  const printed: string[] = [];
  try {
    const { recording } = await runReference({
      session,
      cells,
      pipeline: { ...suggestPipeline(cells, analyseCells(cells), NO_CHOICES), steps: [] },
      resources: RESOURCES,
      place,
      folder,
      seed: 3,
      signal,
      onCell: () => undefined,
      log: (line) => printed.push(line),
    });
    return { printed, recording };
  } finally {
    await session.shutdown();
  }
}

/** The same cells in a kernel of which nothing was asked, but the same seeds. */
async function plain(texts: readonly string[]): Promise<string[]> {
  const session = await studio.connect.startFreshSession(EnvironmentId(studio.python), studio.home);
  const printed: string[] = [];
  try {
    await session.execute('import random, numpy\nrandom.seed(3)\nnumpy.random.seed(3)', {
      silent: true,
      storeHistory: false,
      onOutput: () => undefined,
    });
    for (const [index, source] of texts.entries()) {
      await session.execute(source, {
        storeHistory: true,
        onOutput: (output) => {
          if (output.output_type === 'stream') {
            printed.push(`cell ${index + 1}: ${output.text.trimEnd()}`);
          }
        },
      });
    }
    return printed;
  } finally {
    await session.shutdown();
  }
}

/** A kernel sends what a cell prints in as many pieces as it likes. */
function byCell(printed: readonly string[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const line of printed) {
    const [, cell = '', text = ''] = /^(cell \d+): ([\s\S]*)$/.exec(line) ?? [];
    texts[cell] = `${texts[cell] ?? ''} ${text}`.replaceAll(/\s+/g, ' ').trim();
  }
  return texts;
}

const TOUCHY = [
  'import collections, gc, random, sys, threading, weakref\nimport numpy as np\nasked = []',
  `class Touchy:
    def __init__(self): self.__dict__["held"] = [1]
    def __getattr__(self, name): asked.append(name); raise AttributeError(name)
    def __eq__(self, other): asked.append("=="); return True
    def __hash__(self): asked.append("hash"); return 1
    def __reduce__(self): asked.append("reduce"); raise TypeError
    def __len__(self): asked.append("len"); return 3
    def __iter__(self): asked.append("iter"); return iter([])
    def __repr__(self): asked.append("repr"); return "touchy"
    @property
    def costly(self): asked.append("costly"); return 1
class Node:
    def __del__(self): print("gone")
touchy, node = Touchy(), Node()
class Sub(list):
    def __iter__(self): asked.append("list iter"); return iter([])
    def __len__(self): asked.append("list len"); return 0
sub = Sub([1, 2])
seen = weakref.ref(node)`,
  'numbers = (each for each in range(5))\nprint(next(numbers))\nheap = object()',
  'lock, handle = threading.Lock(), open("x.txt", "w")\nring = []\nring.append(ring)\nqueue = collections.deque([1])',
  'print(next(numbers), random.random(), np.random.rand(), sys.getrefcount(heap))',
  'del node\nprint(seen() is None)',
  'touchy.held.append(2)\ntop = type("Slot", (), {"__slots__": ("a",)})()\ntop.a = [1]',
  'top.a.append(2)\nqueue.append(2)\nprint(next(numbers), sys.getrefcount(heap), gc.isenabled())',
  'print(asked, random.random(), np.random.rand(), sorted(each for each in globals() if "slipway" in each))',
  'from matplotlib import pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])\nprint(len(axes.lines))',
];

test('what the cells print is the same with the recorder, and no method of theirs is called by it', async () => {
  const { printed, recording } = await recorded('touchy', TOUCHY);
  expect(byCell(printed)).toEqual(byCell(await plain(TOUCHY)));
  expect(printed.some((line) => line.includes('gone'))).toBe(true);
  expect(
    recording.cells.map(({ mutates, lost, filesWritten }) => [mutates, lost, filesWritten]),
  ).toEqual([
    [[], undefined, []],
    [[], undefined, []],
    [[], undefined, []],
    [[], undefined, ['x.txt']],
    [[], undefined, []],
    [[], undefined, []],
    [['touchy'], undefined, []],
    [['queue', 'top'], undefined, []],
    [[], undefined, []],
    [[], undefined, []],
  ]);
}, 400_000);

test('what is too big for the time there is is left open with the reason, and costs no more than its share', async () => {
  const { recording } = await recorded('big', [
    'many = [{"n": n} for n in range(1_500_000)]\nsmall = [1]',
    'small.append(2)',
    'total = 0\nfor n in range(2_000_000):\n    total += n',
  ]);
  const [, second, third] = recording.cells;
  expect(second?.mutates).toEqual(['small']);
  expect(second?.unsure).toEqual([
    { name: 'many', reason: 'it is too big to be looked at in the time there is' },
  ]);
  expect(third?.writes.map(({ name }) => name)).toEqual(['n', 'total']);
  for (const cell of recording.cells) expect(cell.recorderMs).toBeLessThan(1500);
}, 400_000);
