/** Steps beside one another, forked or started anew, and sweeps: always the results of one after another. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestStudio, testStudio } from './test-environment';
import { type RunEvent, TestPackage, type TestPackageWish } from './test-package';

let studio: TestStudio;

beforeAll(async () => {
  studio = await testStudio();
}, 300_000);

afterAll(() => studio.dispose());

async function made(name: string, wish: TestPackageWish): Promise<TestPackage> {
  const at = new TestPackage(join(studio.home, name), studio.python);
  await at.write(wish);
  return at;
}

async function artifactsOf(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (!entry.isFile() || !/\.(json|pkl|npy|parquet|txt)$/.test(path)) continue;
    if (/^\.state|trace\.json|seen\.json|process\.pkl|settings\.json/.test(path)) continue;
    found[path] = createHash('sha256')
      .update(await readFile(join(folder, path)))
      .digest('hex');
  }
  return found;
}

const short = (events: readonly RunEvent[]) =>
  events
    .filter(({ event }) => /step-(started|done|repeated)/.test(event))
    .map(({ event, step }) => `${step} ${event.slice(5)}`);

const WAIT = 'import time';

test('steps that do not depend on one another run side by side; one that waits for an input waits', async () => {
  const at = await made('beside', {
    steps: [
      { name: 'left', outputs: ['a'], top: WAIT, body: 'time.sleep(0.5)\na = 1' },
      { name: 'right', outputs: ['b'], top: WAIT, body: 'time.sleep(0.8)\nb = 2' },
      { name: 'after', inputs: ['a'], outputs: ['c'], body: 'c = a + 1' },
      { name: 'both', inputs: ['b', 'c'], outputs: ['d'], body: 'd = b + c' },
    ],
  });
  const { events } = await at.tell('run', '--json', '--jobs', '2');
  expect(short(events)).toEqual([
    'left started',
    'right started',
    'left done',
    'after started',
    'right done',
    'after done',
    'both started',
    'both done',
  ]);
}, 60_000);

/** Nothing in it says that the steps disturb one another: the runner has to notice. */
const DISTURBING: TestPackageWish = {
  steps: [
    {
      name: 'first',
      outputs: ['a'],
      top: 'import random, time',
      body: 'a = random.random()\ntime.sleep(0.3)',
    },
    { name: 'second', outputs: ['b'], top: 'import random', body: 'b = random.random()' },
    {
      name: 'writer',
      outputs: ['c'],
      top: WAIT,
      body: 'time.sleep(0.2)\nopen("rows.csv", "a").write(" 9")\nc = 1',
    },
    { name: 'reader', outputs: ['d'], body: 'd = open("rows.csv").read()' },
    { name: 'setter', outputs: ['e'], body: 'import os\nos.environ["UNIT"] = "km"\ne = 1' },
    { name: 'getter', outputs: ['f'], body: 'import os\nf = os.environ.get("UNIT")' },
    { name: 'shell', outputs: ['g'], body: 'import os\ng = os.system("echo 1 >> made.txt")' },
    { name: 'counter', outputs: ['h'], body: 'import os\nh = os.listdir(".")\nh.sort()' },
  ],
  data: { 'rows.csv': '1 2 3' },
};

test('what steps beside one another would change for each other is noticed and run again in order', async () => {
  const at = await made('disturbing', DISTURBING);
  await at.ran('--seed', '3', '--run-folder', 'one');
  const expected = await artifactsOf(join(at.folder, 'one'));
  for (const jobs of ['2', '4', '8']) {
    const { code, events } = await at.tell(
      'run',
      '--json',
      '--seed',
      '3',
      '--jobs',
      jobs,
      '--run-folder',
      `jobs-${jobs}`,
    );
    expect([code, await artifactsOf(join(at.folder, `jobs-${jobs}`))]).toEqual([0, expected]);
    expect(events.some(({ event }) => event === 'step-repeated')).toBe(true);
  }
  expect(await at.ran('--seed', '3', '--jobs', '4', '--run-folder', 'jobs-8')).toEqual([]);
}, 120_000);

const NUMBERS: TestPackageWish = {
  steps: [
    {
      name: 'draw',
      outputs: ['x'],
      top: 'import numpy as np',
      body: 'x = np.random.rand(400, 400)',
    },
    {
      name: 'solve',
      inputs: ['x'],
      outputs: ['y'],
      top: 'import numpy as np',
      body: 'y = np.linalg.solve(x @ x.T + np.eye(400), x)',
    },
    {
      name: 'fit',
      inputs: ['x', 'y'],
      outputs: ['scores', 'frame'],
      top: 'import pandas as pd\nfrom sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor',
      body: 'forest = RandomForestRegressor(10, n_jobs=2).fit(x[:, :5], y[:, 0]).set_params(n_jobs=1)\nboosted = HistGradientBoostingRegressor(max_iter=5).fit(x[:, :5], y[:, 0])\nscores = forest.predict(x[:50, :5]) + boosted.predict(x[:50, :5])\nframe = pd.DataFrame({"score": scores})',
    },
  ],
};

test('forked steps give what steps started anew give, threads of BLAS and OpenMP included', async () => {
  const at = await made('numbers', NUMBERS);
  const told: unknown[] = [];
  for (const isolate of ['spawn', 'fork']) {
    const { events } = await at.tell(
      'run',
      '--json',
      '--seed',
      '1',
      '--isolate',
      isolate,
      '--run-folder',
      isolate,
    );
    told.push(events.at(-1)?.why_not_forked);
  }
  expect(told).toEqual([null, null]);
  expect(await artifactsOf(join(at.folder, 'fork'))).toEqual(
    await artifactsOf(join(at.folder, 'spawn')),
  );
}, 300_000);

const SWEPT: TestPackageWish = {
  steps: [
    {
      name: 'load',
      outputs: ['rows'],
      body: 'rows = [float(each) for each in open("rows.csv").read().split()]',
    },
    {
      name: 'scale',
      inputs: ['rows'],
      outputs: ['scaled'],
      parameters: ['factor'],
      body: 'scaled = [factor * row for row in rows]\nopen("scaled.txt", "w").write(str(scaled))',
    },
    {
      name: 'score',
      inputs: ['scaled'],
      outputs: ['total', 'metrics', 'names'],
      parameters: ['power'],
      body: 'total = sum(each ** power for each in eval(open("scaled.txt").read()))\nmetrics = {"mean": total / len(scaled), "label": "x"}\nnames = ["a"]',
    },
  ],
  parameters: [
    'Parameter("factor", "float", 1.0, minimum=0)',
    'Parameter("power", "int", 1)',
    'Parameter("key", "secret", None)',
  ],
  data: { 'rows.csv': '1 2 3' },
};

test('a sweep runs what combinations share once, and gives one table', async () => {
  const at = (await made('swept', SWEPT)).with({ KEY: 'hidden-value' });
  const grid = ['--grid', 'factor=1,2', '--grid', 'power=1,2'];
  const first = await at.tell('sweep', '--json', '--jobs', '2', ...grid);
  const count = (events: readonly RunEvent[]) =>
    events.filter(({ event }) => event === 'step-done').length;
  await writeFile(
    join(at.folder, 'more.json'),
    JSON.stringify({
      list: [
        { factor: 2, power: 3 },
        { factor: 1, power: 1 },
      ],
    }),
  );
  const second = await at.tell('sweep', '--json', '--file', 'more.json');
  const table = await readFile(join(at.folder, 'sweep', 'results.csv'), 'utf8');
  expect({
    codes: [first.code, second.code],
    steps: [count(first.events), count(second.events)],
    table,
  }).toEqual({
    codes: [0, 0],
    steps: [1 + 2 + 4, 1],
    table: 'factor,power,total,metrics.mean\r\n2.0,3,288.0,96.0\r\n1.0,1,6.0,2.0\r\n',
  });
  const all = await at.tell('sweep', '--json', ...grid);
  const results = all.events.at(-1)?.results;
  expect([
    count(all.events),
    Array.isArray(results) && results.map(({ values }) => values.total),
  ]).toEqual([0, [6, 14, 12, 56]]);
  const files = await readdir(join(at.folder, 'sweep'), { recursive: true, withFileTypes: true });
  for (const file of files.filter((each) => each.isFile()))
    expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toContain(
      'hidden-value',
    );
}, 120_000);

test('a sweep with a value that breaks its type is refused before anything runs', async () => {
  const at = (await made('refused', SWEPT)).with({ KEY: 'k' });
  const said = async (...args: string[]) => {
    const { code, stderr, events } = await at.tell('sweep', '--json', ...args);
    return [code, stderr.trim(), events.length];
  };
  await writeFile(join(at.folder, 'bad.json'), JSON.stringify({ grid: { power: [1, true] } }));
  expect([
    await said('--grid', 'factor=1,-2'),
    await said('--grid', 'power=1,two'),
    await said('--grid', 'nothing=1'),
    await said('--grid', 'key=1'),
    await said('--file', 'bad.json'),
    await said('--list', 'factor=1,2', '--list', 'power=1'),
    await said('--grid', 'power=1', '--metric', 'score.missing'),
    await said(),
  ]).toEqual([
    [2, 'factor must be at least 0, not -2.0.', 0],
    [2, "power must be a whole number, not 'two'.", 0],
    [2, 'There is no parameter nothing. The parameters are factor, power, key.', 0],
    [2, 'key is a secret, which cannot be swept.', 0],
    [2, 'power must be a whole number, not True.', 0],
    [
      2,
      'The values of --list go together, so there must be as many of each: factor has 2, power has 1.',
      0,
    ],
    [2, 'No step gives score.missing.', 0],
    [2, 'There is nothing to sweep. Say for example --grid factor=…', 0],
  ]);
}, 60_000);
