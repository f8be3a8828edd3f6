/** An image is called good once a container of it has done what it is for: answered a prediction, run the pipeline. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { z } from 'zod';
import { fail } from '../../shared/base/studio-error';
import { formatDuration } from '../../shared/base/units';
import { explainStart, type ImageCheck } from '../../shared/build';
import { ended, exec, logOf, withContainer } from './container';

export interface CheckRequest {
  readonly docker: Docker;
  readonly image: string;
  /** What it was built for; empty text is the engine's own. */
  readonly platform: string;
  /** Name of the Python package in it. */
  readonly name: string;
  readonly hasService: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string) => void;
}

const READY_MS = 120_000;
const RUN_MS = 30 * 60_000;
const LOOK_AGAIN_MS = 300;
const SERVICE = 'http://127.0.0.1:8000';
const CHECK_FOLDER = '/tmp/slipway-check';

/** Asked inside the container: an engine on another host has no port to reach from here. */
const ASK = `
import json, sys, urllib.error, urllib.request
path, body = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
request = urllib.request.Request("${SERVICE}" + path, body and body.encode(), {"Content-Type": "application/json"})
try:
    with urllib.request.urlopen(request, timeout=30) as response:
        print(response.read().decode())
except urllib.error.HTTPError as error:
    print(error.read().decode())
    sys.exit(2)
except OSError as error:
    print(error)
    sys.exit(3)
`;

const schemaSchema = z.object({ sample: z.unknown() });
const predictionsSchema = z.object({ predictions: z.array(z.unknown()).min(1) });

/** Throws StudioFailure with what did not work and the container's log. */
export async function checkImage(request: CheckRequest): Promise<ImageCheck> {
  const { docker, image, platform, signal } = request;
  const check = request.hasService ? checkService : checkJob;
  const done = await withContainer(docker, { image, platform }, signal, (container) =>
    check(container, request),
  );
  return { state: 'passed', done };
}

async function checkJob(container: Docker.Container, request: CheckRequest): Promise<string[]> {
  const began = Date.now();
  request.onProgress('Running the pipeline in the image');
  const ran = await ended(container, request.signal, RUN_MS);
  if (ran?.code !== 0) return broken(container, 'the pipeline in it failed', ran?.output);
  return [`The pipeline ran in ${formatDuration(Date.now() - began)}.`];
}

async function checkService(container: Docker.Container, request: CheckRequest): Promise<string[]> {
  const { signal, onProgress, name } = request;
  const began = Date.now();
  onProgress('Waiting until the service is ready');
  await untilReady(container, signal);
  const ready = `The service was ready after ${formatDuration(Date.now() - began)}.`;
  onProgress('Asking for one prediction');
  const predicted = await predictOnce(container, signal);
  onProgress('Running the pipeline in the image');
  const start = Date.now();
  const command = ['python3', '-m', name, 'run', '--fresh', '--run-folder', CHECK_FOLDER];
  const ran = await exec(container, command, signal);
  if (ran.code !== 0) return broken(container, 'the pipeline in it failed', ran.output);
  return [ready, predicted, `The pipeline ran in ${formatDuration(Date.now() - start)}.`];
}

async function untilReady(container: Docker.Container, signal: AbortSignal): Promise<void> {
  let last = '';
  for (const until = Date.now() + READY_MS; Date.now() < until; ) {
    const { State } = await container.inspect();
    if (!State.Running) {
      return broken(container, `the service in it ended with code ${State.ExitCode}`);
    }
    const { code, output } = await exec(container, ['python3', '-c', ASK, '/readyz'], signal);
    if (code === 0) return;
    last = output;
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
  return broken(container, 'the service in it never became ready', last);
}

async function predictOnce(container: Docker.Container, signal: AbortSignal): Promise<string> {
  const asked = await exec(container, ['python3', '-c', ASK, '/schema'], signal);
  const schema = schemaSchema.safeParse(parseJson(asked.output));
  const sample = schema.success ? schema.data.sample : null;
  if (!sample) return 'No sample row was recorded to predict with.';
  const command = ['python3', '-c', ASK, '/predict', JSON.stringify(sample)];
  const { code, output } = await exec(container, command, signal);
  const isGood = code === 0 && predictionsSchema.safeParse(parseJson(output)).success;
  if (!isGood) return broken(container, 'the service in it did not answer a prediction', output);
  return 'One prediction was answered.';
}

async function broken(container: Docker.Container, what: string, output = ''): Promise<never> {
  const log = await logOf(container).catch(() => '');
  const known = explainStart(`${output}\n${log}`);
  if (known) {
    const { message, nextSteps } = known;
    fail('build-failed', `The image was built, but could not be tried. ${message}`, { nextSteps });
  }
  const last = (output || log).trim().split('\n').at(-1) ?? '';
  return fail('build-failed', `The image was built, but ${what}${last ? `: ${last}` : '.'}`, {
    nextSteps: [
      { label: 'Build again', command: 'build.start' },
      { label: 'Open build settings', command: 'build.settings' },
    ],
    detail: [output, log].filter(Boolean).join('\n\n'),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
