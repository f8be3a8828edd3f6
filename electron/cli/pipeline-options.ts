/** What a pipeline is made of, as options of every command of the road; they are kept in slipway.yaml. */

import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Studio } from '../compose';
import { need } from './session';

export interface PipelineOptions {
  /** One step for the whole notebook; false divides it again. */
  readonly whole?: boolean;
  /** Notebooks that join the pipeline, and that leave it. */
  readonly with?: string[];
  readonly without?: string[];
  /** File names with commas between them. */
  readonly order?: string;
}

const collect = (value: string, all: string[] = []) => [...all, value];

export function addPipelineOptions(command: Command): Command {
  return command
    .option('--whole', 'run the notebook as one step, by its own kernel; kept in slipway.yaml')
    .option('--no-whole', 'divide it into steps again')
    .option(
      '--with <notebook>',
      'a further notebook beside it, as one step of the pipeline; may be repeated; kept in slipway.yaml',
      collect,
    )
    .option('--without <notebook>', 'take a further notebook out; may be repeated', collect)
    .option('--order <a,b,c>', 'the notebooks’ order, where the files they hand on do not decide');
}

export async function choosePipeline(
  { pipeline }: Pick<Studio, 'pipeline'>,
  path: string,
  options: PipelineOptions,
): Promise<void> {
  if (options.whole !== undefined) need(await pipeline.setWhole(path, options.whole));
  for (const each of options.without ?? []) need(await pipeline.removeNotebook(path, each));
  for (const each of options.with ?? []) need(await pipeline.addNotebook(path, each));
  const names = (options.order ?? '').split(',').flatMap((each) => basename(each.trim()) || []);
  if (names.length > 0) need(await pipeline.orderNotebooks(path, names));
}
