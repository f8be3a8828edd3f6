/** Runs of a pipeline: workflows made by its CronWorkflow or from it. */
import { type Found, type JobRun, type Json, LABEL } from '../../../../shared/deploy';
import type { TaskContext } from '../../../task';
import type { KubeObject } from '../kubernetes/cluster';
import { pathOf, type Space, selectorOf } from '../kubernetes/object-kind';
import { CRON, WORKFLOW } from './workflow';

interface Artifact {
  readonly name: string;
  readonly [field: string]: Json;
}

interface Node {
  readonly type: string;
  readonly phase?: string;
  readonly displayName: string;
  readonly message?: string;
  readonly outputs?: { readonly exitCode?: string; readonly artifacts?: readonly Artifact[] };
}

interface Task {
  readonly name: string;
  readonly depends?: string;
  readonly arguments?: { readonly artifacts?: readonly Artifact[] };
  readonly [field: string]: unknown;
}

interface Template {
  readonly name: string;
  readonly dag?: { readonly tasks: readonly Task[] };
}

interface Spec {
  readonly templates: readonly Template[];
  readonly shutdown?: string;
}

export interface Workflow extends KubeObject {
  readonly spec: Spec;
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
    readonly nodes?: Readonly<Record<string, Node>>;
  };
}

export interface CronWorkflow extends KubeObject {
  readonly spec: {
    readonly schedules?: readonly string[];
    readonly timezone?: string;
    readonly suspend?: boolean;
    readonly workflowMetadata: { readonly labels: Readonly<Record<string, string>> };
    readonly workflowSpec: Spec;
  };
}

const isOver = ({ status }: Workflow): boolean =>
  /^(Succeeded|Failed|Error)$/.test(status?.phase ?? '');

async function workflowsOf(space: Space, id: string | null): Promise<Workflow[]> {
  return space.cluster.list<Workflow>(pathOf(space, WORKFLOW), selectorOf(space, id));
}

export async function foundWorkflows(space: Space, id: string | null): Promise<Found[]> {
  return (await workflowsOf(space, id)).map(({ metadata }) => ({
    kind: WORKFLOW.kind,
    name: metadata.name,
    spec: { revision: metadata.labels?.[LABEL.revision] ?? '' },
    labels: { [LABEL.run]: metadata.name, ...metadata.labels },
  }));
}

/** Newest first. */
export async function workflowHistory(space: Space, id: string): Promise<JobRun[]> {
  return (await workflowsOf(space, id))
    .map(runOf)
    .sort((a, b) => b.startedAt - a.startedAt || b.id.localeCompare(a.id));
}

function runOf(workflow: Workflow): JobRun {
  const { metadata, spec, status } = workflow;
  const state = stateOf(workflow);
  const failed = failedNode(workflow);
  const code = failed?.outputs?.exitCode;
  return {
    id: metadata.name,
    revision: Number(metadata.labels?.[LABEL.revision] ?? 0),
    trigger: metadata.labels?.[LABEL.run] === 'person' ? 'person' : 'schedule',
    startedAt: Date.parse(status?.startedAt ?? metadata.creationTimestamp ?? ''),
    endedAt: state === 'running' ? null : Date.parse(status?.finishedAt ?? '') || null,
    state,
    exitCode: state === 'succeeded' ? 0 : code === undefined ? null : Number(code),
    message:
      state === 'failed' ? failureWords(workflow, failed) : spec.shutdown ? 'Stopped by hand' : '',
  };
}

function stateOf(workflow: Workflow): JobRun['state'] {
  if (!isOver(workflow)) return 'running';
  if (workflow.status?.phase === 'Succeeded') return 'succeeded';
  return workflow.spec.shutdown ? 'cancelled' : 'failed';
}

const failedNode = ({ status }: Workflow): Node | undefined =>
  Object.values(status?.nodes ?? {}).find(
    ({ type, phase }) => type === 'Pod' && (phase === 'Failed' || phase === 'Error'),
  );

function failureWords({ status }: Workflow, failed: Node | undefined): string {
  if (!failed) return status?.message ?? 'It failed';
  const code = failed.outputs?.exitCode;
  const how = code === undefined ? (failed.message ?? '') : `code ${code}`;
  return `Step ${failed.displayName} failed (${how}), see its log`;
}

/** As the CronWorkflow itself would make it. */
export async function makeWorkflow(space: Space, id: string): Promise<string> {
  const cron = await space.cluster.call<CronWorkflow>(pathOf(space, CRON, id));
  return submit(space, cron, cron.spec.workflowSpec);
}

/** The last run goes on where it failed, with what was done; null where it did not fail, or is of another revision. */
export async function retryWorkflow(space: Space, id: string): Promise<string | null> {
  const cron = await space.cluster.call<CronWorkflow>(pathOf(space, CRON, id));
  const last = (await workflowsOf(space, id))
    .filter(isOver)
    .sort((a, b) => (a.status?.startedAt ?? '').localeCompare(b.status?.startedAt ?? ''))
    .at(-1);
  const isSame = last?.metadata.labels?.[LABEL.revision] === cron.metadata.labels?.[LABEL.revision];
  if (!last || !isSame || last.status?.phase === 'Succeeded') return null;
  const whole = cron.spec.workflowSpec;
  return submit(space, cron, withoutDone(whole, doneIn(last, whole)));
}

/** By task: what it gave. What a retry took over from the run before it counts too. */
function doneIn({ spec, status }: Workflow, whole: Spec): Map<string, readonly Artifact[]> {
  const done = new Map<string, readonly Artifact[]>();
  for (const { displayName, phase, outputs } of Object.values(status?.nodes ?? {})) {
    const task = displayName.replace(/\(\d+\)$/, '');
    if (phase === 'Succeeded' && outputs?.artifacts) done.set(task, outputs.artifacts);
  }
  for (const task of tasksOf(spec)) {
    const asked = tasksOf(whole).find(({ name }) => name === task.name)?.arguments?.artifacts;
    for (const artifact of task.arguments?.artifacts ?? []) {
      const source = sourceOf(asked?.find(({ name }) => name === artifact.name));
      if (artifact.s3 === undefined || !source) continue;
      const taken = { ...artifact, name: source.artifact };
      done.set(source.task, [...(done.get(source.task) ?? []), taken]);
    }
  }
  return done;
}

const tasksOf = ({ templates }: Spec): Task[] => templates.flatMap(({ dag }) => dag?.tasks ?? []);

function sourceOf(artifact: Artifact | undefined): { task: string; artifact: string } | null {
  const pattern = /^\{\{tasks\.([^.]+)\.outputs\.artifacts\.([^.}]+)\}\}$/;
  const [, task, name] = pattern.exec(String(artifact?.from)) ?? [];
  return task === undefined || name === undefined ? null : { task, artifact: name };
}

/** Steps that are done fall away; what they gave is named by where it lies. */
function withoutDone(spec: Spec, done: ReadonlyMap<string, readonly Artifact[]>): Spec {
  const taken = (artifact: Artifact): Artifact => {
    const source = sourceOf(artifact);
    const there = source && done.get(source.task)?.find(({ name }) => name === source.artifact);
    return there?.s3 === undefined ? artifact : { name: artifact.name, s3: there.s3 };
  };
  const remaining = (task: Task): Task => {
    const { depends, ...rest } = task;
    const artifacts = task.arguments?.artifacts?.map(taken);
    return {
      ...rest,
      ...(depends === undefined || done.has(depends) ? {} : { depends }),
      ...(artifacts ? { arguments: { artifacts } } : {}),
    };
  };
  const templates = spec.templates.map((each) => {
    const tasks = each.dag?.tasks.filter(({ name }) => !done.has(name)).map(remaining);
    return tasks ? { ...each, dag: { tasks } } : each;
  });
  return { ...spec, templates };
}

async function submit(space: Space, cron: CronWorkflow, spec: Spec): Promise<string> {
  const id = cron.metadata.name;
  const name = `${id}-${Date.now().toString(36)}`;
  const labels = { ...cron.spec.workflowMetadata.labels, [LABEL.run]: 'person' };
  const owner = {
    apiVersion: CRON.apiVersion,
    kind: CRON.apiKind,
    name: id,
    uid: cron.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
  await space.cluster.call(pathOf(space, WORKFLOW), {
    method: 'POST',
    body: {
      apiVersion: WORKFLOW.apiVersion,
      kind: WORKFLOW.apiKind,
      metadata: { name, labels, ownerReferences: [owner] },
      spec: spec as unknown as Json,
    },
  });
  return name;
}

export async function stopWorkflows(space: Space, id: string, task: TaskContext): Promise<void> {
  for (const workflow of await workflowsOf(space, id)) {
    task.signal.throwIfAborted();
    if (isOver(workflow)) continue;
    const path = pathOf(space, WORKFLOW, workflow.metadata.name);
    await space.cluster.merge(path, { spec: { shutdown: 'Terminate' } });
  }
}

/** The executor that Argo puts around a step writes into the same log. */
export const isStepsOwn = (text: string): boolean =>
  !/^time=\S+ level=\S+ .*\bargo=true\b|^time="[^"]*" level=\S+ msg=/.test(text) &&
  !/^(Taring |Error: exit status \d+$)/.test(text);
