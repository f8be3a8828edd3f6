import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { StepId } from '../../shared/base/ids';
import type { PipelineView } from '../../shared/pipeline';
import { slipwayJsonSchema } from '../../shared/pipeline';
import { codeCell, type Desk, desk, id, notebookText, valueIn } from '../notebook/test-notebook';
import { PipelineService } from './pipeline-service';

let at: Desk;
let service: PipelineService;

afterEach(async () => {
  service.dispose();
  await at.dispose();
});

async function opened(...sources: string[]): Promise<PipelineService> {
  at = desk({ isAutosaveOn: () => false });
  await at.write(notebookText(...sources.map((source, index) => codeCell(`c${index}`, source))));
  valueIn(await at.service.open(at.path));
  service = new PipelineService({ notebook: at.service, settleMs: 1 });
  return service;
}

async function view(): Promise<PipelineView> {
  return (await service.follow(at.path)).value;
}

async function until(isReached: (view: PipelineView) => boolean): Promise<PipelineView> {
  const stop = new AbortController();
  for await (const each of service.watch(at.path, stop.signal)) {
    if (!isReached(each)) continue;
    stop.abort();
    return each;
  }
  throw new Error('the stream ended');
}

const shape = ({ pipeline }: PipelineView) =>
  pipeline.steps.map((step) => `${step.id}: ${step.cellIds.join(' ')}`);
const yaml = () => readFile(join(dirname(at.path), 'slipway.yaml'), 'utf8');

test('what can’t be divided is offered as one step, and taken back', async () => {
  await opened('x = input()', 'y = x');
  const seen = async () => {
    const { pipeline } = await view();
    return {
      steps: pipeline.steps.map((step) => `${step.id}: ${step.cellIds.join(' ')}`),
      offers: pipeline.problems.map(({ severity, nextSteps }) => [
        severity,
        nextSteps.at(-1)?.command,
      ]),
    };
  };
  const before = await seen();
  valueIn(await service.setWhole(at.path, true));
  const whole = await seen();
  const written = await yaml();
  valueIn(await service.setWhole(at.path, false));
  const after = await seen();
  expect({ before, whole, isWritten: written.includes('whole: true'), after }).toEqual({
    before: { steps: ['prepare: c0 c1'], offers: [['error', 'pipeline.whole']] },
    whole: { steps: ['notebook: c0 c1'], offers: [['hint', 'pipeline.steps']] },
    isWritten: true,
    after: before,
  });
});

test('what a cell runs is read from beside the notebook, and shown at the line that runs it', async () => {
  await opened('n = 1\n%run prepare.py', 'm = use(rows)');
  await writeFile(
    join(dirname(at.path), 'prepare.py'),
    '# Prepares.\n\nrows = [1]\ndef use(x):\n    return x\n',
  );
  valueIn(await service.assign(at.path, [id('c1')], { kind: 'step', name: 'Use' }));
  const { pipeline } = await view();
  expect({
    edges: pipeline.edges.flatMap(({ artifacts }) =>
      artifacts.map(({ name, writer }) => `${name}, line ${writer.line}: ${writer.text}`),
    ),
    problems: pipeline.problems.map(({ line, message }) => [line, message]),
  }).toEqual({
    edges: ['rows, line 2: rows = [1]'],
    problems: [
      [2, 'Cell 1: what prepare.py holds stands in the step, as if it were written here.'],
    ],
  });
});

describe('steps are tags in the notebook', () => {
  test('assign, split, rename, merge, skip and take back', async () => {
    await opened('a = 1', 'b = a', 'c = b', 'd = c');
    const shapes: string[][] = [];
    const look = async () => shapes.push(shape(await view()));
    await look();
    valueIn(await service.split(at.path, id('c2'), 'Train'));
    await look();
    valueIn(await service.rename(at.path, StepId('train'), 'Fit it'));
    await look();
    valueIn(await service.assign(at.path, [id('c3')], { kind: 'step', name: 'Last' }));
    await look();
    valueIn(await service.merge(at.path, [StepId('fit_it'), StepId('last')]));
    await look();
    valueIn(await service.assign(at.path, [id('c3')], { kind: 'skip' }));
    await look();
    const document = valueIn(await at.service.read(at.path));
    expect({ shapes, tags: document.cells.map((cell) => cell.tags) }).toEqual({
      shapes: [
        ['prepare: c0 c1 c2 c3'],
        ['prepare: c0 c1', 'train: c2 c3'],
        ['prepare: c0 c1', 'fit_it: c2 c3'],
        ['prepare: c0 c1', 'fit_it: c2', 'last: c3'],
        ['prepare: c0 c1', 'fit_it: c2 c3'],
        ['prepare: c0 c1', 'fit_it: c2'],
      ],
      tags: [['step:prepare'], ['step:prepare'], ['step:Fit it'], ['skip']],
    });
  });

  test('the view follows what is typed', async () => {
    await opened('a = 1', 'b = a');
    await view();
    valueIn(
      await at.service.edit(at.path, { kind: 'set-source', cellId: id('c1'), source: 'z = a' }),
    );
    const next = await until(({ pipeline }) => pipeline.steps[0]?.outputs.includes('z') ?? false);
    expect(next.pipeline.steps[0]?.outputs).toEqual(['a', 'z']);
  });
});

describe('slipway.yaml', () => {
  test('holds what tags cannot, and keeps comments, order and what others wrote', async () => {
    await opened('n = 100', 'x = [n, 3]');
    const path = join(dirname(at.path), 'slipway.yaml');
    const before =
      '# ours\nversion: 1\nbudget: 20 # dollars\nnotebooks:\n  other.ipynb:\n    pipeline: {}\n';
    await writeFile(path, before);
    valueIn(
      await service.promoteLiteral(at.path, { name: 'n', cellId: id('c0'), start: 5, end: 5 }),
    );
    await writeFile(path, (await yaml()).replace('name: n', 'name: n # the size'));
    valueIn(await service.setParameter(at.path, 'n', { doc: 'how many', minimum: 1 }));
    valueIn(await service.setServe(at.path, { model: 'x', function: 'predict' }));
    const { choices, pipeline } = await view();
    expect({
      parameters: pipeline.parameters.map(({ name, doc, minimum, defaultSource }) => ({
        name,
        doc,
        minimum,
        defaultSource,
      })),
      serve: choices.serve,
      isKept: (await yaml()).startsWith(before.trimEnd()),
      comment: (await yaml()).includes('name: n # the size'),
    }).toEqual({
      parameters: [{ name: 'n', doc: 'how many', minimum: 1, defaultSource: '100' }],
      serve: { model: 'x', function: 'predict' },
      isKept: true,
      comment: true,
    });
  });

  test.each([
    ['version: 9\n', 'precondition', /newer Slipway/],
    ['version: 1\n  x: [\n', 'invalid-file', /no valid YAML/],
    ['- 1\n', 'invalid-file', /begin with “version: 1”/],
  ])('%j is left as it is, and said', async (text, kind, message) => {
    await opened('n = 100');
    const path = join(dirname(at.path), 'slipway.yaml');
    await writeFile(path, text);
    const shown = (await view()).choicesError;
    const refused = await service.setServe(at.path, { model: 'n', function: 'predict' });
    expect({
      kind: shown?.kind,
      message: shown?.message,
      ok: refused.ok,
      text: await yaml(),
    }).toEqual({
      kind,
      message: expect.stringMatching(message),
      ok: false,
      text,
    });
  });

  test('retries and a time-out go into slipway.yaml and with their step to its new name, and leave no trace', async () => {
    await opened('n = 100');
    const [step] = (await view()).pipeline.steps;
    if (!step) throw new Error('There is no step.');
    await service.configureStep(at.path, step.id, { retries: 2, timeout_seconds: 90 });
    const set = await yaml();
    await service.rename(at.path, step.id, 'count up');
    const [renamed] = (await view()).pipeline.steps;
    const carried = await yaml();
    if (renamed) await service.configureStep(at.path, renamed.id, {});
    const refused = await service.configureStep(at.path, StepId('gone'), { retries: 1 });
    expect({
      set,
      carried,
      step: [renamed?.id, renamed?.retries, renamed?.timeoutSeconds],
      left: await yaml(),
      refused: refused.ok ? null : refused.error.message,
    }).toEqual({
      set: expect.stringContaining(
        `${step.id}:\n          retries: 2\n          timeout_seconds: 90`,
      ),
      carried: expect.stringContaining('count_up:\n          retries: 2'),
      step: ['count_up', 2, 90],
      left: expect.not.stringContaining('retries'),
      refused: 'There is no step gone.',
    });
  });

  test('a setting for a step that is not there is said', async () => {
    await opened('n = 100');
    await writeFile(
      join(dirname(at.path), 'slipway.yaml'),
      `version: 1\nnotebooks:\n  ${basename(at.path)}:\n    pipeline:\n      steps:\n        gone: {retries: 1}\n`,
    );
    const said = (await view()).pipeline.problems;
    expect(said.map(({ message }) => message)).toContain(
      'slipway.yaml has retries or a time-out for a step gone, and there is no such step. Give a step that name, or remove the entry.',
    );
  });

  test('nothing is written where nothing was chosen', async () => {
    await opened('n = 100');
    await view();
    expect(existsSync(join(dirname(at.path), 'slipway.yaml'))).toBe(false);
  });

  test('the schema that is shipped is that of the code', async () => {
    await opened('n = 1');
    const shipped = resolve(import.meta.dirname, '..', '..', 'resources', 'slipway.schema.json');
    expect(JSON.parse(await readFile(shipped, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(slipwayJsonSchema())),
    );
  });
});

/** Name, cell, the offset, and why not; the cells are those below. */
const PROMOTIONS: readonly [string, string, number, RegExp | null][] = [
  ['k', 'c1', 4, null],
  ['a', 'c0', 4, null],
  ['b', 'c0', 4, /Cell 2 binds b to something else/],
  ['class', 'c1', 4, /a word of Python/],
  ['k', 'c2', 24, /stands inside f/],
  ['k', 'c0', 1, /no literal/],
];

test.each(PROMOTIONS)('promoting a literal as %s in %s at %i', async (name, cell, offset, why) => {
  await opened('a = 1', 'b = 2 + a', 'def f(x):\n  return x + 33', 'c = f(b)');
  const done = await service.promoteLiteral(at.path, {
    name,
    cellId: id(cell),
    start: offset,
    end: offset,
  });
  expect(done.ok ? null : done.error.message).toEqual(
    why === null ? null : expect.stringMatching(why),
  );
});

test('a default that breaks its type is refused', async () => {
  await opened('n = 1', 'b = n');
  valueIn(await service.assign(at.path, [id('c0')], { kind: 'parameters' }));
  const answers = [
    await service.setParameter(at.path, 'n', { defaultSource: 'many' }),
    await service.setParameter(at.path, 'n', { minimum: 5 }),
    await service.setParameter(at.path, 'other', { doc: 'x' }),
    await service.setParameter(at.path, 'n', { defaultSource: '7', minimum: 5 }),
  ];
  expect(answers.map((each) => (each.ok ? null : each.error.message))).toEqual([
    'n takes a whole number, not “many”.',
    'n takes 5 or more, not “1”.',
    'There is no parameter other.',
    null,
  ]);
});

test('a removed parameter is the notebook’s own value again', async () => {
  await opened('a = 1', 'b = a');
  valueIn(await service.assign(at.path, [id('c0')], { kind: 'parameters' }));
  const tagged = (await view()).pipeline.parameters.map((each) => each.name);
  valueIn(await service.removeParameter(at.path, 'a'));
  const { pipeline } = await view();
  expect({
    tagged,
    after: pipeline.parameters,
    outputs: pipeline.steps.map((step) => step.outputs),
  }).toEqual({
    tagged: ['a'],
    after: [],
    outputs: [['a', 'b']],
  });
});

test('notebooks beside it join the pipeline and leave it; the list is kept in slipway.yaml', async () => {
  await opened('open("model.txt", "w").write("1")');
  const folder = dirname(at.path);
  const beside = (name: string, source: string) =>
    writeFile(join(folder, name), notebookText(codeCell('c0', source)));
  await beside('a.ipynb', 'print(1)');
  await beside('b.ipynb', 'open("model.txt").read()');
  await beside('b.executed.ipynb', 'print(1)');
  const steps = async () =>
    (await view()).pipeline.steps.map(({ notebook, id: step }) => notebook?.path ?? step);
  const free = valueIn(await service.listNotebooks(at.path));
  valueIn(await service.addNotebook(at.path, 'b.ipynb'));
  valueIn(await service.addNotebook(at.path, join(folder, 'a.ipynb')));
  const own = (await steps())[1] ?? '';
  const both = await steps();
  valueIn(await service.orderNotebooks(at.path, ['work.ipynb', 'a.ipynb']));
  const later = await steps();
  const written = /notebooks:\n\s+- .*\n\s+- .*\n\s+- .*/.exec(await yaml())?.[0];
  await rm(join(folder, 'a.ipynb'));
  const gone = valueIn(await new PipelineService({ notebook: at.service }).read(at.path));
  valueIn(await service.removeNotebook(at.path, 'a.ipynb'));
  valueIn(await service.removeNotebook(at.path, 'b.ipynb'));
  const refused = [
    await service.addNotebook(at.path, '/elsewhere/c.ipynb'),
    await service.addNotebook(at.path, 'c.ipynb'),
    await service.removeNotebook(at.path, 'work.ipynb'),
  ].map((each) => (each.ok ? null : each.error.message));
  expect({
    free,
    both,
    later,
    written: written?.replaceAll(/\s+/g, ' '),
    gone: gone.pipeline.problems.filter(({ severity }) => severity === 'error'),
    alone: await steps(),
    isForgotten: !(await yaml()).includes('ipynb\n'),
    refused,
  }).toEqual({
    free: ['a.ipynb', 'b.ipynb'],
    both: ['a.ipynb', own, 'b.ipynb'],
    later: [own, 'a.ipynb', 'b.ipynb'],
    written: 'notebooks: - work.ipynb - a.ipynb - b.ipynb',
    gone: [
      {
        severity: 'error',
        message: `slipway.yaml lists a.ipynb, and there is no such notebook in ${folder}. Put it there, or take it out of the pipeline.`,
        nextSteps: [
          {
            label: 'Take a.ipynb out of the pipeline',
            command: 'pipeline.remove-notebook',
            argument: 'a.ipynb',
          },
        ],
      },
    ],
    alone: [own],
    isForgotten: true,
    refused: [
      '/elsewhere/c.ipynb lies in another folder than work.ipynb. Put it beside it: notebooks of one pipeline find their files in one folder.',
      'There is no notebook c.ipynb beside work.ipynb that could be added. There are: b.ipynb.',
      'work.ipynb is none of the further notebooks of work.ipynb.',
    ],
  });
});
