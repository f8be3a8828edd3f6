/** What stands in a namespace for one revision of a deployment. Pure but for the values of secrets, which are not in it. */
import {
  canonical,
  type Json,
  LABEL,
  type Resource,
  type RevisionRecord,
} from '../../../../shared/deploy';
import type { Wanted } from '../../resources/platform';
import { type ApiKind, type Manifest, RECORD_KEY, resourceOf, TARGET_LABEL } from './object-kind';
import type { KubeOptions } from './options';
import { namesOf, PORT, podSpec, runCommand, serveCommand } from './pod';

const core = (kind: string, apiKind: string, plural: string): ApiKind => ({
  kind,
  apiVersion: 'v1',
  apiKind,
  plural,
});
export const KIND = {
  record: core('revision', 'ConfigMap', 'configmaps'),
  environment: core('environment', 'ConfigMap', 'configmaps'),
  secret: core('secret', 'Secret', 'secrets'),
  claim: core('volume claim', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  service: core('service', 'Service', 'services'),
  deployment: { ...core('deployment', 'Deployment', 'deployments'), apiVersion: 'apps/v1' },
  autoscaler: {
    ...core('autoscaler', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
    apiVersion: 'autoscaling/v2',
  },
  ingress: { ...core('ingress', 'Ingress', 'ingresses'), apiVersion: 'networking.k8s.io/v1' },
  cronJob: { ...core('cron job', 'CronJob', 'cronjobs'), apiVersion: 'batch/v1' },
  run: { ...core('run', 'Job', 'jobs'), apiVersion: 'batch/v1' },
} as const satisfies Record<string, ApiKind>;

/** Two kinds of ConfigMaps are told apart by this one. */
export const PART_LABEL = 'dev.slipway.part';
const KEPT = 5;
/** A schedule that never comes: a job waits to be told. */
const NEVER = '0 0 31 2 *';
const FREE = { kind: 'free' } as const;
const TOTAL = { kind: 'total' } as const;

type Fields = { readonly [key: string]: Json };
type Subject = Pick<Wanted, 'id' | 'mode'>;

export const labelsOf = (
  { id, mode }: Subject,
  revision: RevisionRecord,
  target: string,
): Record<string, string> => ({
  'app.kubernetes.io/name': revision.packageName,
  'app.kubernetes.io/instance': id,
  'app.kubernetes.io/managed-by': 'slipway',
  [TARGET_LABEL]: target,
  [LABEL.deployment]: id,
  [LABEL.revision]: String(revision.number),
  [LABEL.mode]: mode,
  [LABEL.package]: revision.packageName,
});

export function manifest(
  { apiVersion, apiKind }: ApiKind,
  name: string,
  labels: Record<string, string>,
  rest: { readonly [field: string]: Json },
): Manifest {
  return { apiVersion, kind: apiKind, metadata: { name, labels }, ...rest };
}

/** The newest of the others: with the revision itself they are five. */
export const keptOthers = ({ others }: Pick<Wanted, 'others'>): RevisionRecord[] =>
  others.toSorted((a, b) => a.number - b.number).slice(1 - KEPT);

/** One a revision: what a roll back needs. */
export function recordResources(wanted: Wanted, target: string): Resource[] {
  const { id, revision } = wanted;
  return [...keptOthers(wanted), revision].map((each) => {
    const labels = { ...labelsOf(wanted, each, target), [PART_LABEL]: 'record' };
    const data = { [RECORD_KEY]: canonical(JSON.parse(JSON.stringify(each))) };
    return resourceOf(
      KIND.record,
      manifest(KIND.record, namesOf(id, each.number).record, labels, { data }),
      { what: `Record of revision ${each.number}`, detail: each.image ?? '', price: FREE },
    );
  });
}

export function environmentResource(wanted: Wanted, target: string): Resource[] {
  const { id, revision, settings } = wanted;
  const names = Object.keys(settings.environment);
  if (names.length === 0) return [];
  const labels = { ...labelsOf(wanted, revision, target), [PART_LABEL]: 'environment' };
  const name = namesOf(id, revision.number).environment;
  return [
    resourceOf(
      KIND.environment,
      manifest(KIND.environment, name, labels, { data: settings.environment }),
      { what: `Environment (ConfigMap ${name})`, detail: names.join(', '), price: FREE },
    ),
  ];
}

const PROBE = { timeoutSeconds: 3 };
const get = (path: string): Json => ({ path, port: 'http' });

const SERVING: { readonly [key: string]: Json } = {
  ports: [{ name: 'http', containerPort: PORT, protocol: 'TCP' }],
  // A large model may take its time to load: until then nothing else is asked.
  startupProbe: { httpGet: get('/healthz'), periodSeconds: 1, failureThreshold: 600, ...PROBE },
  readinessProbe: { httpGet: get('/readyz'), periodSeconds: 2, failureThreshold: 3, ...PROBE },
  livenessProbe: { httpGet: get('/healthz'), periodSeconds: 10, failureThreshold: 3, ...PROBE },
};

export function serviceResources(wanted: Wanted, options: KubeOptions, target: string): Resource[] {
  const { id, revision, settings } = wanted;
  const labels = labelsOf(wanted, revision, target);
  const selector = { [TARGET_LABEL]: target, [LABEL.deployment]: id };
  const scales = options.maxReplicas > settings.replicas;
  const replicas = settings.replicas;
  const nodePort: Fields =
    options.exposure === 'nodePort' && settings.port !== null ? { nodePort: settings.port } : {};
  const service = manifest(KIND.service, id, withoutRevision(labels), {
    spec: {
      type: options.exposure === 'nodePort' ? 'NodePort' : 'ClusterIP',
      selector,
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', ...nodePort }],
    },
  });
  const pods = podSpec(wanted, options, {
    command: serveCommand(revision.packageName),
    more: SERVING,
    runVolume: { emptyDir: {} },
  });
  const deployment = manifest(KIND.deployment, id, labels, {
    spec: {
      ...(scales ? {} : { replicas }),
      revisionHistoryLimit: KEPT,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: selector },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { metadata: { labels }, spec: pods },
    },
  });
  return [
    resourceOf(KIND.service, service, {
      what: `Service ${id}`,
      detail: addressWords(wanted, options),
      price: FREE,
    }),
    resourceOf(KIND.deployment, deployment, {
      what: `Deployment ${id}`,
      detail: `${replicas} × ${revision.image ?? ''}, no root, one after the other when it changes`,
      price: TOTAL,
    }),
    ...(scales ? [autoscaler(wanted, options, labels)] : []),
    ...(options.exposure === 'ingress' ? [ingress(wanted, options, labels)] : []),
  ];
}

/** The same for all revisions: what stays when another one comes. */
const withoutRevision = (labels: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => key !== LABEL.revision));

function addressWords({ settings }: Wanted, { exposure, host }: KubeOptions): string {
  if (exposure === 'ingress') return `Behind an Ingress for ${host}`;
  if (exposure === 'nodePort') return `Port ${settings.port} of every node`;
  return 'Inside the cluster; from here by port-forward';
}

function autoscaler(
  { id, settings }: Wanted,
  { maxReplicas }: KubeOptions,
  labels: Record<string, string>,
): Resource {
  const target = { type: 'Utilization', averageUtilization: 70 };
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: id },
    minReplicas: settings.replicas,
    maxReplicas,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
  };
  const made = manifest(KIND.autoscaler, id, withoutRevision(labels), { spec });
  return resourceOf(KIND.autoscaler, made, {
    what: `Autoscaler ${id}`,
    detail: `${settings.replicas} to ${maxReplicas} at 70 % of the processor`,
    price: { kind: 'unknown', why: 'Each replica more costs what one costs.' },
  });
}

function ingress(
  { id }: Wanted,
  { host, ingressClass }: KubeOptions,
  labels: Record<string, string>,
): Resource {
  const backend = { service: { name: id, port: { name: 'http' } } };
  const spec = {
    ...(ingressClass === '' ? {} : { ingressClassName: ingressClass }),
    rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
  };
  const made = manifest(KIND.ingress, id, withoutRevision(labels), { spec });
  const price = { kind: 'unknown', why: 'It uses the cluster’s own ingress controller.' } as const;
  return resourceOf(KIND.ingress, made, { what: `Ingress ${id}`, detail: `http://${host}`, price });
}

export function jobResources(wanted: Wanted, options: KubeOptions, target: string): Resource[] {
  const { id, mode, revision, settings } = wanted;
  const labels = labelsOf(wanted, revision, target);
  const runLabels = { ...labels, [LABEL.run]: 'schedule' };
  const names = namesOf(id, revision.number);
  const keeps = options.storage !== '';
  const runVolume: Fields = keeps
    ? { persistentVolumeClaim: { claimName: names.claim } }
    : { emptyDir: {} };
  const command = runCommand(revision.packageName, settings.parameters);
  const pods = podSpec(wanted, options, { command, more: {}, runVolume });
  const spec = {
    schedule: settings.schedule?.cron ?? NEVER,
    timeZone: settings.schedule?.timeZone ?? 'Etc/UTC',
    suspend: mode === 'job',
    concurrencyPolicy: 'Forbid',
    successfulJobsHistoryLimit: 10,
    failedJobsHistoryLimit: 10,
    jobTemplate: {
      metadata: { labels: runLabels },
      spec: {
        backoffLimit: options.retries,
        ...(options.timeLimit > 0 ? { activeDeadlineSeconds: options.timeLimit * 60 } : {}),
        template: {
          metadata: { labels: runLabels },
          spec: { restartPolicy: 'Never', ...(pods as object) },
        },
      },
    },
  };
  const when = settings.schedule
    ? `${settings.schedule.cron} (${settings.schedule.timeZone})`
    : 'suspended: a run is made when it is told';
  return [
    ...(keeps ? [claim(wanted, options, target)] : []),
    resourceOf(KIND.cronJob, manifest(KIND.cronJob, id, labels, { spec }), {
      what: `CronJob ${id}`,
      detail: `${when}, ${revision.image ?? ''}`,
      price: TOTAL,
    }),
  ];
}

function claim(wanted: Wanted, { storage, storageClass }: KubeOptions, target: string): Resource {
  const name = namesOf(wanted.id, wanted.revision.number).claim;
  const labels = withoutRevision(labelsOf(wanted, wanted.revision, target));
  const spec = {
    accessModes: ['ReadWriteOnce'],
    ...(storageClass === '' ? {} : { storageClassName: storageClass }),
    resources: { requests: { storage } },
  };
  return resourceOf(KIND.claim, manifest(KIND.claim, name, labels, { spec }), {
    what: `Volume claim ${name}`,
    detail: `${storage} for what runs write`,
    price: { kind: 'unknown', why: 'The cluster’s storage has no price in the book.' },
  });
}
