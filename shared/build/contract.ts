/** Stage build: an image of the package, made by a Docker engine. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { imageDigestSchema, taskIdSchema } from '../base/ids';
import { doneOrError, resultOf } from '../base/result';
import { studioErrorSchema } from '../base/studio-error';
import { bytesSchema } from '../base/units';

export const engineSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('unknown') }),
  z.object({ status: z.literal('ready'), version: z.string(), platform: z.string() }),
  z.object({ status: z.literal('missing'), error: studioErrorSchema }),
]);
export type Engine = z.infer<typeof engineSchema>;

/** Empty text means the default: the official slim Python image, and the sources this computer's pip uses. */
export const buildSettingsSchema = z.object({
  baseImage: z.string(),
  packageIndex: z.string(),
  caBundle: z.string(),
});
export type BuildSettings = z.infer<typeof buildSettingsSchema>;

/** Where pip on this computer takes packages from; empty text is the public index and no certificates of its own. */
export const packageSourcesSchema = buildSettingsSchema.pick({
  packageIndex: true,
  caBundle: true,
});
export type PackageSources = z.infer<typeof packageSourcesSchema>;

export const buildStepSchema = z.object({
  number: z.number().int(),
  total: z.number().int().nullable(),
  instruction: z.string(),
  state: z.enum(['running', 'cached', 'done', 'failed']),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** What this step added to the image; null until the engine can say. */
  bytes: bytesSchema.nullable(),
  log: z.array(z.string()),
});
export type BuildStep = z.infer<typeof buildStepSchema>;

export const imageSchema = z.object({
  tag: z.string(),
  id: imageDigestSchema,
  bytes: bytesSchema,
  builtAt: z.number(),
  /** Hash of the package the image was built from, so that a later package shows it as stale. */
  packageHash: z.string(),
});
export type Image = z.infer<typeof imageSchema>;

export const buildStateSchema = z.object({
  engine: engineSchema,
  settings: buildSettingsSchema,
  /** What is used where a setting is empty; known once the engine was asked. */
  defaults: packageSourcesSchema,
  activity: z.enum(['idle', 'sending', 'building']),
  taskId: taskIdSchema.nullable(),
  contextBytes: bytesSchema,
  steps: z.array(buildStepSchema),
  error: studioErrorSchema.nullable(),
  image: imageSchema.nullable(),
});
export type BuildState = z.infer<typeof buildStateSchema>;

export const buildContract = {
  watch: oc.output(eventIterator(buildStateSchema)),
  checkEngine: oc.output(doneOrError),
  configure: oc.input(buildSettingsSchema.partial()).output(doneOrError),
  start: oc.output(resultOf(z.object({ taskId: taskIdSchema }))),
};
