/** A namespace of a cluster in which Argo runs pipelines. */
import type { DeploymentId } from '../../../../shared/base/ids';
import { fail } from '../../../../shared/base/studio-error';
import { type DeploySettings, LABEL, type RevisionRecord } from '../../../../shared/deploy';
import { parseSchedule } from '../../../estimate';
import type { TaskContext } from '../../../task';
import type { Observed, Place, Platform, Wanted } from '../../resources/platform';
import { checkNamespace } from '../kubernetes/check';
import { imageKind, imageResource } from '../kubernetes/image-kind';
import { followPodLogs, type LogSubject, readPodLogs } from '../kubernetes/logs';
import { environmentResource, KIND, PART_LABEL, recordResources } from '../kubernetes/manifests';
import { objectKind, pathOf, removeWholly, type Space } from '../kubernetes/object-kind';
import { jobState, modeIn, NOTHING, observedOf, recordsIn } from '../kubernetes/observe';
import { kubeOptions } from '../kubernetes/options';
import { CONTAINER } from '../kubernetes/pod';
import { foundRuns, podsOfRuns } from '../kubernetes/runs';
import { secretKind, secretResources } from '../kubernetes/secret-kind';
import { triedRevision, tryToStart } from '../kubernetes/trial';
import type { DeploymentCommand, ImageMaker } from '../target';
import { ARGO_RIGHTS, accountItem, notInstalled } from './check';
import { exportArgoFiles } from './export';
import {
  type CronWorkflow,
  foundWorkflows,
  isStepsOwn,
  makeWorkflow,
  retryWorkflow,
  stopWorkflows,
  workflowHistory,
} from './runs';
import { readSteps, STEPS_KEY, stepLimits } from './steps';
import { type ArgoOptions, CRON, cronResource, trialPod, WORKFLOW } from './workflow';

export const TARGET = 'argo-workflows';

export const argoOptions = ({ options }: Pick<DeploySettings, 'options'>): ArgoOptions => ({
  kube: kubeOptions(options),
  serviceAccount: String(options.serviceAccount ?? '').trim() || 'default',
  stepResources: String(options.stepResources ?? ''),
});

export function argoPlatform(
  space: Space,
  place: Place,
  { images, readyMs }: { images: ImageMaker; readyMs: number },
): Platform {
  const records = objectKind(space, { ...KIND.record, selector: `${PART_LABEL}=record` });
  const kinds: Platform['kinds'] = [
    imageKind(images, () => records.list(null)),
    records,
    objectKind(space, { ...KIND.environment, selector: `${PART_LABEL}=environment` }),
    secretKind(space, async () => undefined),
    objectKind(space, {
      ...CRON,
      isOptional: true,
      ready: (resource, task) => {
        const owner = pathOf(space, CRON, resource.name);
        const what = { name: resource.name, owner, template: trialPod(resource) };
        return tryToStart(space, what, task, readyMs);
      },
    }),
    historyKind(
      WORKFLOW.kind,
      (id) => foundWorkflows(space, id),
      (name, task) => removeWholly(space, WORKFLOW, name, task),
    ),
    historyKind(
      'trial',
      async (id) => (await foundRuns(space, id)).map((each) => ({ ...each, kind: 'trial' })),
      (name, task) => removeWholly(space, KIND.run, name, task),
    ),
  ];
  return {
    place,
    kinds,
    exportFiles: async (wanted) => ({ files: exportArgoFiles(wanted), leftOut: [] }),
    check: async (settings, made) => {
      const missing = await notInstalled(space);
      if (missing) return [missing];
      const options = argoOptions(settings);
      stepLimits(options.stepResources, await readSteps(made));
      const needs = { rights: ARGO_RIGHTS, kinds: [CRON] };
      return [
        ...(await checkNamespace(space, settings, options.kube, made, needs)),
        await accountItem(space, options.serviceAccount),
      ];
    },
    imageOf: (made, settings) => {
      const { registry } = kubeOptions(settings.options);
      const name = images.nameOf(made);
      return registry === '' ? name : `${registry}/${name}`;
    },
    settle: async (settings, _now, { fit }, made) => ({
      ...settings,
      resources:
        settings.resources ??
        (fit.kind === 'fits' ? { vcpu: fit.vcpu, memoryGib: fit.memoryGib } : null),
      options: { ...settings.options, [STEPS_KEY]: (await readSteps(made)).join(',') },
    }),
    deployed: () => ({}),
    desired: (wanted) => desired(wanted, space),
    observe: (id, found) => observe(space, id, recordsIn(found)),
    followLogs: (id, tail, signal) => followPodLogs(logSubject(space, id), tail, signal),
    readLogs: (id, tail) => readPodLogs(logSubject(space, id), tail),
    command: (id, command, task) => carryOutCommand(space, id, command, task),
    reach: (id) => fail('precondition', `“${id}” is a pipeline: it answers nothing.`),
    warnings: (settings) => [
      'Steps hand their results on through Argo’s own artifact repository: the cluster must have one.',
      ...(kubeOptions(settings.options).registry === ''
        ? ['No registry is named: the image must lie on every node already, or no step starts.']
        : []),
    ],
    close: async () => undefined,
  };
}

/** What ran: no part of the deployment, and taken away with it. */
const historyKind = (
  kind: string,
  list: Platform['kinds'][number]['list'],
  remove: Platform['kinds'][number]['remove'],
): Platform['kinds'][number] => ({
  kind,
  list,
  create: async () => undefined,
  update: async () => undefined,
  remove,
});

async function desired(wanted: Wanted, space: Space) {
  const options = argoOptions(wanted.settings);
  const { image } = wanted.revision;
  return [
    ...(options.kube.registry !== '' && image ? [imageResource(image)] : []),
    ...recordResources(wanted, TARGET),
    ...environmentResource(wanted, TARGET),
    ...(await secretResources(wanted, space)),
    cronResource(wanted, options, TARGET),
  ];
}

async function observe(
  space: Space,
  id: DeploymentId,
  revisions: RevisionRecord[],
): Promise<Observed | null> {
  const mode = modeIn(revisions);
  const cron = await space.cluster.find<CronWorkflow>(pathOf(space, CRON, id));
  const last = revisions.at(-1)?.number ?? 0;
  const nothing = { revision: last, isFinished: false, isWanted: true, state: NOTHING };
  const observed = observedOf(
    id,
    revisions,
    cron ? await nowOf(space, id, cron, mode === 'scheduled') : nothing,
    TARGET,
  );
  return observed && { ...observed, url: null };
}

async function nowOf(space: Space, id: string, cron: CronWorkflow, isScheduled: boolean) {
  const revision = Number(cron.metadata.labels?.[LABEL.revision] ?? 0);
  const isFinished = triedRevision(cron) === revision;
  const { schedules, timezone, suspend = false } = cron.spec;
  const isStopped = isScheduled && suspend;
  const idle = isScheduled ? 'scheduled' : 'idle';
  const next = () =>
    parseSchedule(schedules?.[0] ?? '', timezone)
      .nextRun()
      ?.getTime() ?? null;
  return {
    revision,
    isFinished,
    isWanted: !isStopped,
    state: jobState(await workflowHistory(space, id), {
      rest: !isFinished
        ? ('unfinished' as const)
        : isStopped
          ? ('stopped' as const)
          : (idle as 'idle'),
      since: Date.parse(cron.metadata.creationTimestamp ?? ''),
      nextRunAt: isScheduled && !suspend ? next() : null,
    }),
  };
}

const logSubject = (space: Space, id: string): LogSubject => ({
  cluster: space.cluster,
  container: CONTAINER,
  pods: () => podsOfRuns(space, id),
  isOwn: isStepsOwn,
});

async function carryOutCommand(
  space: Space,
  id: DeploymentId,
  command: DeploymentCommand,
  task: TaskContext,
): Promise<void> {
  const cron = pathOf(space, CRON, id);
  switch (command) {
    case 'run':
      task.log(`Run ${await makeWorkflow(space, id)}`);
      return;
    case 'start':
      await space.cluster.merge(cron, { spec: { suspend: false } });
      return;
    case 'stop':
      await space.cluster.merge(cron, { spec: { suspend: true } });
      return stopWorkflows(space, id, task);
    case 'restart': {
      await stopWorkflows(space, id, task);
      const again = await retryWorkflow(space, id);
      const words = again ? `Run ${again} goes on where the last one failed` : null;
      task.log(words ?? `Run ${await makeWorkflow(space, id)}`);
    }
  }
}
