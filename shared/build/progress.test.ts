import { describe, expect, it } from 'vitest';
import { Bytes } from '../base/units';
import type { BuildStep } from './contract';
import { explainFailure } from './first-error';
import { applyMessage, type EngineMessage, finishLast, withSizes } from './progress';

const read = (messages: readonly EngineMessage[]): BuildStep[] =>
  messages.reduce<BuildStep[]>((steps, message, at) => applyMessage(steps, message, at), []);

describe('the engine stream as steps', () => {
  it('opens a step at each Step line, marks cached ones and keeps their log', () => {
    const steps = read([
      { stream: 'Step 1/2 : FROM python:3.11-slim\n' },
      { stream: ' ---> 0123456789ab\n' },
      { stream: 'Step 2/2 : RUN pip install\n' },
      { stream: ' ---> Using cache\n' },
      { stream: '\n' },
    ]);
    expect(finishLast(steps, 9)).toEqual([
      {
        id: '1',
        number: 1,
        total: 2,
        instruction: 'FROM python:3.11-slim',
        state: 'done',
        startedAt: 0,
        endedAt: 2,
        bytes: null,
        log: [' ---> 0123456789ab'],
      },
      {
        id: '2',
        number: 2,
        total: 2,
        instruction: 'RUN pip install',
        state: 'cached',
        startedAt: 2,
        endedAt: 9,
        bytes: null,
        log: [' ---> Using cache'],
      },
    ]);
  });

  it('marks the step an error came from', () => {
    const steps = read([{ stream: 'Step 1/1 : RUN false\n' }, { error: 'returned code 1' }]);
    expect(steps.map(({ state, log }) => ({ state, log }))).toEqual([
      { state: 'failed', log: ['returned code 1'] },
    ]);
  });

  it('gives each step of the last stage the size of its layer, newest layer first in the history', () => {
    const steps = read([
      { stream: 'Step 1/5 : FROM base AS first' },
      { stream: 'Step 2/5 : RUN install' },
      { stream: 'Step 3/5 : FROM base' },
      { stream: 'Step 4/5 : COPY a b' },
      { stream: 'Step 5/5 : RUN c' },
    ]);
    const history = [
      { CreatedBy: 'RUN c', Size: 30 },
      { CreatedBy: 'COPY a b', Size: 20 },
      { CreatedBy: 'base', Size: 999 },
    ];
    expect(withSizes(steps, history).map((step) => step.bytes)).toEqual([
      null,
      null,
      null,
      Bytes(20),
      Bytes(30),
    ]);
  });
});

describe('what Podman tells', () => {
  const history = [
    { CreatedBy: '/bin/sh -c #(nop) LABEL "dev.slipway.package"="churn"', Size: 0 },
    { CreatedBy: '/bin/sh -c #(nop) LABEL "dev.slipway.managed"="true"', Size: 0 },
    { CreatedBy: '/bin/sh -c echo made', Size: 2560 },
    { CreatedBy: '/bin/sh -c #(nop) COPY file:ab in / ', Size: 1536 },
    { CreatedBy: '/bin/sh -c #(nop) ADD file:cd in /', Size: 175 },
  ];

  it('counts the steps of each stage; the labels of the build are in the history only', () => {
    const steps = read([
      { stream: '[1/2] STEP 1/2: FROM base AS environment\n' },
      { stream: '[1/2] STEP 2/2: RUN install\n' },
      { stream: '--> d0f1cefa80f\n' },
      { stream: '[2/2] STEP 1/3: FROM base\n' },
      { stream: '[2/2] STEP 2/3: COPY hello.txt /\n' },
      { stream: '--> Using cache d0f1cefa80f19631\n' },
      { stream: '[2/2] STEP 3/3: RUN echo made\n' },
      { stream: 'made\n' },
    ]);
    const seen = withSizes(finishLast(steps, 9), history);
    expect(
      seen.map(({ id, number, total, instruction, state, bytes }) => [
        ...[id, number, total, instruction, state, bytes],
      ]),
    ).toEqual([
      ['1.1', 1, null, 'FROM base AS environment', 'done', null],
      ['1.2', 2, null, 'RUN install', 'done', null],
      ['2.1', 3, null, 'FROM base', 'done', null],
      ['2.2', 4, null, 'COPY hello.txt /', 'cached', Bytes(1536)],
      ['2.3', 5, null, 'RUN echo made', 'done', Bytes(2560)],
    ]);
  });

  it('names the step of one stage that failed', () => {
    const error = 'building at STEP "RUN false": while running runtime: exit status 1\n';
    const steps = read([
      { stream: 'STEP 1/2: FROM base\n' },
      { stream: 'STEP 2/2: RUN false\n' },
      { error },
    ]);
    expect(steps.map(({ number, total, state }) => [number, total, state])).toEqual([
      [1, 2, 'done'],
      [2, 2, 'failed'],
    ]);
    expect(explainFailure(steps, error).message).toBe(
      'Step 2 (RUN false) failed. building at STEP "RUN false": while running runtime: exit status 1',
    );
  });
});

describe('the first real error', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['pulling r.io/a/b:1: Get "https://r.io/v2/": no basic auth credentials', /r.io does not give/],
    ['pulling me/b: pull access denied for me/b, repository does not exist', /docker.io does not/],
    [
      'pulling r.io/a:1: manifest for r.io/a:1 not found: manifest unknown',
      /image r.io.a:1 was not/,
    ],
    ['manifest for python:9.9-slim not found: manifest unknown', /base image python:9.9-slim/],
    ['ssl.SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED', /CA bundle/],
    ['ERROR: No matching distribution found for nunpy==1', /no nunpy==1/],
    ['write /x: no space left on device', /disk is full/],
    ['exec /bin/sh: exec format error', /cannot run programs of that platform/],
    ['Temporary failure in name resolution', /index could not be reached/],
    ['Traceback\nValueError: Error: odd', /ValueError: Error: odd/],
  ];
  it.each(cases)('%s', (line, sentence) => {
    const steps = read([{ stream: 'Step 4/9 : RUN pip install' }, { stream: line }]);
    const error = explainFailure(steps, 'The command returned a non-zero code: 1');
    expect(error.message).toMatch(sentence);
    expect(error.message).toContain('Step 4 (RUN pip install) failed.');
    expect(error.detail).toContain(line);
  });
});
