/** Three notebooks that hand files on, as one pipeline: run in their order, proved equal, broken on purpose and caught. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StepId } from '../../shared/base/ids';
import type { PackageRun } from '../../shared/package';
import { NotebookService } from '../notebook';
import { PipelineService } from '../pipeline';
import type { PackageService } from './package-service';
import { type TestStudio, testStudio } from './test-environment';
import { serviceFor } from './test-source';

let studio: TestStudio;
beforeAll(async () => {
  studio = await testStudio();
}, 300_000);
afterAll(() => studio.dispose());

const PREPARE = [
  'limit = 3',
  'rows = [each.split(",") for each in open("raw.csv").read().split()[1:]]\nrows = [each for each in rows if float(each[0]) < limit]',
  'with open("clean.csv", "w") as file:\n    for x, y in rows:\n        file.write(f"{x},{y}\\n")\nlen(rows)',
];
/** `rows` and `limit` are names of the first notebook too, and mean something else here. */
const TRAIN = [
  'import json\nlimit = 100',
  'rows = [list(map(float, each.split(","))) for each in open("clean.csv")]\nslope = sum(x * y for x, y in rows) / sum(x * x for x, _ in rows)',
  'with open("model.json", "w") as file:\n    json.dump({"slope": slope, "limit": limit}, file)',
];
const REPORT = [
  'import json\nmodel = json.load(open("model.json"))\nprint(model)',
  'with open("report.md", "w") as file:\n    file.write(f"slope {model[\'slope\']:.3f}\\n")',
];

/** One folder for all: what is made for its packages is made once. */
async function project(train = TRAIN) {
  const folder = join(studio.home, 'project');
  await mkdir(folder, { recursive: true });
  const texts = { '01-prepare': PREPARE, '02-train': train, '03-report': REPORT };
  for (const [each, sources] of Object.entries(texts)) {
    await writeFile(join(folder, `${each}.ipynb`), notebookText(sources));
  }
  await writeFile(join(folder, 'raw.csv'), 'x,y\n1,2\n2,4.5\n50,9\n');
  // Of an earlier run: in a copy of the folder it would hide that a notebook did not run.
  await writeFile(join(folder, 'clean.csv'), '7,7\n');
  const path = join(folder, '02-train.ipynb');
  const notebook = new NotebookService({
    home: studio.home,
    tasks: studio.tasks,
    connect: { session: null },
  });
  const pipelines = new PipelineService({ notebook });
  for (const each of ['03-report.ipynb', '01-prepare.ipynb']) {
    const added = await pipelines.addNotebook(path, each);
    if (!added.ok) throw new Error(added.error.message);
  }
  const read = await notebook.read(path);
  const view = await pipelines.read(path);
  if (!read.ok || !view.ok) throw new Error('the notebook cannot be read');
  const { facts, pipeline } = view.value;
  const others = await pipelines.others(path);
  pipelines.dispose();
  await notebook.dispose();
  const source = { path, cells: read.value.cells, facts, pipeline, others };
  return { folder, pipeline, service: await serviceFor(studio, source) };
}

function notebookText(sources: readonly string[]): string {
  const cells = sources.map((source, index) => ({
    ...{ cell_type: 'code', id: `cell-${index}`, metadata: {}, source },
    ...{ outputs: [], execution_count: null },
  }));
  const metadata = { language_info: { name: 'python' } };
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
}

async function run(service: PackageService, steps?: readonly string[]): Promise<PackageRun> {
  const ended = await service.run(steps ? { steps } : {}).result;
  if (!ended.ok) throw new Error(ended.error.message);
  return ended.value;
}

const verdicts = ({ comparisons }: PackageRun) =>
  comparisons.map(({ stepId, name, verdict }) => `${stepId}: ${name} ${verdict}`);

it('runs in the order of the files and is proved equal; a cell changed in the package is caught where it is', async () => {
  const { folder, pipeline, service } = await project();
  const [first = '', ...main] = pipeline.steps.slice(0, -1).map(({ id }) => id);
  const last = main.at(-1) ?? '';
  const equal = await run(service);
  const workspace = join(equal.folder ?? '', 'package', 'workspace');
  const { folder: made, name } = service.current ?? { folder: '', name: '' };
  const readme = await readFile(join(made, 'README.md'), 'utf8');
  expect({
    order: pipeline.steps.map(({ notebook }) => notebook?.path ?? 'own'),
    prepare: verdicts(equal).slice(0, 2),
    slope: verdicts(equal).find((each) => each.includes('slope')),
    report: verdicts(equal).slice(-2),
    different: verdicts(equal).filter((each) => !each.endsWith('identical')),
    clean: await readFile(join(workspace, 'clean.csv'), 'utf8'),
    written: await readFile(join(workspace, 'report.md'), 'utf8'),
    untouched: await readFile(join(folder, 'clean.csv'), 'utf8'),
    data: await readdir(join(made, 'data')),
    isTold: /- `01-prepare\.ipynb`.*before/.test(readme),
  }).toEqual({
    order: ['01-prepare.ipynb', ...main.map(() => 'own'), '03-report.ipynb'],
    prepare: [`${first}: cell_outputs identical`, `${first}: files_written identical`],
    slope: `${last}: slope identical`,
    report: ['report: cell_outputs identical', 'report: files_written identical'],
    different: [],
    clean: '1,2\n2,4.5\n',
    written: 'slope 2.200\n',
    untouched: '7,7\n',
    data: ['raw.csv'],
    isTold: true,
  });

  const cells = join(made, 'src', name, 'steps', `${first}.ipynb`);
  const text = await readFile(cells, 'utf8');
  await writeFile(cells, text.replace('limit = 3', 'limit = 2'));
  const broken = await run(service);
  const found = broken.comparisons
    .filter(({ verdict }) => verdict === 'different')
    .map(({ stepId, name, cause }) => [stepId, name, cause?.kind]);
  expect(found.filter(([step]) => step === first || step === 'report')).toEqual([
    [first, 'cell_outputs', 'edited'],
    [first, 'files_written', 'edited'],
    ['report', 'cell_outputs', 'upstream'],
    ['report', 'files_written', 'upstream'],
  ]);
  expect(found.filter(([, name]) => name === 'slope')).toEqual([[last, 'slope', 'upstream']]);
}, 600_000);

it('in part: steps of its own, on the files of the notebook before; then the one after', async () => {
  const { pipeline, service } = await project();
  const own = pipeline.steps.flatMap(({ id, notebook }) => (notebook ? [] : [id]));
  const inPart = await run(service, own);
  const later = await run(service, [StepId('report')]);
  expect({
    steps: [...new Set(inPart.comparisons.map(({ stepId }) => stepId))],
    different: verdicts(inPart).filter((each) => !each.endsWith('identical')),
    later: verdicts(later),
  }).toEqual({
    steps: own,
    different: [],
    later: ['report: cell_outputs identical', 'report: files_written identical'],
  });
}, 300_000);

it('a cell of a further notebook that fails is named with its notebook', async () => {
  const { service } = await project(['open("model.json", "w").write("no JSON")']);
  const ended = await service.run().result;
  expect(ended.ok ? null : ended.error.message).toMatch(
    /^03-report\.ipynb itself did not run to its end\. Cell 1 of 03-report\.ipynb fails: JSONDecodeError: /,
  );
}, 300_000);
