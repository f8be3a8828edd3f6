/** What the window shows of the package: its choices, its files, its runs. */
import { z } from 'zod';
import { cellIdSchema, runIdSchema, stepIdSchema, taskIdSchema } from '../base/ids';
import { studioErrorSchema } from '../base/studio-error';
import { bytesSchema } from '../base/units';
import { packageRunSchema, predictorSchema } from './package-run';

/** A Python package's name: lower case letters, digits and underscores, a letter first. */
export const packageNameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]*$/,
    'A package name has lower case letters, digits and underscores, and begins with a letter.',
  )
  .max(60);

/** Which output answers `/predict`: the object itself, or a function of the notebook that is given each row. */
export const serveChoiceSchema = z.object({
  stepId: stepIdSchema,
  name: z.string(),
  functionName: z.string().nullable().default(null),
});
export type ServeChoice = z.infer<typeof serveChoiceSchema>;

export const serveCandidateSchema = z.object({
  stepId: stepIdSchema,
  name: z.string(),
  predictor: predictorSchema,
  /** The last one that was fitted, or the one whose name says model. */
  isSuggested: z.boolean(),
});
export type ServeCandidate = z.infer<typeof serveCandidateSchema>;

export const originSchema = z.object({
  cellId: cellIdSchema,
  /** The line of the cell, from 1. */
  line: z.number().int().positive(),
});
export type Origin = z.infer<typeof originSchema>;

export const packageFileInfoSchema = z.object({
  /** With forward slashes, relative to the package's folder. */
  path: z.string(),
  bytes: bytesSchema,
  /** Monaco's language id. */
  language: z.string(),
  stepId: stepIdSchema.nullable(),
  /** False for data and model files that can't be shown. */
  isText: z.boolean(),
});
export type PackageFileInfo = z.infer<typeof packageFileInfoSchema>;

export const packageFileTextSchema = z.object({
  path: z.string(),
  text: z.string(),
  language: z.string(),
  /** For each line the cell it came from, or null for lines we wrote. */
  origins: z.array(originSchema.nullable()),
});
export type PackageFileText = z.infer<typeof packageFileTextSchema>;

export const lockedPackageSchema = z.object({
  name: z.string(),
  version: z.string(),
  /** True where the notebook imports it or the package itself needs it; false for what those bring along. */
  isDirect: z.boolean(),
});
export type LockedPackage = z.infer<typeof lockedPackageSchema>;

export const packageProblemSchema = z.object({
  severity: z.enum(['error', 'warning', 'note']),
  message: z.string(),
  cellId: cellIdSchema.nullable(),
  line: z.number().int().nullable(),
});
export type PackageProblem = z.infer<typeof packageProblemSchema>;

export const packageActivitySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle') }),
  z.object({ kind: z.literal('generating'), taskId: taskIdSchema }),
  z.object({ kind: z.literal('running'), taskId: taskIdSchema, runId: runIdSchema.nullable() }),
]);
export type PackageActivity = z.infer<typeof packageActivitySchema>;

export const packageStateSchema = z.object({
  /** Null until a notebook is open. */
  name: packageNameSchema.nullable(),
  /** Absolute; where the files are or will be written. */
  folder: z.string().nullable(),
  activity: packageActivitySchema,
  /** Null until it has been generated (or while what lies there is not ours). */
  generated: z
    .object({
      hash: z.string(),
      at: z.number(),
      /** True where the notebook or a choice has changed since. */
      isStale: z.boolean(),
      files: z.array(packageFileInfoSchema),
      packages: z.array(lockedPackageSchema),
      python: z.string(),
    })
    .nullable(),
  serve: serveChoiceSchema.nullable(),
  /** Known after the first run; empty where nothing has `predict`. */
  candidates: z.array(serveCandidateSchema),
  /** Functions of the notebook that could answer instead of `predict`. */
  functions: z.array(z.string()),
  problems: z.array(packageProblemSchema),
  run: packageRunSchema.nullable(),
  /** The last thing that failed as a whole. */
  error: studioErrorSchema.nullable(),
});
export type PackageState = z.infer<typeof packageStateSchema>;
