/** Stage build: an image of the package, made by a Docker engine. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { imageDigestSchema, taskIdSchema } from '../base/ids';
import { doneOrError, resultOf } from '../base/result';
import { studioErrorSchema } from '../base/studio-error';
import { Bytes, bytesSchema } from '../base/units';
import { engineContextSchema, engineWhoSchema } from '../engine';
import { pushedImageSchema, pushProgressSchema } from './push';

export const engineSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('unknown') }),
  z.object({ status: z.literal('ready'), who: engineWhoSchema }),
  z.object({ status: z.literal('missing'), error: studioErrorSchema }),
]);
export type Engine = z.infer<typeof engineSchema>;

/** Empty text means the default: the official slim Python image, and the sources this computer's pip uses. */
export const buildSettingsSchema = z.object({
  baseImage: z.string(),
  packageIndex: z.string(),
  caBundle: z.string(),
  /** For downloads inside the build; never kept in the image. */
  proxy: z.string(),
  /** `linux/amd64`, `linux/arm64`; empty text is the engine's own. */
  platform: z.string(),
  /** Empty text: as the docker CLI finds it; `context:<name>`; or an address. */
  engine: z.string(),
  /** Folder of ca.pem, cert.pem and key.pem, where the engine is reached by tcp. */
  engineCertificates: z.string(),
  /** `registry/path` that images are pushed to; the image's own name is put behind it. */
  pushTo: z.string(),
  /** Whether a new image is started and tried before it is called good. */
  isImageChecked: z.boolean(),
});
export type BuildSettings = z.infer<typeof buildSettingsSchema>;

/** Where pip on this computer takes packages from; empty text is the public index and no certificates of its own. */
export const packageSourcesSchema = buildSettingsSchema.pick({
  packageIndex: true,
  caBundle: true,
});
export type PackageSources = z.infer<typeof packageSourcesSchema>;

export const buildStepSchema = z.object({
  /** BuildKit's digest of the step, or its number. */
  id: z.string(),
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

/** What was tried in a container of the image. */
export const imageCheckSchema = z.object({
  state: z.enum(['passed', 'skipped']),
  /** One sentence each: “/readyz answers after 1.2 s”. */
  done: z.array(z.string()),
});
export type ImageCheck = z.infer<typeof imageCheckSchema>;

export const imageLayerSchema = z.object({ instruction: z.string(), bytes: bytesSchema });
export type ImageLayer = z.infer<typeof imageLayerSchema>;

export const imagePackageSchema = z.object({
  name: z.string(),
  version: z.string(),
  bytes: bytesSchema,
});
export type ImagePackage = z.infer<typeof imagePackageSchema>;

/** An image of ours on the engine, told by its label. */
export const keptImageSchema = z.object({
  id: imageDigestSchema,
  tags: z.array(z.string()),
  project: z.string(),
  bytes: bytesSchema,
  /** Of these, what no other image on the engine has: removing it alone frees so much. */
  ownBytes: bytesSchema,
  builtAt: z.number(),
  /** Some container was made from it: it stays. */
  isInUse: z.boolean(),
});
export type KeptImage = z.infer<typeof keptImageSchema>;

export const diskUseSchema = z.object({
  images: z.array(keptImageSchema),
  /** What BuildKit keeps for the next build, of everybody's builds, beside what is in images. */
  cacheBytes: bytesSchema,
});
export type DiskUse = z.infer<typeof diskUseSchema>;

/** What removing those that nothing uses frees at least: what they share with each other is counted with none. */
export const freedAtLeast = (images: readonly KeptImage[]): Bytes =>
  Bytes(images.reduce((sum, { isInUse, ownBytes }) => sum + (isInUse ? 0 : ownBytes), 0));

export const imageSchema = z.object({
  tag: z.string(),
  id: imageDigestSchema,
  bytes: bytesSchema,
  builtAt: z.number(),
  /** Hash of the package the image was built from, so that a later package shows it as stale. */
  packageHash: z.string(),
  /** Largest first; those without bytes are left out. */
  layers: z.array(imageLayerSchema),
  /** Python packages in it, largest first; empty where a container of it could not be asked. */
  packages: z.array(imagePackageSchema),
  check: imageCheckSchema,
  pushed: pushedImageSchema.nullable(),
});
export type Image = z.infer<typeof imageSchema>;

export const buildStateSchema = z.object({
  engine: engineSchema,
  settings: buildSettingsSchema,
  /** What is used where a setting is empty; known once the engine was asked. */
  defaults: packageSourcesSchema,
  /** The contexts of the docker CLI on this computer. */
  contexts: z.array(engineContextSchema),
  activity: z.enum(['idle', 'sending', 'building', 'checking', 'pushing']),
  taskId: taskIdSchema.nullable(),
  contextBytes: bytesSchema,
  steps: z.array(buildStepSchema),
  error: studioErrorSchema.nullable(),
  image: imageSchema.nullable(),
  push: pushProgressSchema.nullable(),
  /** Null until somebody asked. */
  kept: diskUseSchema.nullable(),
});
export type BuildState = z.infer<typeof buildStateSchema>;

export const buildContract = {
  watch: oc.output(eventIterator(buildStateSchema)),
  checkEngine: oc.output(doneOrError),
  configure: oc.input(buildSettingsSchema.partial()).output(doneOrError),
  start: oc.output(resultOf(z.object({ taskId: taskIdSchema }))),
  /** The built image to the registry of the settings. */
  push: oc.output(resultOf(z.object({ taskId: taskIdSchema }))),
  /** Looks which images of ours the engine keeps. */
  lookAtKept: oc.output(doneOrError),
  /** Removes these, or all of ours that nothing uses; answers how many went. */
  cleanUp: oc
    .input(z.object({ ids: z.array(imageDigestSchema).nullable() }))
    .output(resultOf(z.object({ removed: z.number().int(), bytes: bytesSchema }))),
};
