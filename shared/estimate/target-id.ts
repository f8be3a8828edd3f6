/** Where a package can run, and in which of the three modes. */
import { z } from 'zod';

export const TARGET_IDS = [
  'this-computer',
  'docker',
  'docker-swarm',
  'kubernetes',
  'argo-workflows',
  'aws-fargate',
  'aws-lambda',
  'google-cloud-run',
  'azure-container-apps',
] as const;
export const targetIdSchema = z.enum(TARGET_IDS);
export type TargetId = z.infer<typeof targetIdSchema>;

export const TARGET_TITLES: Readonly<Record<TargetId, string>> = {
  'this-computer': 'This computer',
  docker: 'Docker engine',
  'docker-swarm': 'Docker Swarm',
  kubernetes: 'Kubernetes',
  'argo-workflows': 'Argo Workflows',
  'aws-fargate': 'AWS Fargate',
  'aws-lambda': 'AWS Lambda',
  'google-cloud-run': 'Google Cloud Run',
  'azure-container-apps': 'Azure Container Apps',
};

/** Machines of one's own: priced by the rate card. */
export const OWN_MACHINES: readonly TargetId[] = [
  'this-computer',
  'docker',
  'docker-swarm',
  'kubernetes',
  'argo-workflows',
];

/** A job runs once when told, a scheduled job by the clock, a service answers requests. */
export const RUN_MODES = ['job', 'scheduled', 'service'] as const;
export const runModeSchema = z.enum(RUN_MODES);
export type RunMode = z.infer<typeof runModeSchema>;
