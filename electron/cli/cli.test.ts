/** The command line as a person meets it: the built program, real files, exit codes and sentences. */
import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TARGET_IDS } from '../../shared/estimate';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'dist', 'cli.mjs');

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function slipway(...args: string[]): Promise<Ended> {
  const env = {
    ...process.env,
    SLIPWAY_HOME: join(place, 'home'),
    SLIPWAY_SAMPLES: join(place, 'samples'),
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CLI, ...args],
      { env, maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

function file(name: string, text: string): string {
  const path = join(place, name);
  writeFileSync(path, text);
  return path;
}

const notebook = (source: string) =>
  JSON.stringify({
    cells: [
      { cell_type: 'code', id: 'one', metadata: {}, source, outputs: [], execution_count: null },
    ],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });

it('a long answer comes whole through a pipe that is read slowly', async () => {
  const lines = Array.from({ length: 2_000 }, (_, at) => `name_${at} = ${at}`);
  const path = file('long.ipynb', notebook(lines.join('\n')));
  const child = spawn(process.execPath, [CLI, 'inspect', path, '--json'], {
    env: { ...process.env, SLIPWAY_HOME: join(place, 'home') },
  });
  let text = '';
  for await (const part of child.stdout) {
    text += part;
    await new Promise((next) => setTimeout(next, 50));
  }
  const { facts } = JSON.parse(text);
  expect(facts[0].bound).toHaveLength(lines.length);
}, 60_000);

describe('bad input ends in a sentence and an exit code, never in a stack trace', () => {
  const cases: readonly (readonly [string, () => string, number, RegExp])[] = [
    ['a file that is not there', () => join(place, 'no.ipynb'), 2, /There is no file/],
    ['a file that is not JSON', () => file('text.ipynb', 'not json'), 2, /line 1/],
    ['JSON that is no notebook', () => file('json.ipynb', '{"a": 1}'), 2, /notebook/],
    [
      'nbformat 3',
      () => file('three.ipynb', '{"nbformat":3,"nbformat_minor":0,"metadata":{},"worksheets":[]}'),
      2,
      /nbconvert/,
    ],
    ['Python 2 print', () => file('two.ipynb', notebook('print "hello"')), 1, /Cell 1.*Python 2/],
    ['a cell that does not parse', () => file('broken.ipynb', notebook('x = (1,')), 1, /Cell 1/],
  ];
  it.each(cases)('%s', async (_name, path, code, sentence) => {
    const ended = await slipway('inspect', path());
    expect(ended.code).toBe(code);
    expect(`${ended.stdout}${ended.stderr}`).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });

  it('an unknown option is the command line’s own fault', async () => {
    expect((await slipway('list', '--nonsense')).code).toBe(2);
  });
});

describe('inspect', () => {
  it('tells the steps of a sample as JSON', async () => {
    const folder = join(place, 'churn');
    cpSync(join(ROOT, 'resources', 'samples', 'churn'), folder, { recursive: true });
    const { code, stdout } = await slipway('inspect', join(folder, 'churn.ipynb'), '--json');
    expect(code).toBe(0);
    const { pipeline } = JSON.parse(stdout);
    expect(
      pipeline.parameters.map(({ name, type }: { name: string; type: string }) => [name, type]),
    ).toEqual([
      ['n_estimators', 'int'],
      ['test_size', 'float'],
      ['data_path', 'path'],
    ]);
    expect(pipeline.steps.length).toBeGreaterThan(2);
  });

  it('of several notebooks, and of one that is a step as a whole', async () => {
    const main = file('2-sum.ipynb', notebook('n = len(open("n.txt").read())'));
    const first = file('1-write.ipynb', notebook('open("n.txt", "w").write("7")'));
    const stepsOf = async (...options: string[]) => {
      const { stdout } = await slipway('inspect', main, ...options, '--json');
      const { pipeline } = JSON.parse(stdout);
      return pipeline.steps.map(({ id }: { id: string }) => id);
    };
    expect({
      with: (await stepsOf('--with', first))[0],
      whole: await stepsOf('--whole', '--order', '2-sum.ipynb,1-write.ipynb'),
      alone: (await stepsOf('--no-whole', '--without', first)).length,
    }).toEqual({ with: 'write', whole: ['write', 'notebook'], alone: 1 });
  }, 60_000);
});

describe('verify', () => {
  const cell = (id: string, source: string, tags: readonly string[] = []) => ({
    cell_type: 'code',
    id,
    metadata: { tags },
    source,
    outputs: [],
    execution_count: null,
  });
  const text = JSON.stringify({
    cells: [
      cell('one', 'n = 3', ['parameters']),
      cell('two', 'rows = [[n], [2]]'),
      cell('three', 'first = rows[0]\nfirst.append(n)\ntotal = sum(map(sum, rows)) + 0.5'),
    ],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });

  it('says of each output whether it is the notebook’s, where it differs first, and why', async () => {
    const folder = mkdtempSync(join(place, 'verify-'));
    const path = join(folder, 'proof.ipynb');
    writeFileSync(path, text);
    const equal = await slipway('verify', path, '--json');
    expect(equal.code, equal.stderr).toBe(0);
    const { isEqual, tolerance, comparisons } = JSON.parse(equal.stdout);
    expect({
      isEqual,
      tolerance,
      outputs: comparisons.map(({ name, verdict }: { name: string; verdict: string }) => [
        name,
        verdict,
      ]),
    }).toEqual({
      isEqual: true,
      tolerance: { relative: 1e-9, absolute: 1e-12 },
      outputs: [
        ['rows', 'identical'],
        ['first', 'identical'],
        ['total', 'identical'],
      ],
    });

    const given = await slipway('verify', path, '-p', 'n=5');
    expect([given.code, given.stdout]).toEqual([
      0,
      expect.stringContaining('With n = 5 on both sides'),
    ]);

    const inspected = await slipway('inspect', path);
    expect(inspected.stdout).toMatch(/Recorded in a fresh kernel .*: 3 of 3 cells are still as/);
    expect(inspected.stdout).toMatch(/cell 3, line 2: rows may change \(.*\): seen in the run/);

    const steps = join(folder, 'proof_package', 'src', 'proof', 'steps');
    for (const name of readdirSync(steps)) {
      const file = join(steps, name);
      writeFileSync(file, readFileSync(file, 'utf8').replace('+ 0.5', '+ 0.6'));
    }
    const broken = await slipway('verify', path);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('total is 8.5 in the notebook, 8.6 in the package');
    expect(broken.stdout).toMatch(/likely: src\/proof\/steps\/\w+\.py .*cell 3, line 3/);

    const refused = await slipway('verify', path, '--steps', 'nowhere');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('There is no step nowhere.'),
    ]);
  }, 420_000);
});

describe('ship', () => {
  it('takes a sample the whole road to a service that answers, and remove leaves nothing', async () => {
    const shipped = await slipway('ship', 'churn', '--sample', '--yes', '--json');
    expect(shipped.stderr).not.toMatch(/\n\s+at /);
    expect(shipped.code).toBe(0);
    const { estimate, deployed } = JSON.parse(shipped.stdout);
    expect(estimate.targets.map(({ targetId }: { targetId: string }) => targetId)).toEqual(
      TARGET_IDS,
    );
    try {
      const answer = await fetch(`${deployed.url}/healthz`);
      expect(answer.status).toBe(200);
      const predicted = await slipway('predict', deployed.deploymentId, '--json');
      expect(JSON.parse(predicted.stdout)).toMatchObject({
        status: 200,
        body: { predictions: [expect.anything()] },
      });
      const listed = JSON.parse((await slipway('list', '--json')).stdout);
      expect(listed.deployments).toMatchObject([
        { name: deployed.deploymentId, status: 'running' },
      ]);
    } finally {
      expect((await slipway('remove', deployed.deploymentId)).code).toBe(0);
    }
    expect(existsSync(join(place, 'home', 'deployments', deployed.deploymentId))).toBe(false);
    await expect(fetch(`${deployed.url}/healthz`)).rejects.toThrow();
    const sample = join(ROOT, 'resources', 'samples', 'churn');
    expect(readFileSync(join(place, 'samples', 'churn', 'churn.ipynb'))).toEqual(
      readFileSync(join(sample, 'churn.ipynb')),
    );
  }, 420_000);
});
