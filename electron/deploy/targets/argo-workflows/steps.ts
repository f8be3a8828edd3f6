/** The steps of a package, in their order, and what each may take. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../../../shared/base/studio-error';
import type { DeploySettings } from '../../../../shared/deploy';
import type { DeployablePackage } from '../target';

/** As the package's own list of steps has them. */
export async function readSteps({
  folder,
  name,
}: Pick<DeployablePackage, 'folder' | 'name'>): Promise<string[]> {
  const path = join(folder, 'src', name, 'pipeline.py');
  const text = await readFile(path, 'utf8').catch(() =>
    fail('not-found', `The package has no list of its steps (${path}). Make the package again.`, {
      place: { path },
    }),
  );
  const names = [...text.matchAll(/\bStep\(\s*name=(["'])(.+?)\1/g)].map((found) => found[2] ?? '');
  if (names.length === 0) fail('invalid-file', `No step stands in ${path}.`, { place: { path } });
  return names;
}

/** They go along with the settings: a roll back has no package to read them from. */
export const STEPS_KEY = 'steps';

export const stepsIn = ({ options }: Pick<DeploySettings, 'options'>): string[] =>
  String(options[STEPS_KEY] ?? '')
    .split(',')
    .filter((each) => each !== '');

/** Names of templates hold letters, digits and hyphens only; the number keeps them apart. */
export const taskName = (step: string, index: number): string =>
  `s${index + 1}-${step.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`
    .replace(/-+$/, '')
    .slice(0, 40);

/** Null where the deployment's own hold. */
export interface StepLimit {
  readonly resources: { readonly vcpu: number; readonly memoryGib: number } | null;
  readonly minutes: number | null;
}

const LIMIT = /^([^=]+)=(?:([\d.]+)x([\d.]+))?(?:@(\d+)m)?$/;

/** "train=2x4@90m, report=@5m": processors and GiB of single steps, and after how many minutes each is ended. */
export function stepLimits(text: string, steps: readonly string[]): Map<string, StepLimit> {
  const limits = new Map<string, StepLimit>();
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const [, step = '', vcpu, memory, minutes] = LIMIT.exec(part) ?? [];
    if (!steps.includes(step) || (vcpu ?? minutes) === undefined) {
      const known = steps.join(', ');
      fail(
        'invalid-input',
        `“${part}” tells no step what it may take. Write STEP=PROCESSORSxGIB@MINUTESm, train=2x4, train=@90m or train=2x4@90m for example; the steps are ${known}.`,
      );
    }
    limits.set(step, {
      resources: vcpu === undefined ? null : { vcpu: Number(vcpu), memoryGib: Number(memory) },
      minutes: minutes === undefined ? null : Number(minutes),
    });
  }
  return limits;
}
