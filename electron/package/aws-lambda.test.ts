/** The package as a function of AWS Lambda: asked through a Runtime API of ours, it answers as its web server does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillTemplate } from '../../shared/package';
import { runProcess } from '../base/process';
import { pythonIn } from '../connect';
import { type FunctionEvent, RuntimeApi } from '../deploy/test-runtime-api';
import { freePort } from '../engine/testing/stand';
import { toyEnvironment } from '../operate/test-deployments';
import { loadTemplates } from './templates';
import { RESOURCES } from './test-environment';

const HELPERS = `
class Doubler:
    def predict(self, rows):
        return [2 * row[0] for row in rows]
`;
const ABOUT = {
  name: 'model',
  step: 'fit',
  className: 'Doubler',
  featureCount: 1,
  featureNames: null,
  sampleRow: [1.5],
};
const WRITE_MODEL = `
from pathlib import Path
from demo import artifacts, helpers
artifacts.write_pickle(Path("model/model.pkl"), helpers.Doubler())
`;

let folder: string;
let python: string;
const running: ChildProcess[] = [];

const env = () => ({ ...process.env, PYTHONPATH: join(folder, 'src'), PYTHONUNBUFFERED: '1' });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-lambda-'));
  python = pythonIn(await toyEnvironment());
  await writeDemo();
  const made = await runProcess(python, ['-c', WRITE_MODEL], { cwd: folder, env: env() });
  expect(made.stderr).toBe('');
});

afterAll(async () => {
  for (const each of running) each.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

describe('the service on AWS Lambda', () => {
  it('answers each request as the web server does', async () => {
    const port = await freePort();
    start(['serve', '--port', String(port)]);
    const api = await RuntimeApi.start();
    start(['lambda'], { AWS_LAMBDA_RUNTIME_API: api.host });
    const web = `http://127.0.0.1:${port}`;
    await expect.poll(() => isUp(`${web}/readyz`), { timeout: 60_000 }).toBe(true);
    const wanted: readonly [string, string, string?][] = [
      ['GET', '/readyz'],
      ['GET', '/healthz?from=here'],
      ['GET', '/schema'],
      ['POST', '/predict', '{"rows": [[1], [2.5]]}'],
      ['POST', '/predict', '{"rows": [["ä"]]}'],
      ['POST', '/predict', '{"rows": [[1, 2]]}'],
      ['POST', '/predict', 'no JSON'],
      ['GET', '/predict'],
      ['GET', '/no/such%20page'],
    ];
    const told = [];
    const expected = [];
    for (const [method, path, body] of wanted) {
      told.push(await api.ask(eventOf(method, path, body)));
      expected.push(await webAnswer(web, method, path, body));
    }
    await api.stop();
    expect(told).toEqual(expected);
    expect(expected.map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 200, 422, 422, 405, 404,
    ]);
  });

  it('tells a failure of one request and answers the next; an answer Lambda does not take is told too', async () => {
    const api = await RuntimeApi.start();
    start(['lambda'], { AWS_LAMBDA_RUNTIME_API: api.host });
    const strange = await api.ask({ hello: 'world' } as unknown as FunctionEvent);
    api.refuseNext('Exceeded maximum allowed payload size (6291556 bytes).');
    const large = await api.ask(eventOf('GET', '/schema'));
    const next = await api.ask(eventOf('GET', '/healthz'));
    await api.stop();
    expect([strange, large, next]).toEqual([
      { error: "KeyError: 'requestContext'" },
      {
        error:
          'RuntimeError: Lambda did not take the answer: Exceeded maximum allowed payload size (6291556 bytes).',
      },
      { status: 200, type: 'application/json', body: '{"status":"ok"}' },
    ]);
  });

  it('tells that the service cannot be started, and what started it without Lambda is told to use serve', async () => {
    const path = join(folder, 'src/demo/service.py');
    const api = await RuntimeApi.start();
    await writeFile(path, 'raise RuntimeError("no such model")\n');
    const { code } = await runProcess(python, ['-m', 'demo', 'lambda'], {
      cwd: folder,
      env: { ...env(), AWS_LAMBDA_RUNTIME_API: api.host },
    });
    const alone = await runProcess(python, ['-m', 'demo', 'lambda'], { cwd: folder, env: env() });
    await writeDemo();
    await api.stop();
    expect({ code, init: api.initFailure, alone: [alone.code, alone.stderr.trim()] }).toEqual({
      code: 1,
      init: 'RuntimeError: no such model',
      alone: [
        2,
        'AWS_LAMBDA_RUNTIME_API is not set: only AWS Lambda starts this. On a computer, use serve.',
      ],
    });
  });
});

function start(args: readonly string[], more: Readonly<Record<string, string>> = {}): void {
  const options = { cwd: folder, env: { ...env(), ...more }, stdio: 'ignore' as const };
  running.push(spawn(python, ['-m', 'demo', ...args], options));
}

const isUp = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

async function webAnswer(web: string, method: string, path: string, body?: string) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${web}${path}`, { method, headers, ...(body ? { body } : {}) });
  const type = answer.headers.get('content-type');
  return { status: answer.status, type, body: await answer.text() };
}

function eventOf(method: string, path: string, body?: string): FunctionEvent {
  const { pathname, searchParams } = new URL(path, 'http://function');
  return {
    version: '2.0',
    rawPath: pathname,
    rawQueryString: searchParams.toString(),
    headers: { 'Content-Type': 'application/json' },
    requestContext: { domainName: 'x.lambda-url.test', http: { method, path: pathname } },
    ...(body === undefined
      ? { isBase64Encoded: false }
      : { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
  };
}

async function writeDemo(): Promise<void> {
  const templates = await loadTemplates(RESOURCES);
  const values = {
    ...{ name: 'demo', title: 'demo', step: '"fit"', artifact: '"model"', function: 'None' },
    model_commands: templates['fragments/model-commands.py'] ?? '',
    model_functions: templates['fragments/model-functions.py'] ?? '',
    ...{ steps: '', binds: '', patched: '', start: '""', paths: '' },
  };
  const files: Record<string, string> = {
    'src/demo/__init__.py': '',
    'src/demo/helpers.py': HELPERS,
    'src/demo/parameters.py': 'PARAMETERS = {}\n',
    'model/model.json': JSON.stringify(ABOUT),
  };
  for (const [path, text] of Object.entries(templates)) {
    if (path.startsWith('package/'))
      files[`src/demo/${path.slice(8)}`] = fillTemplate(text, values);
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
