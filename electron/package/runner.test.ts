/** The package's runner in real Python: what is run again, kills at any moment, exit codes, cancelling, speed. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestStudio, testStudio } from './test-environment';
import {
  eventsOf,
  stepText,
  TestPackage,
  type TestPackageWish,
  type TestStep,
} from './test-package';

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

const STEPS = {
  load: {
    name: 'load',
    outputs: ['rows'],
    top: 'from ..helpers import parse',
    body: 'rows = parse(open("rows.csv").read())',
  },
  other: { name: 'other', outputs: ['word'], body: 'word = open("word.txt").read().strip()' },
  draw: {
    name: 'draw',
    inputs: ['rows'],
    outputs: ['drawn'],
    top: 'import random',
    body: 'drawn = [random.random() for _ in rows]',
  },
  scale: {
    name: 'scale',
    inputs: ['rows'],
    outputs: ['scaled'],
    parameters: ['factor'],
    top: 'import os\nfrom mine import times',
    body: 'scaled = times(rows, factor)\nunit = os.environ.get("UNIT", "m")',
  },
  again: {
    name: 'again',
    inputs: ['drawn'],
    outputs: ['second'],
    top: 'import random',
    body: 'second = random.random() + drawn[0]',
  },
  report: {
    name: 'report',
    inputs: ['scaled', 'word'],
    body: 'open("report.txt", "w").write(f"{word}: {scaled}")',
  },
  check: {
    name: 'check',
    inputs: ['second'],
    outputs: ['text'],
    body: 'text = open("report.txt").read() + str(second)',
  },
} satisfies Record<string, TestStep>;

const HELPERS = `"""Helpers."""


def split(text):
    return text.split()


def parse(text):
    return [int(each) for each in split(text)]


def unused():
    return 1
`;

const WISH: TestPackageWish = {
  steps: Object.values(STEPS),
  parameters: ['Parameter("factor", "int", 2, minimum=1, maximum=9)'],
  helpers: HELPERS,
  data: {
    'rows.csv': '1 2 3',
    'word.txt': 'rows',
    'mine.py': 'def times(rows, n):\n    return [n * row for row in rows]\n',
  },
};

test('a step runs again only if something it depends on changed, by content', async () => {
  const at = await made('incremental', WISH);
  const seeded = ['--seed', '1'];
  const ran: Record<string, unknown> = {};
  const step = (name: keyof typeof STEPS, body: string) =>
    at.put(`src/demo/steps/${name}.py`, stepText({ ...STEPS[name], body }));
  ran.first = await at.ran(...seeded);
  ran.unchanged = await at.ran(...seeded);
  await utimes(join(at.folder, 'data', 'rows.csv'), 1, 1);
  await at.put('src/demo/steps/load.py', `# A remark.\n${stepText(STEPS.load)}`);
  ran.touched = await at.ran(...seeded);
  ran.parameter = await at.ran(...seeded, '--factor', '3');
  await at.put('data/word.txt', 'lines');
  ran.file = await at.ran(...seeded, '--factor', '3');
  await at.put('src/demo/helpers.py', HELPERS.replace('return 1', 'return 2'));
  ran.unusedHelper = await at.ran(...seeded, '--factor', '3');
  await at.put('src/demo/helpers.py', HELPERS.replace('text.split()', 'text.split()[:2]'));
  ran.helper = await at.ran(...seeded, '--factor', '3');
  await at.put('data/mine.py', 'def times(rows, n):\n    return [n + row for row in rows]\n');
  ran.localModule = await at.ran(...seeded, '--factor', '3');
  ran.variable = await at.with({ UNIT: 'km' }).ran(...seeded, '--factor', '3');
  await step('draw', 'drawn = [random.random(), random.random(), random.random()]');
  ran.stream = await at.ran(...seeded, '--factor', '3');
  await step('other', 'word = "lines"');
  ran.sameResult = await at.ran(...seeded, '--factor', '3');
  ran.seed = await at.ran('--seed', '2', '--factor', '3');
  await at.put('requirements.lock', 'changed==1\n');
  ran.lock = await at.ran('--seed', '2', '--factor', '3');
  await writeFile(join(at.folder, 'run', 'load', 'rows.json'), '[1]');
  ran.tampered = await at.ran('--seed', '2', '--factor', '3');
  await rm(join(at.folder, 'run', 'workspace', 'report.txt'));
  await rm(join(at.folder, 'run', '.state', 'files'), { recursive: true, force: true });
  ran.lostFile = await at.ran('--seed', '2', '--factor', '3');
  ran.from = await at.ran('--seed', '2', '--factor', '3', '--from', 'report');
  ran.only = await at.ran('--seed', '2', '--factor', '3', '--only', 'draw');
  ran.fresh = await at.ran('--seed', '2', '--factor', '3', '--fresh');
  const all = Object.keys(STEPS);
  expect(ran).toEqual({
    first: all,
    unchanged: [],
    touched: [],
    parameter: ['scale', 'report', 'check'],
    file: ['other', 'report', 'check'],
    unusedHelper: [],
    helper: ['load', 'draw', 'scale', 'again', 'report', 'check'],
    localModule: ['scale', 'report', 'check'],
    variable: ['scale'],
    stream: ['scale', 'draw', 'again', 'check'].sort(byOrder(all)),
    sameResult: ['other'],
    seed: ['draw', 'again', 'check'],
    lock: all,
    tampered: ['load'],
    lostFile: ['report'],
    from: ['report', 'check'],
    only: ['draw'],
    fresh: all,
  });
}, 300_000);

const byOrder = (names: readonly string[]) => (one: string, two: string) =>
  names.indexOf(one) - names.indexOf(two);

test('what is read past Python, asked for, listed or lies elsewhere counts too', async () => {
  const at = new TestPackage(join(studio.home, 'unseen'), studio.python);
  const outside = join(studio.home, 'outside.txt');
  await writeFile(outside, 'a');
  await at.write({
    steps: [
      { name: 'command', outputs: ['a'], body: 'import os\na = os.popen("cat word.txt").read()' },
      {
        name: 'database',
        outputs: ['b'],
        body: 'import sqlite3\nb = sqlite3.connect("base.db").execute("select count(*) from t").fetchone()[0]',
      },
      { name: 'asks', outputs: ['c'], body: 'import os\nc = os.path.exists("later.txt")' },
      { name: 'lists', outputs: ['d'], body: 'import glob\nd = sorted(glob.glob("*.txt"))' },
      { name: 'elsewhere', outputs: ['e'], body: `e = open(${JSON.stringify(outside)}).read()` },
      {
        name: 'tries',
        outputs: ['f'],
        body: 'try:\n    f = open("maybe.csv").read()\nexcept FileNotFoundError:\n    f = None',
      },
      { name: 'plain', outputs: ['g'], body: 'g = open("word.txt").read()' },
    ],
    data: { 'word.txt': 'one' },
  });
  const fill = (count: number) =>
    promisify(execFile)(at.python, [
      '-c',
      `import os, sqlite3\nos.makedirs("data", exist_ok=True)\nbase = sqlite3.connect(${JSON.stringify(join(at.folder, 'data', 'base.db'))})\nbase.execute("create table if not exists t (n)")\nbase.execute("insert into t values (${count})")\nbase.commit()`,
    ]);
  await fill(1);
  const ran: Record<string, unknown> = { first: await at.ran(), unchanged: await at.ran() };
  await at.put('data/word.txt', 'two');
  ran.word = await at.ran();
  await fill(2);
  ran.database = await at.ran();
  await at.put('data/later.txt', '');
  ran.newFile = await at.ran();
  await at.put('data/maybe.csv', 'x');
  ran.missingFile = await at.ran();
  await writeFile(outside, 'b');
  ran.outside = await at.ran();
  expect(ran).toEqual({
    first: ['command', 'database', 'asks', 'lists', 'elsewhere', 'tries', 'plain'],
    unchanged: [],
    word: ['command', 'plain'],
    // A command may have read any file.
    database: ['command', 'database'],
    newFile: ['command', 'asks', 'lists'],
    missingFile: ['command', 'asks', 'lists', 'tries'],
    outside: ['elsewhere'],
  });
}, 60_000);

/** Everything a run left, by content; what it took is left out. */
async function leftBy(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(join(folder, 'run'), { recursive: true, withFileTypes: true });
  const left: Record<string, string> = {};
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(folder.length + 5);
    if (!entry.isFile() || /^\.state|trace\.json$|process\.pkl$|seen\.json$|__pycache__/.test(path))
      continue;
    left[path] = createHash('sha256')
      .update(await readFile(join(folder, 'run', path)))
      .digest('hex');
  }
  return left;
}

const SLOW: TestPackageWish = {
  steps: [
    ...Object.values(STEPS),
    {
      name: 'append',
      inputs: ['text'],
      outputs: ['lines'],
      top: 'import time',
      body: 'for number in range(20):\n    with open("rows.csv", "a") as file:\n        file.write(f" {number}")\n    time.sleep(0.01)\nlines = open("rows.csv").read()',
    },
    {
      name: 'rewrite',
      inputs: ['lines'],
      outputs: ['size'],
      body: 'import os\nos.makedirs("out")\nopen("out/all.txt", "w").write(lines * 1000)\nopen("report.txt", "w").write("over")\nsize = len(lines)',
    },
  ],
  parameters: WISH.parameters ?? [],
  helpers: HELPERS,
  data: WISH.data ?? {},
};

test('a run that is killed at any moment goes on to the same end as one left alone', async () => {
  const calm = await made('calm', SLOW);
  const killed = await calm.copy(join(studio.home, 'killed'));
  const began = Date.now();
  await calm.ran('--seed', '4');
  const whole = Date.now() - began;
  let dead = 0;
  for (let round = 0; round < 14; round += 1) {
    const isolate = round % 2 === 0 ? 'fork' : 'spawn';
    const child = killed.start('run', '--json', '--seed', '4', '--isolate', isolate);
    const ended = new Promise((resolve) => child.once('close', resolve));
    await new Promise((resolve) => setTimeout(resolve, (whole * (round + 1)) / 15));
    if (child.exitCode === null && child.kill('SIGKILL')) dead += 1;
    await ended;
    if (round % 4 === 3)
      await rm(join(killed.folder, 'run', 'rewrite'), { recursive: true, force: true });
  }
  await killed.ran('--seed', '4');
  expect(dead).toBeGreaterThan(3);
  expect(await leftBy(killed.folder)).toEqual(await leftBy(calm.folder));
  expect(await killed.ran('--seed', '4')).toEqual([]);
}, 300_000);

test('what a step did to the files is undone before an earlier one runs again', async () => {
  const at = await made('undone', SLOW);
  await at.ran('--seed', '4');
  const change = 'word = open("word.txt").read().strip() + "!"';
  await at.put('src/demo/steps/other.py', stepText({ ...STEPS.other, body: change }));
  await at.ran('--seed', '4');
  const fresh = await at.copy(join(studio.home, 'undone-fresh'));
  await fresh.ran('--seed', '4', '--fresh');
  expect(await leftBy(at.folder)).toEqual(await leftBy(fresh.folder));
}, 60_000);

test('retries, time-outs and exit codes', async () => {
  const at = await made('failing', {
    steps: [
      {
        name: 'flaky',
        outputs: ['count'],
        body: 'import os\ncount = int(open(os.environ["COUNT"]).read()) + 1\nopen(os.environ["COUNT"], "w").write(str(count))\nif count < 3:\n    raise RuntimeError("not yet")',
      },
      { name: 'slow', inputs: ['count'], top: 'import time', body: 'time.sleep(float(count))' },
    ],
    parameters: ['Parameter("n", "int", 1, maximum=3)', 'Parameter("when", "date", "2026-01-31")'],
  });
  const env = at.with({ COUNT: join(at.folder, 'count') });
  const told = async (...args: string[]) => {
    const { code, stderr, events } = await env.tell('run', '--json', ...args);
    return [
      code,
      stderr.trim().split('\n').at(-1),
      events.map(({ event }) => event).filter((each) => each !== 'output'),
    ];
  };
  await at.put('count', '0');
  const start = ['run-started', 'step-started'];
  expect({
    once: await told(),
    thrice: await told('--retries', '1', '--timeout', 'slow=0.3'),
    value: await told('--n', '4'),
    date: await told('--when', '2026-13-01'),
    step: await told('--only', 'nothing'),
    seconds: await told('--timeout', 'soon'),
  }).toEqual({
    once: [1, 'Step flaky failed: not yet', [...start, 'step-failed']],
    thrice: [
      124,
      'Step slow failed: it took longer than the 0.3 seconds it may take (--timeout)',
      [
        ...start,
        'step-retried',
        'step-started',
        'step-done',
        'step-started',
        'step-retried',
        'step-started',
        'step-failed',
      ],
    ],
    value: [2, 'n must be at most 3, not 4.', []],
    date: [2, "when must be a date such as 2026-01-31, not '2026-13-01'.", []],
    step: [2, 'There is no step nothing. The steps are flaky, slow.', []],
    seconds: [2, "--timeout takes seconds or STEP=SECONDS, not 'soon'.", []],
  });
}, 60_000);

test.skipIf(process.platform !== 'linux').each(['fork', 'spawn'])(
  'a step’s own time-out ends all it started, its own retries are told; the command line goes before both (%s)',
  async (isolate) => {
    const at = await made(`late-${isolate}`, {
      steps: [
        {
          name: 'stuck',
          retries: 1,
          timeoutSeconds: 3,
          // One child in the step's group, one that left it, and neither listens to SIGTERM.
          body: [
            'import os, signal, subprocess, sys, time',
            'deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"',
            'children = [subprocess.Popen([sys.executable, "-c", deaf], start_new_session=own) for own in (False, True)]',
            'print("PIDS", os.getpid(), *[child.pid for child in children], flush=True)',
            'time.sleep(60)',
          ].join('\n'),
        },
      ],
    });
    const told = async (...args: string[]) => {
      const { code, events, stderr } = await at.tell(
        'run',
        '--json',
        '--isolate',
        isolate,
        ...args,
      );
      const pids = events.flatMap(
        ({ line }) => /^PIDS (.*)/.exec(String(line))?.[1]?.split(' ') ?? [],
      );
      const retried = events.filter(({ event }) => event === 'step-retried');
      return { code, pids, retried, said: stderr.trim() };
    };
    const own = await told();
    const late = (how: string) => `it took longer than the ${how}`;
    const left = () => alive(own.pids.map(Number));
    await expect.poll(left, { timeout: 5000 }).toEqual([]);
    expect({ ...own, pids: own.pids.length }).toEqual({
      code: 124,
      pids: 6,
      retried: [
        {
          event: 'step-retried',
          step: 'stuck',
          attempt: 1,
          retries: 1,
          late: true,
          error: {
            type: 'TimeoutError',
            message: late('3 seconds it may take (its timeout_seconds)'),
            traceback: '',
            frames: [],
          },
        },
      ],
      said: `Step stuck failed: ${late('3 seconds it may take (its timeout_seconds)')}`,
    });
    const asked = await told('--retries', '0', '--timeout', '0.5');
    expect([asked.code, asked.retried, asked.said]).toEqual([
      124,
      [],
      `Step stuck failed: ${late('0.5 seconds it may take (--timeout)')}`,
    ]);
  },
  60_000,
);

test('another number of retries or another time-out runs nothing again', async () => {
  const step = { name: 'only', outputs: ['n'], body: 'n = 1' };
  const at = await made('patient', { steps: [step] });
  const first = await at.ran();
  await at.write({ steps: [{ ...step, retries: 3, timeoutSeconds: 60 }] });
  expect([first, await at.ran()]).toEqual([['only'], []]);
}, 60_000);

/** Those of them that are still there and no zombies. */
async function alive(pids: readonly number[]): Promise<string[]> {
  const states = pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'Z'));
  return (await Promise.all(states)).filter((state) => !/^Z|\) Z/.test(state));
}

test.skipIf(process.platform !== 'linux').each(['fork', 'spawn'])(
  'Ctrl-C ends every process of a run (%s)',
  async (isolate) => {
    const at = await made(`cancelled-${isolate}`, {
      steps: [
        {
          name: 'wait',
          body: 'import os, subprocess, sys, time\nchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])\nprint("PIDS", os.getpid(), child.pid, flush=True)\ntime.sleep(60)',
        },
      ],
    });
    const child = at.start('run', '--json', '--isolate', isolate);
    let text = '';
    const pids = await new Promise<number[]>((resolve) => {
      child.stdout?.on('data', (part) => {
        text += part;
        const line = eventsOf(text).find(({ line }) => String(line).startsWith('PIDS'))?.line;
        if (line) resolve(String(line).split(' ').slice(1).map(Number));
      });
    });
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.once('close', resolve));
    await expect.poll(() => alive(pids), { timeout: 5000 }).toEqual([]);
    expect({ code, pids: pids.length }).toEqual({ code: 130, pids: 2 });
  },
  60_000,
);

test('ten unchanged steps end within 0.3 s of Python’s own start', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `step_${index}`);
  const at = await made('ten', {
    steps: names.map((name, index) => ({
      name,
      inputs: index === 0 ? [] : [`value_${index - 1}`],
      outputs: [`value_${index}`],
      body: index === 0 ? 'value_0 = 1' : `value_${index} = value_${index - 1} + 1`,
    })),
    data: { 'rows.csv': '1 2 3' },
  });
  await at.ran();
  await at.ran();
  // Its CPU time: on a computer that is busy with other tests the wall time says little (`npm run bench -- steps`).
  const meter =
    'import resource, subprocess, sys\nsubprocess.run(sys.argv[1:], check=True, stdout=-3)\nused = resource.getrusage(resource.RUSAGE_CHILDREN)\nprint((used.ru_utime + used.ru_stime) * 1000)';
  const least = async (args: string[]) => {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const options = { cwd: at.folder, env: at.env };
      const { stdout } = await promisify(execFile)(
        at.python,
        ['-c', meter, at.python, ...args],
        options,
      );
      times.push(Number(stdout));
    }
    return Math.min(...times);
  };
  const more = (await least(['-m', 'demo', 'run'])) - (await least(['-c', 'pass']));
  expect(more).toBeLessThan(300);
}, 60_000);
