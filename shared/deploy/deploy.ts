/** A deployment in the making: the target, its settings, the plan of exact changes with their price, and what came of it. */
import { z } from 'zod';
import { deploymentIdSchema, estimateIdSchema, planIdSchema, taskIdSchema } from '../base/ids';
import { studioErrorSchema } from '../base/studio-error';
import { runModeSchema, targetIdSchema, totalSchema } from '../estimate';

/** A cron expression of five fields, in a time zone of the tz database. */
export const scheduleSchema = z.object({ cron: z.string(), timeZone: z.string() });
export type Schedule = z.infer<typeof scheduleSchema>;

/** Where a secret's value comes from at the moment of deploying. Its value stands in no settings, plan or record. */
export const secretReferenceSchema = z
  .string()
  .regex(/^(env|file|there):.+$/, 'A secret is env:NAME, file:PATH or there:NAME/KEY');

export const deploySettingsSchema = z.object({
  /** Also the id: lower case letters, digits and hyphens. */
  name: deploymentIdSchema,
  mode: runModeSchema,
  /** Services: a port of this computer, or null for the first free one. */
  port: z.number().int().min(1).max(65535).nullable(),
  /** Scheduled jobs. */
  schedule: scheduleSchema.nullable(),
  /** Jobs: parameters that differ from the package's defaults, as text. */
  parameters: z.record(z.string(), z.string()),
  /** Environment variables of the process, in plain sight. */
  environment: z.record(z.string(), z.string()),
  /** Environment variables whose value is a secret: name to reference. */
  secrets: z.record(z.string(), secretReferenceSchema),
  /** Null takes what the estimate found to fit. */
  resources: z.object({ vcpu: z.number().positive(), memoryGib: z.number().positive() }).nullable(),
  /** Services: how many of it run side by side. */
  replicas: z.number().int().min(1).max(100),
  /** What only this target asks for, by its own schema (TargetDescription.options). */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type DeploySettings = z.infer<typeof deploySettingsSchema>;

/** One field of a target's own settings, as the window draws it and the CLI names it (`--option key=value`). */
export const optionFieldSchema = z.object({
  key: z.string(),
  label: z.string(),
  help: z.string(),
  kind: z.enum(['text', 'number', 'switch', 'choice']),
  /** What it is where nothing was said. */
  fallback: z.union([z.string(), z.number(), z.boolean()]),
  /** For a choice all of them; for a text what is offered. */
  choices: z.array(z.string()),
  /** Empty means all. */
  modes: z.array(runModeSchema),
});
export type OptionField = z.infer<typeof optionFieldSchema>;

export const targetDescriptionSchema = z.object({
  id: targetIdSchema,
  title: z.string(),
  summary: z.string(),
  /** Null where it can be deployed to; else why not yet. */
  unavailable: z.string().nullable(),
  modes: z.array(runModeSchema),
  /** What survives closing the app, a crash, a restart of the computer, each a sentence. */
  survival: z.array(z.string()),
  /** What its plan can be written as for other tools: “compose.yaml”. Null where nothing. */
  exports: z.string().nullable(),
  /** Its own settings. */
  options: z.array(optionFieldSchema),
  /** Which of the common settings it heeds beyond name, mode and parameters. */
  heeds: z.array(z.enum(['port', 'environment', 'secrets', 'resources', 'replicas'])),
});
export type TargetDescription = z.infer<typeof targetDescriptionSchema>;

/** A plan that was written as files for other tools. */
export const writtenFilesSchema = z.object({
  folder: z.string(),
  files: z.array(z.string()),
  /** A sentence for each part of the plan that these files cannot say. */
  leftOut: z.array(z.string()),
});
export type WrittenFiles = z.infer<typeof writtenFilesSchema>;

export const targetCheckSchema = z.object({
  items: z.array(
    z.object({
      label: z.string(),
      status: z.enum(['ok', 'warning', 'failed']),
      detail: z.string(),
    }),
  ),
  isReady: z.boolean(),
});
export type TargetCheck = z.infer<typeof targetCheckSchema>;

export const changePriceSchema = z.discriminatedUnion('kind', [
  /** Costs nothing by itself. */
  z.object({ kind: z.literal('free') }),
  z.object({ kind: z.literal('priced'), usd: totalSchema, per: z.enum(['run', 'month']) }),
  z.object({ kind: z.literal('unknown'), why: z.string() }),
]);
export type ChangePrice = z.infer<typeof changePriceSchema>;

/** One exact change: + create, ~ change, − remove; `keep` names what is there already and is used as it is. */
export const changeSchema = z.object({
  id: z.string(),
  kind: z.enum(['create', 'change', 'remove', 'keep']),
  what: z.string(),
  detail: z.string(),
  price: changePriceSchema,
});
export type Change = z.infer<typeof changeSchema>;

export const deployPlanSchema = z.object({
  id: planIdSchema,
  deploymentId: deploymentIdSchema,
  targetId: targetIdSchema,
  settings: deploySettingsSchema,
  estimateId: estimateIdSchema,
  revision: z.number().int().positive(),
  /** The revision that runs now; null for a first deployment. */
  replaces: z.number().int().positive().nullable(),
  /** Engine, cluster or account with region, and as whom: read anew for each plan. Null for this computer. */
  place: z.string().nullable(),
  changes: z.array(changeSchema),
  total: changePriceSchema,
  /** The part of the likely total that comes without any use, in dollars. */
  fixedUsd: z.number().nullable(),
  /** What it costs as it stands now; null where it does not stand. */
  before: changePriceSchema.nullable(),
  warnings: z.array(z.string()),
  /** The package as it was when planned: a folder and the hash of its files. */
  packageFolder: z.string(),
  packageDigest: z.string(),
  madeAt: z.number(),
});
export type DeployPlan = z.infer<typeof deployPlanSchema>;

export const changeStateSchema = z.enum(['planned', 'doing', 'done', 'failed']);

export const deployResultSchema = z.object({
  /** The deployment's key among all places. */
  key: z.string(),
  deploymentId: deploymentIdSchema,
  revision: z.number().int(),
  mode: runModeSchema,
  /** Services only. */
  url: z.string().nullable(),
  /** Copied as it is into a terminal. */
  curl: z.string().nullable(),
  nextRunAt: z.number().nullable(),
  survival: z.array(z.string()),
});
export type DeployResult = z.infer<typeof deployResultSchema>;

export const deployActivitySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle') }),
  z.object({ kind: z.literal('checking') }),
  z.object({ kind: z.literal('planning') }),
  z.object({
    kind: z.literal('applying'),
    taskId: taskIdSchema,
    progress: z.record(z.string(), changeStateSchema),
  }),
]);
export type DeployActivity = z.infer<typeof deployActivitySchema>;

export const deployStateSchema = z.object({
  targets: z.array(targetDescriptionSchema),
  targetId: targetIdSchema,
  settings: deploySettingsSchema.nullable(),
  check: targetCheckSchema.nullable(),
  plan: deployPlanSchema.nullable(),
  /** The plan's changes and how far each came, kept after the end. */
  progress: z.record(z.string(), changeStateSchema),
  activity: deployActivitySchema,
  result: deployResultSchema.nullable(),
  problem: studioErrorSchema.nullable(),
});
export type DeployState = z.infer<typeof deployStateSchema>;
