/** A Python environment of this computer, as a person chooses it for a notebook. */
import { z } from 'zod';
import { environmentIdSchema } from '../base/ids';

/** Who made it: `slipway` are those this app made for a notebook, the only ones it changes without asking. */
export const environmentKindSchema = z.enum([
  'slipway',
  'venv',
  'conda',
  'pyenv',
  'uv',
  'system',
  'unknown',
]);
export type EnvironmentKind = z.infer<typeof environmentKindSchema>;

/** Whether the notebook's imports are there; `unchecked` until a notebook's imports are known. */
export const importCheckSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('unchecked') }),
  z.object({ status: z.literal('checked'), missing: z.array(z.string()) }),
]);
export type ImportCheck = z.infer<typeof importCheckSchema>;

export const environmentSchema = z.object({
  id: environmentIdSchema,
  kind: environmentKindSchema,
  /** What a person calls it: the folder's name, `base`, `Python 3.12`. */
  name: z.string(),
  pythonPath: z.string(),
  /** The environment's folder (`sys.prefix`). */
  folder: z.string(),
  pythonVersion: z.string(),
  /** Version of ipykernel, or null: without it no kernel can run there. */
  ipykernelVersion: z.string().nullable(),
  imports: importCheckSchema,
  /** Beside the notebook or in a folder above it: listed first. */
  isNearNotebook: z.boolean(),
  /** False where the system manages the packages (PEP 668) or the folder is read-only. */
  canInstall: z.boolean(),
});
export type Environment = z.infer<typeof environmentSchema>;

/** Found so far; `searching` while more may come. */
export const environmentListSchema = z.object({
  activity: z.enum(['searching', 'idle']),
  environments: z.array(environmentSchema),
});
export type EnvironmentList = z.infer<typeof environmentListSchema>;

/** Ready to run a notebook's cells as it stands. */
export function isReadyFor(environment: Environment): boolean {
  return (
    environment.ipykernelVersion !== null &&
    environment.imports.status === 'checked' &&
    environment.imports.missing.length === 0
  );
}
