/** A namespace of a cluster as a platform. */
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { type DeploySettings, type Json, LABEL, type LogLine } from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { Observed, Place, Platform, Wanted } from '../../resources/platform';
import type { DeploymentCommand, ImageMaker, Reached } from '../target';
import { addressOf, freeNodePort } from './addresses';
import { checkNamespace } from './check';
import type { KubeObject } from './cluster';
import { exportFiles } from './export';
import { imageKind, imageResource } from './image-kind';
import { followPodLogs, type LogSubject, readPodLogs } from './logs';
import {
  environmentResource,
  jobResources,
  KIND,
  PART_LABEL,
  recordResources,
  serviceResources,
} from './manifests';
import { objectKind, pathOf, removeWholly, type Space, selectorOf } from './object-kind';
import { jobNow, modeIn, NOTHING, observedOf, recordsIn, serviceNow } from './observe';
import { type KubeOptions, kubeOptions } from './options';
import { CONTAINER, PORT } from './pod';
import { isReady, type Pod } from './pods';
import { forwardTo } from './port-forward';
import { neededRights } from './rights';
import { waitForDeployment } from './rollout';
import { byAge, foundRuns, makeRun, podsOfRuns, stopRuns } from './runs';
import { secretKind, secretResources } from './secret-kind';
import { type PodTemplate, tryToStart } from './trial';

interface Needs {
  readonly images: ImageMaker;
  readonly readyMs: number;
}

export function kubernetesPlatform(
  space: Space,
  place: Place,
  { images, readyMs }: Needs,
): Platform {
  const restart = (id: string) => restartPods(space, id);
  const records = objectKind(space, { ...KIND.record, selector: `${PART_LABEL}=record` });
  const kinds: Platform['kinds'] = [
    imageKind(images, () => records.list(null)),
    records,
    objectKind(space, { ...KIND.environment, selector: `${PART_LABEL}=environment` }),
    secretKind(space, restart),
    objectKind(space, { ...KIND.claim, isOptional: true }),
    objectKind(space, KIND.service),
    objectKind(space, {
      ...KIND.deployment,
      ready: ({ name }, task) => waitForDeployment(space, name, task, readyMs),
    }),
    objectKind(space, { ...KIND.autoscaler, isOptional: true }),
    objectKind(space, { ...KIND.ingress, isOptional: true }),
    objectKind(space, {
      ...KIND.cronJob,
      ready: ({ name, spec }, task) => {
        const owner = pathOf(space, KIND.cronJob, name);
        return tryToStart(space, { name, owner, template: podTemplateOf(spec) }, task, readyMs);
      },
    }),
    {
      kind: KIND.run.kind,
      list: (id) => foundRuns(space, id),
      create: async () => undefined,
      update: async () => undefined,
      remove: (name, task) => removeWholly(space, KIND.run, name, task),
    },
  ];
  const at = (settings: DeploySettings): KubeOptions => kubeOptions(settings.options);
  return {
    place,
    kinds,
    exportFiles: async (wanted) => ({ files: exportFiles(wanted), leftOut: [] }),
    check: (settings, made) => {
      const options = at(settings);
      const rights = neededRights(settings, options);
      const kinds = settings.mode === 'service' ? [KIND.service, KIND.deployment] : [KIND.cronJob];
      return checkNamespace(space, settings, options, made, { rights, kinds });
    },
    imageOf: (made, settings) => {
      const { registry } = at(settings);
      const name = images.nameOf(made);
      return registry === '' ? name : `${registry}/${name}`;
    },
    settle: async (settings, now, { fit }) => ({
      ...settings,
      resources:
        settings.resources ??
        (fit.kind === 'fits' ? { vcpu: fit.vcpu, memoryGib: fit.memoryGib } : null),
      port:
        settings.mode === 'service' && at(settings).exposure === 'nodePort'
          ? (settings.port ?? now?.port ?? (await freeNodePort(space, settings.name)))
          : settings.port,
    }),
    deployed: ({ mode, replicas }) => (mode === 'service' ? { instances: replicas } : {}),
    desired: async (wanted) => desired(wanted, at(wanted.settings), space),
    observe: (id, found) => observe(space, id, recordsIn(found)),
    followLogs: (id, tail, signal) => followPodLogs(logSubject(space, id), tail, signal),
    readLogs: (id, tail): Promise<LogLine[]> => readPodLogs(logSubject(space, id), tail),
    command: (id, command, task) => carryOutCommand(space, id, command, task),
    reach: (id) => reach(space, id),
    warnings: (settings) => warningsOf(settings, at(settings)),
    close: async () => undefined,
  };
}

const podTemplateOf = (spec: Json): PodTemplate =>
  (spec as unknown as { spec: { jobTemplate: { spec: { template: PodTemplate } } } }).spec
    .jobTemplate.spec.template;

async function desired(wanted: Wanted, options: KubeOptions, space: Space) {
  const { target } = space;
  const { image } = wanted.revision;
  return [
    ...(options.registry !== '' && image ? [imageResource(image)] : []),
    ...recordResources(wanted, target),
    ...environmentResource(wanted, target),
    ...(await secretResources(wanted, space)),
    ...(wanted.mode === 'service'
      ? serviceResources(wanted, options, target)
      : jobResources(wanted, options, target)),
  ];
}

async function observe(
  space: Space,
  id: DeploymentId,
  revisions: ReturnType<typeof recordsIn>,
): Promise<Observed | null> {
  const mode = modeIn(revisions);
  const last = revisions.at(-1)?.number ?? 0;
  const now = mode === 'service' ? await serviceNow(space, id) : await jobNow(space, id, mode);
  const fallback = { revision: last, isFinished: false, isWanted: true, state: NOTHING };
  const observed = observedOf(id, revisions, now ?? fallback, 'kubernetes');
  if (!observed) return null;
  const settings = revisions.find(({ number }) => number === observed.state?.revision)?.settings;
  const url = mode === 'service' && settings ? await addressOf(space, id, settings) : null;
  return { ...observed, url };
}

function logSubject(space: Space, id: string): LogSubject {
  const path = `/api/v1/namespaces/${space.namespace}/pods`;
  return {
    cluster: space.cluster,
    container: CONTAINER,
    pods: async () => {
      const runs = await podsOfRuns(space, id);
      return runs.length > 0
        ? runs
        : byAge(await space.cluster.list<Pod>(path, selectorOf(space, id)));
    },
  };
}

async function carryOutCommand(
  space: Space,
  id: DeploymentId,
  command: DeploymentCommand,
  task: TaskContext,
): Promise<void> {
  const deployment = await space.cluster.find(pathOf(space, KIND.deployment, id));
  if (deployment) return commandService(space, id, command, deployment);
  const cronJob = pathOf(space, KIND.cronJob, id);
  switch (command) {
    case 'run':
      task.log(`Run ${await makeRun(space, id)}`);
      return;
    case 'start':
      await space.cluster.merge(cronJob, { spec: { suspend: false } });
      return;
    case 'stop':
      await space.cluster.merge(cronJob, { spec: { suspend: true } });
      return stopRuns(space, id, task);
    case 'restart':
      await stopRuns(space, id, task);
      task.log(`Run ${await makeRun(space, id)}`);
  }
}

async function commandService(
  space: Space,
  id: DeploymentId,
  command: DeploymentCommand,
  deployment: KubeObject,
): Promise<void> {
  const path = pathOf(space, KIND.deployment, id);
  if (command === 'restart') return restartPods(space, id);
  if (command === 'run') fail('precondition', `“${id}” is a service: it runs all the time.`);
  const replicas = command === 'stop' ? 0 : await wantedReplicas(space, id, deployment);
  await space.cluster.merge(path, { spec: { replicas } });
}

async function wantedReplicas(space: Space, id: DeploymentId, { metadata }: KubeObject) {
  const records = objectKind(space, { ...KIND.record, selector: `${PART_LABEL}=record` });
  const all = recordsIn(await records.list(id));
  const current = Number(metadata.labels?.[LABEL.revision]);
  return all.find(({ number }) => number === current)?.settings?.replicas ?? 1;
}

/** Gone meanwhile, or a job: there is nothing to start again. */
async function restartPods(space: Space, id: string): Promise<void> {
  const path = pathOf(space, KIND.deployment, id);
  if (!(await space.cluster.find(path))) return;
  const annotations = { 'dev.slipway.restarted-at': new Date().toISOString() };
  await space.cluster.merge(path, { spec: { template: { metadata: { annotations } } } });
}

async function reach(space: Space, id: string): Promise<Reached> {
  const path = `/api/v1/namespaces/${space.namespace}/pods`;
  const readyPod = async (): Promise<string> => {
    const pods = await space.cluster.list<Pod>(path, selectorOf(space, id));
    const pod = byAge(pods).findLast(isReady);
    return pod?.metadata.name ?? fail('precondition', `No pod of “${id}” is ready to answer.`);
  };
  await readyPod();
  return forwardTo(space, readyPod, PORT, null);
}

function warningsOf({ mode, replicas }: DeploySettings, options: KubeOptions): string[] {
  return [
    ...(options.registry === ''
      ? ['No registry is named: the image must lie on every node already, or no pod starts.']
      : []),
    ...(mode === 'service' && replicas === 1 && options.maxReplicas === 0
      ? ['One replica: while its node is down the service does not answer.']
      : []),
    ...(mode !== 'service' && options.storage === ''
      ? ['What a run writes is gone with its pod: name a space for runs to keep it.']
      : []),
  ];
}
