/** Several notebooks in one pipeline: their order by the files they hand on, what is said of it, what is refused. */
import { describe, expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { analyseCells } from './analyse';
import { NO_CHOICES, type PipelineChoices } from './choices';
import type { CellSource } from './facts';
import { checkedOrder, movedNotebook, notebookList, withList, withNotebook } from './notebook-list';
import { type ListedNotebook, type OtherNotebook, withNotebooks } from './steps/several-notebooks';
import { suggestPipeline } from './steps/suggest';
import { foreignFacts, isPython } from './steps/whole-notebook';

const cellsOf = (sources: readonly string[]): CellSource[] =>
  sources.map((source, index) => ({ id: CellId(`c${index}`), type: 'code', source, tags: [] }));

function other(path: string, sources: readonly string[], language = 'python'): ListedNotebook {
  const cells = cellsOf(sources);
  const facts = isPython(language) ? analyseCells(cells) : foreignFacts(cells);
  const kernelName = isPython(language) ? null : 'ir';
  const notebook: OtherNotebook = { path, cells, facts, language, kernelName };
  return { path, notebook };
}

const TRAIN = [
  'import pandas as pd',
  'rows = pd.read_csv("./clean.csv")',
  'with open("model.json", "w") as file:\n    file.write(str(rows.x.mean()))',
];
const PREPARE = ['import pandas as pd', 'pd.read_csv("raw.csv").to_csv("clean.csv")'];
const REPORT = ['text = open("model.json").read()', 'open("report.txt", "w").write(text)'];

function pipelineOf(
  listed: readonly ListedNotebook[],
  before = 0,
  sources = TRAIN,
  choices: PipelineChoices = NO_CHOICES,
) {
  const cells = cellsOf(sources);
  const facts = analyseCells(cells);
  const main = { path: '02-train.ipynb', cells, facts, isPython: true };
  return withNotebooks(suggestPipeline(cells, facts, choices), main, listed, before, choices);
}

const errors = (...wish: Parameters<typeof pipelineOf>) =>
  pipelineOf(...wish).problems.flatMap(({ severity, message, nextSteps }) =>
    severity === 'error' ? [[message, ...nextSteps.map(({ argument }) => argument)]] : [],
  );

describe('order', () => {
  test('files decide, however the list has it, and each edge tells their lines', () => {
    const pipeline = pipelineOf([
      other('03-report.ipynb', REPORT),
      other('01-prepare.ipynb', PREPARE),
    ]);
    const { steps, edges, made, problems } = pipeline;
    expect({
      steps: steps.map(({ id, name, notebook, reason }) => ({ id, name, notebook, reason })),
      edges,
      made,
      problems,
    }).toEqual({
      steps: [
        {
          id: 'prepare',
          name: '01-prepare.ipynb',
          notebook: { path: '01-prepare.ipynb', kernel: 'python3', language: 'python', cells: 2 },
          reason:
            'The whole notebook is one step, in a kernel of its own (Python). It writes clean.csv, which 02-train.ipynb reads (cell 2).',
        },
        {
          id: steps[1]?.id,
          name: steps[1]?.name,
          notebook: undefined,
          reason: steps[1]?.reason,
        },
        {
          id: 'report',
          name: '03-report.ipynb',
          notebook: { path: '03-report.ipynb', kernel: 'python3', language: 'python', cells: 2 },
          reason:
            'The whole notebook is one step, in a kernel of its own (Python). It reads model.json, which 02-train.ipynb writes (cell 3).',
        },
      ],
      edges: [
        {
          from: steps[1]?.id,
          to: 'report',
          artifacts: [
            {
              name: 'model.json',
              writer: { cellId: 'c2', line: 1, text: 'with open("model.json", "w") as file:' },
              reader: {
                cellId: 'c0',
                line: 1,
                text: 'text = open("model.json").read()',
                notebook: '03-report.ipynb',
                cellNumber: 1,
              },
            },
          ],
        },
        {
          from: 'prepare',
          to: steps[1]?.id,
          artifacts: [
            {
              name: 'clean.csv',
              writer: {
                cellId: 'c1',
                line: 1,
                text: 'pd.read_csv("raw.csv").to_csv("clean.csv")',
                notebook: '01-prepare.ipynb',
                cellNumber: 2,
              },
              reader: { cellId: 'c1', line: 1, text: 'rows = pd.read_csv("./clean.csv")' },
            },
          ],
        },
      ],
      made: ['clean.csv', 'model.json', 'report.txt'],
      problems: [],
    });
  });

  test('where no file decides the list does, and the reason says so', () => {
    const silent = ['print("hello")'];
    const pipeline = pipelineOf([other('b.ipynb', silent), other('a.ipynb', silent)], 1);
    const seen = pipeline.steps.map(({ id, reason }) => [id, /It runs.*/.exec(reason)?.[0]]);
    expect([seen[0], seen.at(-1)]).toEqual([
      [
        'b',
        'It runs before 02-train.ipynb because the list of notebooks says so: no file is known to decide it.',
      ],
      [
        'a',
        'It runs after 02-train.ipynb because the list of notebooks says so: no file is known to decide it.',
      ],
    ]);
  });

  test('a file that a notebook reads and writes itself, one taken away, a folder both make', () => {
    const early = [
      'import os\nos.makedirs("out", exist_ok=True)\nopen("clean.csv", "w").write("x")',
    ];
    const late = ['import os\nos.makedirs("out", exist_ok=True)\nos.remove("clean.csv")'];
    const own = ['n = int(open("count.txt").read())\nopen("count.txt", "w").write(str(n))'];
    const pipeline = pipelineOf(
      [other('z.ipynb', late), other('o.ipynb', own), other('a.ipynb', early)],
      3,
    );
    expect({
      order: pipeline.steps.map(({ id }) => id),
      made: pipeline.made,
      errors: errors([other('z.ipynb', late), other('o.ipynb', own), other('a.ipynb', early)], 3),
    }).toEqual({
      order: ['o', 'a', 'z', pipeline.steps.at(-1)?.id],
      made: ['clean.csv', 'model.json'],
      errors: [],
    });
  });

  test('files that only have a name in R are read where another writes them, and written where one reads them', () => {
    const inR = ['rows <- read.csv("report.csv")', 'write.csv(rows, "clean.csv")'];
    const pipeline = pipelineOf(
      [other('r.ipynb', inR, 'R'), other('p.ipynb', ['open("report.csv", "w").write("x")'])],
      0,
    );
    expect(pipeline.edges.map(({ from, to, artifacts }) => [from, artifacts[0]?.name, to])).toEqual(
      [
        ['r', 'clean.csv', pipeline.steps[2]?.id],
        ['p', 'report.csv', 'r'],
      ],
    );
  });

  test('names of steps stay their own', () => {
    const steps = pipelineOf([other('train.ipynb', ['1']), other('07.ipynb', ['1'])], 0, [
      'import pandas as pd\nrows = pd.read_csv("a.csv")',
    ]).steps;
    expect(steps.map(({ id, name }) => [id, name])).toEqual([
      [steps[0]?.id, steps[0]?.name],
      ['train', 'train.ipynb'],
      ['notebook_07', '07.ipynb'],
    ]);
  });
});

describe('refused, with the place and what to do', () => {
  test('a cycle of files', () => {
    const both = ['open("model.json").read()', 'open("clean.csv", "w").write("x")'];
    expect(errors([other('01-prepare.ipynb', both)])).toEqual([
      [
        'None of these notebooks can run first: 02-train.ipynb (cell 2) reads clean.csv, which 01-prepare.ipynb (cell 2) writes; 01-prepare.ipynb (cell 1) reads model.json, which 02-train.ipynb (cell 3) writes. Let one of them read or write another file, or take it out of the pipeline.',
        '01-prepare.ipynb',
      ],
    ]);
  });

  test('two that write the same file', () => {
    expect(errors([other('01-prepare.ipynb', PREPARE), other('04-again.ipynb', PREPARE)])).toEqual([
      [
        '01-prepare.ipynb (cell 2) and 04-again.ipynb (cell 2) both write clean.csv, so what the others find in it can’t be told. Let one of them write another file, or take it out of the pipeline.',
        '01-prepare.ipynb',
        '04-again.ipynb',
      ],
    ]);
  });

  test('one that is not there, has nothing to run, or names no kernel', () => {
    const noKernel = other('r.ipynb', ['x <- 1'], 'R');
    const nameless: ListedNotebook =
      'notebook' in noKernel
        ? { path: 'r.ipynb', notebook: { ...noKernel.notebook, kernelName: null } }
        : noKernel;
    expect(
      errors([
        { path: 'gone.ipynb', problem: 'It is gone.' },
        other('empty.ipynb', [' ']),
        nameless,
      ]),
    ).toEqual([
      ['It is gone.', 'gone.ipynb'],
      [
        'empty.ipynb is listed in slipway.yaml and has no code cell to run. Write one, or take it out of the pipeline.',
        'empty.ipynb',
      ],
      [
        'r.ipynb is written in R and names no kernel that runs it. Open it, choose a kernel and save it, or take it out of the pipeline.',
        'r.ipynb',
      ],
    ]);
  });
});

test('the list: numbers in file names place what is added, and an order of one is not written', () => {
  const main = '2-train.ipynb';
  const added = withNotebook(withNotebook([main], '10-report.ipynb'), '1-prepare.ipynb');
  expect({
    added,
    moved: movedNotebook(added, '10-report.ipynb', -1),
    atTheEnd: movedNotebook(added, '10-report.ipynb', 1),
    ordered: checkedOrder(added, ['10-report.ipynb']),
    read: notebookList({ ...NO_CHOICES, notebooks: ['a.ipynb', 'a.ipynb'] }, main),
    written: withList(NO_CHOICES, added).notebooks,
    alone: withList({ ...NO_CHOICES, notebooks: added }, [main]),
  }).toEqual({
    added: ['1-prepare.ipynb', main, '10-report.ipynb'],
    moved: ['1-prepare.ipynb', '10-report.ipynb', main],
    atTheEnd: added,
    ordered: ['10-report.ipynb', '1-prepare.ipynb', main],
    read: ['a.ipynb', main],
    written: added,
    alone: NO_CHOICES,
  });
});
