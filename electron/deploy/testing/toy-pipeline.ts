/** For tests of targets that run steps one by one: the toys with a list of their steps on disk. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeployablePackage } from '../targets/target';
import { TOYS } from './toy-images';

const PIPELINE = `
STEPS = (
    Step(
        name='load_rows',
        inputs=(),
    ),
    Step(
        name='train',
        inputs=('rows',),
    ),
    Step(
        name='report',
        inputs=('model',),
    ),
)
`;

export interface ToyPipelines {
  readonly packages: Readonly<Record<keyof typeof TOYS, DeployablePackage>>;
  close(): Promise<void>;
}

export async function writeToyPipelines(): Promise<ToyPipelines> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-toys-'));
  await mkdir(join(folder, 'src', 'toy'), { recursive: true });
  await writeFile(join(folder, 'src', 'toy', 'pipeline.py'), PIPELINE);
  const { first, second, broken } = TOYS;
  return {
    packages: {
      first: { ...first, folder },
      second: { ...second, folder },
      broken: { ...broken, folder },
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
