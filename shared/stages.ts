/** The road: eight stages in order. The same word names a folder in each room, a place, a CLI command and a spec. */
import { z } from 'zod';

export const STAGES = [
  'connect',
  'notebook',
  'pipeline',
  'package',
  'build',
  'estimate',
  'deploy',
  'operate',
] as const;

export type Stage = (typeof STAGES)[number];

export const stageSchema = z.enum(STAGES);

/** What the rail shows for a stage. `fact` is one plain line; `because` names the stage whose change made this one stale. */
export const stageStateSchema = z.object({
  status: z.enum(['nothing', 'underway', 'done', 'stale', 'attention']),
  fact: z.string(),
  because: stageSchema.optional(),
});
export type StageState = z.infer<typeof stageStateSchema>;

export const stageStatesSchema = z.record(stageSchema, stageStateSchema);
export type StageStates = z.infer<typeof stageStatesSchema>;
