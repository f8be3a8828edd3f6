/** Notebooks that are one step: in another language by its own kernel, and in Python where a person wants it so. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CellId } from '../../shared/base/ids';
import {
  analyseCells,
  type CellSource,
  foreignFacts,
  isPython,
  wholePipeline,
} from '../../shared/pipeline';
import { runProcess } from '../base/process';
import { pythonIn } from '../connect';
import type { PackageSource } from './package-needs';
import { type TestStudio, testStudio } from './test-environment';
import { serviceFor } from './test-source';

let studio: TestStudio;
const { JUPYTER_PATH: jupyterPath } = process.env;
beforeAll(async () => {
  studio = await testStudio();
}, 300_000);
afterAll(async () => {
  if (jupyterPath === undefined) delete process.env.JUPYTER_PATH;
  else process.env.JUPYTER_PATH = jupyterPath;
  await studio.dispose();
});

function wholeOf(name: string, language: string, texts: readonly string[]): PackageSource {
  const cells: CellSource[] = texts.map((source, index) => ({
    id: CellId(`${name}-${index}`),
    type: 'code',
    source,
    tags: [],
  }));
  const facts = isPython(language) ? analyseCells(cells) : foreignFacts(cells);
  const kernelName = isPython(language) ? null : language;
  const pipeline = wholePipeline(cells, { language, kernelName });
  return { path: join(studio.home, 'notebooks', name, `${name}.ipynb`), cells, facts, pipeline };
}

async function proved(source: PackageSource) {
  const service = await serviceFor(studio, source);
  const result = await service.run().result;
  if (!result.ok) return { error: result.error.message };
  const shown = result.value.comparisons.map(({ name, verdict }) => `${name} ${verdict}`);
  return { shown, run: result.value.folder ?? '', folder: service.current?.folder ?? '' };
}

const BASH = [
  'name=world',
  'echo "hello $name" > made.txt\ncat made.txt numbers.csv',
  'wc -l < numbers.csv',
];

it('a notebook in bash: first without its kernel, then with it', async () => {
  const source = wholeOf('inbash', 'bash', BASH);
  await mkdir(dirname(source.path), { recursive: true });
  await writeFile(join(dirname(source.path), 'numbers.csv'), 'a\n1\n2\n');
  process.env.JUPYTER_PATH = join(studio.home, 'nothing');
  expect(await proved(source)).toEqual({
    error:
      'inbash.ipynb itself did not run to its end. inbash.ipynb needs the Jupyter kernel bash (bash), which is not installed here. Install it by: pip install bash_kernel; python -m bash_kernel.install',
  });
  const environment = join(studio.home, 'bash');
  const uv = await studio.connect.uvPath();
  const python = pythonIn(environment);
  const steps = [
    [uv, 'venv', '--python', studio.python, environment],
    [uv, 'pip', 'install', '--quiet', '--python', python, 'bash_kernel'],
    [python, '-m', 'bash_kernel.install', '--prefix', environment],
  ];
  for (const [program = '', ...args] of steps) {
    const { code, stderr } = await runProcess(program, args);
    if (code !== 0) throw new Error(stderr);
  }
  process.env.JUPYTER_PATH = join(environment, 'share', 'jupyter');
  const { shown, run, folder } = await proved(source);
  const outputs: unknown = JSON.parse(
    await readFile(join(run ?? '', 'package', 'notebook', 'cell_outputs.json'), 'utf8'),
  );
  const readme = await readFile(join(folder ?? '', 'README.md'), 'utf8');
  expect({ shown, outputs, saysKernel: readme.includes('the Jupyter kernel `bash`') }).toEqual({
    shown: ['cell_outputs identical', 'files_written identical'],
    outputs: {
      'cell 1': [],
      'cell 2': [{ stream: 'stdout', text: 'hello world\na\n1\n2\n' }],
      'cell 3': [{ stream: 'stdout', text: '3\n' }],
    },
    saysKernel: true,
  });
}, 300_000);

/** Where R and its kernel are installed; a notebook in R is run for real only there. */
const specInR = await runProcess('Rscript', [
  '-e',
  'cat(system.file("kernelspec", package = "IRkernel"))',
]).then(
  ({ code, stdout }) => (code === 0 ? stdout.trim() : ''),
  () => '',
);

it.skipIf(specInR === '')(
  `a notebook in R${specInR === '' ? ': skipped, for this computer has no R with IRkernel' : ''}`,
  async () => {
    const source = wholeOf('inr', 'ir', [
      'rows <- read.csv("rows.csv")',
      'model <- lm(y ~ x, data = rows)\nround(coef(model), 6)',
      'write.csv(data.frame(slope = coef(model)[["x"]]), "slope.csv", row.names = FALSE)',
    ]);
    await mkdir(dirname(source.path), { recursive: true });
    await writeFile(join(dirname(source.path), 'rows.csv'), 'x,y\n1,2\n2,4\n3,7\n');
    const kernels = join(studio.home, 'r');
    await cp(specInR, join(kernels, 'kernels', 'ir'), { recursive: true });
    process.env.JUPYTER_PATH = kernels;
    const { shown, run } = await proved(source);
    const folder = join(run ?? '', 'package');
    const outputs = await readFile(join(folder, 'notebook', 'cell_outputs.json'), 'utf8');
    const slope = await readFile(join(folder, 'workspace', 'slope.csv'), 'utf8');
    expect({ shown, slope, hasCoefficients: outputs.includes('-0.666667') }).toEqual({
      shown: ['cell_outputs identical', 'files_written identical'],
      slope: '"slope"\n2.5\n',
      hasCoefficients: true,
    });
  },
  300_000,
);

it('a notebook in Python as one step, whose cells share what no step could hand on', async () => {
  const source = wholeOf('inpython', 'python', [
    'rows = (n * n for n in range(5))',
    'name = "x"\nglobals()[name] = next(rows) + next(rows)',
    'x + sum(rows)',
    'import pandas as pd\npd.DataFrame({"a": [x]}).to_csv("made.csv", index=False)',
  ]);
  const { shown } = await proved(source);
  expect(shown).toEqual(['cell_outputs identical', 'files_written identical']);
}, 300_000);

it('a notebook that gives something else each time is not called equal', async () => {
  const source = wholeOf('unsteady', 'python', ['import uuid\nuuid.uuid4().hex']);
  const { shown } = await proved(source);
  expect(shown).toEqual(['cell_outputs not-compared', 'files_written identical']);
}, 300_000);
