/** What is open, what was open, the samples, the settings, and the state of the road. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { doneOrError, resultOf } from '../base/result';
import { stageStatesSchema } from '../stages';

export const settingsSchema = z.object({
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  isAutosaveOn: z.boolean().default(true),
  /** Empty text means the default of the tool that uses it. */
  packageIndex: z.string().default(''),
  caBundle: z.string().default(''),
  baseImage: z.string().default(''),
  /** Of the Build stage: see its own settings. */
  proxy: z.string().default(''),
  platform: z.string().default(''),
  engine: z.string().default(''),
  engineCertificates: z.string().default(''),
  pushTo: z.string().default(''),
  isImageChecked: z.boolean().default(true),
});
export type Settings = z.infer<typeof settingsSchema>;

export const openProjectSchema = z.object({
  path: z.string(),
  /** The file's name. */
  name: z.string(),
  folder: z.string(),
});
export type OpenProject = z.infer<typeof openProjectSchema>;

export const recentFileSchema = z.object({
  path: z.string(),
  name: z.string(),
  openedAt: z.number(),
  exists: z.boolean(),
});
export type RecentFile = z.infer<typeof recentFileSchema>;

export const sampleSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
});
export type Sample = z.infer<typeof sampleSchema>;

export const projectStateSchema = z.object({
  open: openProjectSchema.nullable(),
  recent: z.array(recentFileSchema),
  samples: z.array(sampleSchema),
  settings: settingsSchema,
  stages: stageStatesSchema,
});
export type ProjectState = z.infer<typeof projectStateSchema>;

export const projectContract = {
  watch: oc.output(eventIterator(projectStateSchema)),
  open: oc.input(z.object({ path: z.string() })).output(resultOf(openProjectSchema)),
  /** Copies the sample into a folder of the user's and opens the copy. */
  openSample: oc.input(z.object({ id: z.string() })).output(resultOf(openProjectSchema)),
  close: oc.output(doneOrError),
  forget: oc.input(z.object({ path: z.string() })).output(doneOrError),
  setSettings: oc.input(settingsSchema.partial()).output(doneOrError),
};
