/** The proof on purpose put to the test: packaged code is broken, one thing at a time, and each break is caught and named. */
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inOrderOfCells, type PackageRun } from '../../shared/package';
import { runProcess } from '../base/process';
import { pythonIn } from '../connect';
import { cleanEnvironmentFolder } from './clean-environment';
import { compareOutputs } from './compare';
import type { PackageSource } from './package-needs';
import { packageEnvironment, runSteps } from './run-steps';
import { RESOURCES, type TestStudio, testStudio } from './test-environment';
import { serviceFor, sourceOf } from './test-source';

let studio: TestStudio;
beforeAll(async () => {
  studio = await testStudio();
}, 300_000);
afterAll(() => studio.dispose());

const WHOLE = [
  '# Load',
  'import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import Ridge\nfrom sklearn.ensemble import RandomForestRegressor',
  'rate = 0.25\nrng = np.random.RandomState(7)\nrows = pd.DataFrame({"a": np.arange(12.0), "b": list("xyz") * 4, "c": rng.rand(12)})',
  '# Train',
  'rows.loc[3, "c"] = 9.0',
  'wide = rows[["a", "c"]]\nweights = rows["c"].to_numpy()\nnotes = {"rate": rate, "kinds": ["x", "y", "z"]}',
  'model = Ridge(alpha=1.0).fit(wide, rows["a"] * rate)\nforest = RandomForestRegressor(n_estimators=3, random_state=3).fit(wide, rows["a"])',
  'score = float(model.score(wide, rows["a"]))',
];

interface Break {
  readonly what: string;
  readonly step: 'load' | 'train';
  readonly from: string;
  readonly to: string;
  /** The first output that differs, and where. */
  readonly name: string;
  readonly path: string;
  readonly row?: number;
  readonly column?: string;
}

const BREAKS: readonly Break[] = [
  {
    what: 'a changed constant',
    step: 'load',
    from: '0.25',
    to: '0.26',
    name: 'rate',
    path: 'rate',
  },
  {
    what: 'a dropped mutation',
    step: 'train',
    from: 'rows.loc[3, "c"] = 9.0',
    to: 'pass',
    name: 'rows',
    path: "rows['c'][3]",
    row: 3,
    column: 'c',
  },
  {
    what: 'another seed',
    step: 'load',
    from: 'RandomState(7)',
    to: 'RandomState(8)',
    name: 'rng',
    path: "rng[0][0]['state']['key'][0]",
    row: 0,
  },
  {
    what: 'swapped columns',
    step: 'train',
    from: '[["a", "c"]]',
    to: '[["c", "a"]]',
    name: 'wide',
    path: 'wide.columns[0]',
    column: 'a',
  },
  {
    what: 'another dtype',
    step: 'train',
    from: 'rows["c"].to_numpy()',
    to: 'rows["c"].to_numpy().astype("float32")',
    name: 'weights',
    path: 'weights',
  },
  {
    what: 'a dropped last row',
    step: 'load',
    from: '"c": rng.rand(12)})',
    to: '"c": rng.rand(12)}).iloc[:-1]',
    name: 'rows',
    path: 'rows',
    row: 11,
  },
  {
    what: 'a number nudged by a thousandth',
    step: 'train',
    from: 'score = float(',
    to: 'score = 1.001 * float(',
    name: 'score',
    path: 'score',
  },
  {
    what: 'another hyperparameter',
    step: 'train',
    from: 'alpha=1.0',
    to: 'alpha=1.01',
    name: 'model',
    path: 'model.alpha',
  },
  {
    what: 'another seed of a model',
    step: 'train',
    from: 'random_state=3',
    to: 'random_state=4',
    name: 'forest',
    path: 'forest.random_state',
  },
  {
    what: 'one word within a dictionary',
    step: 'train',
    from: '"kinds": ["x", "y", "z"]',
    to: '"kinds": ["x", "y", "Z"]',
    name: 'notes',
    path: "notes['kinds'][2]",
  },
  {
    what: 'a lost output',
    step: 'train',
    from: '"weights": weights,',
    to: '',
    name: 'weights',
    path: '',
  },
];

describe('a package broken on purpose', () => {
  let source: PackageSource;
  let run: PackageRun;
  let folder: string;
  let python: string;
  beforeAll(async () => {
    const home = join(studio.home, 'notebooks');
    source = sourceOf(home, 'whole', WHOLE);
    const service = await serviceFor(studio, source);
    const result = await service.run().result;
    if (!result.ok) throw new Error(result.error.message);
    run = result.value;
    folder = join(home, 'whole', 'whole_package');
    const lock = await readFile(join(folder, 'requirements.lock'), 'utf8');
    const version = /^\d+\.\d+/.exec(run.environment?.python ?? '')?.[0] ?? '';
    python = pythonIn(cleanEnvironmentFolder(studio.home, lock, version));
  }, 600_000);

  /** The broken step alone, on what the whole run left before it. */
  const proved = async (step: string): Promise<PackageRun['comparisons']> => {
    const runFolder = await mkdtemp(join(studio.home, 'run-'));
    await cp(join(run.folder ?? '', 'package'), runFolder, { recursive: true });
    const { signal } = new AbortController();
    const program = { python, packageFolder: folder, packageName: 'whole', signal };
    await runSteps({
      ...program,
      runFolder,
      only: step,
      seed: run.seed,
      parameters: {},
      originOf: () => null,
      onStep: () => undefined,
      onLine: () => undefined,
    });
    const referenceFolder = join(run.folder ?? '', 'reference');
    const places = { resources: RESOURCES, referenceFolder, runFolder };
    const found = await compareOutputs({ ...program, ...places, steps: [step] });
    return inOrderOfCells(found, source.pipeline, source.facts);
  };

  it('is equal before it is broken', () => {
    expect(run.comparisons.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['rate', 'identical'],
      ['rng', 'identical'],
      ['rows', 'identical'],
      ['rows', 'identical'],
      ['wide', 'identical'],
      ['weights', 'identical'],
      ['notes', 'identical'],
      ['model', 'identical'],
      ['forest', 'identical'],
      ['score', 'identical'],
    ]);
  });

  it.each(BREAKS)(
    '$what: $name',
    async ({ step, from, to, name, path, row, column }) => {
      const file = join(folder, 'src', 'whole', 'steps', `${step}.py`);
      const text = await readFile(file, 'utf8');
      expect(text.split(from).length, `${from} stands in the step once`).toBe(2);
      await writeFile(file, text.replace(from, to));
      try {
        const [first] = (await proved(step)).filter(({ verdict }) => verdict === 'different');
        const place = first?.place;
        expect({
          step: first?.stepId,
          name: first?.name,
          path: place?.path ?? '',
          row: place?.row ?? undefined,
          column: place?.column ?? undefined,
          saysBothValues: place === null || (place?.notebook !== '' && place?.package !== ''),
        }).toEqual({ step, name, path, row, column, saysBothValues: true });
      } finally {
        await writeFile(file, text);
      }
    },
    120_000,
  );

  it('its own tests hold, and one of them names the output that is broken', async () => {
    const tools = join(studio.home, 'pytest');
    const uv = await studio.connect.uvPath();
    const install = ['pip', 'install', '--quiet', '--python', python, '--target', tools, 'pytest'];
    const installed = await runProcess(uv, install);
    expect(installed.stderr).toBe('');
    const env = { ...packageEnvironment(folder), PYTHONPATH: tools };
    const pytest = () =>
      runProcess(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'tests'], {
        cwd: folder,
        env,
      });
    const good = await pytest();
    expect(`${good.code} ${good.stdout.split('\n').at(-2)}`).toMatch(/^0 14 passed/);
    const file = join(folder, 'src', 'whole', 'steps', 'train.py');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('alpha=1.0', 'alpha=1.5'));
    const bad = await pytest();
    await writeFile(file, text);
    expect([bad.code, bad.stdout.match(/^E +AssertionError: (model.*)$/m)?.[1]]).toEqual([
      1,
      'model.alpha is 1.0 in the notebook, 1.5 in the package',
    ]);
  }, 300_000);
});
