/** What the buttons of problems do: each names the cell, the steps or the parameter it is about. */
import { z } from 'zod';
import { cellIdSchema, stepIdSchema } from '../../shared/base/ids';
import { useCommands } from '../commands';
import { goTo } from '../navigation';
import { mergeSteps, removeNotebook, removeParameter, skipCells, unskipCells } from './verbs';

const stepIdsSchema = z.array(stepIdSchema).min(2);

export function useFixes(when: () => boolean): void {
  const fix = <S extends z.ZodType>(
    id: string,
    title: string,
    schema: S,
    act: (about: z.output<S>) => void,
  ) => ({
    id,
    title,
    when,
    needsArgument: true as const,
    run: (argument: unknown) => {
      const about = schema.safeParse(argument);
      if (about.success) act(about.data);
    },
  });
  useCommands([
    { id: 'pipeline.open', title: 'Open the pipeline', run: () => goTo('pipeline') },
    fix('pipeline.skip', 'Skip a cell', cellIdSchema, (id) => skipCells([id])),
    fix('pipeline.unskip', 'Take a skipped cell back in', cellIdSchema, (id) => unskipCells([id])),
    fix('pipeline.merge', 'Merge steps', stepIdsSchema, (ids) => mergeSteps(ids)),
    fix('pipeline.remove-notebook', 'Take a notebook out', z.string(), removeNotebook),
    fix('pipeline.remove-parameter', 'Remove a parameter', z.string(), removeParameter),
  ]);
}
