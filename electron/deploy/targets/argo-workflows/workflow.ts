/**
 * A pipeline as a workflow: one pod a step, in the steps' order. Each pod is given the results of the steps before and
 * what the runner remembers of them, and hands its own on, all as artifacts of Argo's own repository. Pure.
 */
import { type Json, LABEL, type Resource } from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import { labelsOf, manifest } from '../kubernetes/manifests';
import { type ApiKind, resourceOf } from '../kubernetes/object-kind';
import type { KubeOptions } from '../kubernetes/options';
import {
  CONTAINER,
  containerRights,
  environmentOf,
  POD_RIGHTS,
  parameterFlags,
  pullSecrets,
  RUN_FOLDER,
  resourcesOf,
} from '../kubernetes/pod';
import type { PodTemplate } from '../kubernetes/trial';
import { type StepLimit, stepLimits, stepsIn, taskName } from './steps';

const ARGO = 'argoproj.io/v1alpha1';
export const CRON: ApiKind = {
  kind: 'cron workflow',
  apiVersion: ARGO,
  apiKind: 'CronWorkflow',
  plural: 'cronworkflows',
};
export const WORKFLOW: ApiKind = {
  kind: 'run',
  apiVersion: ARGO,
  apiKind: 'Workflow',
  plural: 'workflows',
};

/** A schedule that never comes: a job waits to be told. */
const NEVER = '0 0 31 2 *';
const KEPT_SECONDS = 14 * 24 * 3600;
/** What the runner keeps beside the results: the files steps wrote, and what it knows of them. */
const KEPT = ['.state', 'workspace'] as const;

export interface ArgoOptions {
  readonly kube: KubeOptions;
  readonly serviceAccount: string;
  readonly stepResources: string;
}

type Fields = { readonly [key: string]: Json };

export function cronResource(wanted: Wanted, options: ArgoOptions, target: string): Resource {
  const { id, mode, revision, settings } = wanted;
  const labels = labelsOf(wanted, revision, target);
  const runLabels = { ...labels, [LABEL.run]: 'schedule' };
  const spec: Fields = {
    schedules: [settings.schedule?.cron ?? NEVER],
    timezone: settings.schedule?.timeZone ?? 'Etc/UTC',
    suspend: mode === 'job',
    concurrencyPolicy: 'Forbid',
    successfulJobsHistoryLimit: 10,
    failedJobsHistoryLimit: 10,
    workflowMetadata: { labels: runLabels },
    workflowSpec: workflowSpec(wanted, options, runLabels),
  };
  const steps = stepsIn(settings);
  const when = settings.schedule
    ? `${settings.schedule.cron} (${settings.schedule.timeZone})`
    : 'suspended: a run is made when it is told';
  return resourceOf(CRON, manifest(CRON, id, labels, { spec }), {
    what: `CronWorkflow ${id}`,
    detail: `${when}; a pod for each of ${steps.join(', ')}`,
    price: { kind: 'total' },
  });
}

function workflowSpec(wanted: Wanted, options: ArgoOptions, labels: Record<string, string>): Json {
  const { kube, serviceAccount } = options;
  const steps = stepsIn(wanted.settings);
  const limits = stepLimits(options.stepResources, steps);
  return {
    entrypoint: 'pipeline',
    serviceAccountName: serviceAccount,
    podMetadata: { labels },
    securityContext: POD_RIGHTS,
    ...pullSecrets(kube),
    ttlStrategy: { secondsAfterCompletion: KEPT_SECONDS },
    templates: [
      { name: 'pipeline', dag: { tasks: steps.map((_, index) => task(steps, index)) } },
      ...steps.map((step, index) => {
        const limit = limits.get(step) ?? null;
        return template(wanted, kube, steps, index, limit);
      }),
    ],
  };
}

const resultOf = (index: number): string => `result-${index + 1}`;
const keptName = (folder: string): string => folder.replace('.', '');

function task(steps: readonly string[], index: number): Json {
  const name = taskName(steps[index] ?? '', index);
  if (index === 0) return { name, template: name };
  const before = taskName(steps[index - 1] ?? '', index - 1);
  const from = (task: string, artifact: string): string =>
    `{{tasks.${task}.outputs.artifacts.${artifact}}}`;
  const results = steps
    .slice(0, index)
    .map((step, at) => ({ name: resultOf(at), from: from(taskName(step, at), resultOf(at)) }));
  const kept = KEPT.map(keptName).map((each) => ({ name: each, from: from(before, each) }));
  return { name, template: name, depends: before, arguments: { artifacts: [...results, ...kept] } };
}

function template(
  wanted: Wanted,
  kube: KubeOptions,
  steps: readonly string[],
  index: number,
  limit: StepLimit | null,
): Json {
  const { revision, settings } = wanted;
  const step = steps[index] ?? '';
  const minutes = limit?.minutes ?? kube.timeLimit;
  const at = (folder: string): string => `${RUN_FOLDER}/${folder}`;
  const kept = KEPT.map((each) => ({ name: keptName(each), path: at(each) }));
  const earlier = steps
    .slice(0, index)
    .map((each, number) => ({ name: resultOf(number), path: at(each) }));
  return {
    name: taskName(step, index),
    metadata: { annotations: { 'dev.slipway.step': step } },
    ...(index === 0 ? {} : { inputs: { artifacts: [...earlier, ...kept] } }),
    outputs: { artifacts: [{ name: resultOf(index), path: at(step) }, ...kept] },
    ...(minutes > 0 ? { activeDeadlineSeconds: minutes * 60 } : {}),
    ...(kube.retries > 0
      ? { retryStrategy: { limit: String(kube.retries), retryPolicy: 'Always' } }
      : {}),
    container: {
      image: revision.image ?? '',
      imagePullPolicy: 'IfNotPresent',
      command: [
        ...['python3', '-m', revision.packageName, 'run', '--only', step],
        ...['--run-folder', RUN_FOLDER, ...parameterFlags(settings.parameters)],
      ],
      ...environmentOf(wanted),
      resources: resourcesOf({ resources: limit?.resources ?? settings.resources }),
      securityContext: containerRights(kube),
      volumeMounts: [
        { name: 'tmp', mountPath: '/tmp' },
        { name: 'run', mountPath: RUN_FOLDER },
      ],
    },
    volumes: [
      { name: 'tmp', emptyDir: {} },
      { name: 'run', emptyDir: {} },
    ],
  };
}

interface WorkflowSpec {
  readonly securityContext: Json;
  readonly imagePullSecrets: Json;
  readonly templates: readonly { readonly container?: Fields; readonly volumes?: Json }[];
}

/** The pod of the first step, for a try whether it starts. */
export function trialPod({ spec }: Resource): PodTemplate {
  const cron = spec as unknown as {
    labels: Record<string, string>;
    spec: { workflowSpec: WorkflowSpec };
  };
  const { securityContext, imagePullSecrets, templates } = cron.spec.workflowSpec;
  const first = templates.find(({ container }) => container !== undefined);
  return {
    metadata: { labels: cron.labels },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext,
      imagePullSecrets,
      containers: [{ ...first?.container, name: CONTAINER }],
      volumes: first?.volumes ?? [],
    },
  };
}
