import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOYS } from '../../testing/toy-images';
import { type ToyPipelines, writeToyPipelines } from '../../testing/toy-pipeline';
import { readSteps, stepLimits, taskName } from './steps';

const STEPS = ['load', 'train', 'report'];

describe('the steps of a package', () => {
  let toys: ToyPipelines;
  beforeAll(async () => {
    toys = await writeToyPipelines();
  });
  afterAll(() => toys.close());

  it('are those of its own list, in its order', async () => {
    expect(await readSteps(toys.packages.first)).toEqual(['load_rows', 'train', 'report']);
    await expect(readSteps(TOYS.first)).rejects.toThrow(
      'The package has no list of its steps (/nowhere/src/toy/pipeline.py). Make the package again.',
    );
  });

  it('have names that Argo takes, each its own', () => {
    expect(['load_rows', 'load-rows', 'Größe'].map(taskName)).toEqual([
      's1-load-rows',
      's2-load-rows',
      's3-gr-e',
    ]);
  });

  it('may each take what is said of it', () => {
    expect([...stepLimits('load=2x4, train=0.5x1@90m, report=@5m', STEPS)]).toEqual([
      ['load', { resources: { vcpu: 2, memoryGib: 4 }, minutes: null }],
      ['train', { resources: { vcpu: 0.5, memoryGib: 1 }, minutes: 90 }],
      ['report', { resources: null, minutes: 5 }],
    ]);
  });

  it.each(['fit=2x4', 'train=', 'train=2', 'train=@90'])('%s is refused', (text) => {
    expect(() => stepLimits(text, ['train'])).toThrow(
      `“${text}” tells no step what it may take. Write STEP=PROCESSORSxGIB@MINUTESm, train=2x4, train=@90m or train=2x4@90m for example; the steps are train.`,
    );
  });
});
