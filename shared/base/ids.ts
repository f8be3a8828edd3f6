/** Branded ids: a CellId cannot be passed where a StepId is meant. Zod parses at the boundary and brands. */
import { z } from 'zod';

export const cellIdSchema = z.string().min(1).brand<'CellId'>();
export type CellId = z.infer<typeof cellIdSchema>;
export const CellId = (text: string): CellId => cellIdSchema.parse(text);

/** A step's id is its name as a Python identifier, unique within the pipeline. */
export const stepIdSchema = z
  .string()
  .regex(/^[a-z_][a-z0-9_]*$/)
  .brand<'StepId'>();
export type StepId = z.infer<typeof stepIdSchema>;
export const StepId = (text: string): StepId => stepIdSchema.parse(text);

export const taskIdSchema = z.string().min(1).brand<'TaskId'>();
export type TaskId = z.infer<typeof taskIdSchema>;
export const TaskId = (text: string): TaskId => taskIdSchema.parse(text);

export const environmentIdSchema = z.string().min(1).brand<'EnvironmentId'>();
export type EnvironmentId = z.infer<typeof environmentIdSchema>;
export const EnvironmentId = (text: string): EnvironmentId => environmentIdSchema.parse(text);

export const runIdSchema = z.string().min(1).brand<'RunId'>();
export type RunId = z.infer<typeof runIdSchema>;
export const RunId = (text: string): RunId => runIdSchema.parse(text);

export const estimateIdSchema = z.string().min(1).brand<'EstimateId'>();
export type EstimateId = z.infer<typeof estimateIdSchema>;
export const EstimateId = (text: string): EstimateId => estimateIdSchema.parse(text);

export const planIdSchema = z.string().min(1).brand<'PlanId'>();
export type PlanId = z.infer<typeof planIdSchema>;
export const PlanId = (text: string): PlanId => planIdSchema.parse(text);

export const deploymentIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/)
  .brand<'DeploymentId'>();
export type DeploymentId = z.infer<typeof deploymentIdSchema>;
export const DeploymentId = (text: string): DeploymentId => deploymentIdSchema.parse(text);

export const imageDigestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .brand<'ImageDigest'>();
export type ImageDigest = z.infer<typeof imageDigestSchema>;
