/** The verbs of the road, each with what it needs before it; a command is a few of them in a row. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type DeploymentId, deploymentIdSchema, EnvironmentId } from '../../shared/base/ids';
import { fail } from '../../shared/base/studio-error';
import { topLevelModules } from '../../shared/connect';
import {
  type DeployPlan,
  type DeployResult,
  type DeploySettings,
  readPairs,
  readReferences,
} from '../../shared/deploy';
import { type EstimateState, runModeSchema, targetIdSchema } from '../../shared/estimate';
import {
  countVerdicts,
  type PackageRun,
  type PackageState,
  type Sweep,
} from '../../shared/package';
import type { PipelineView } from '../../shared/pipeline';
import type { Studio } from '../compose';
import { choosePipeline } from './pipeline-options';
import type { RoadOptions, SweepOptions } from './road-commands';
import { finish, need, type Session } from './session';

/** Opens the notebook, or a copy of the sample of that name. */
export async function open(
  { studio, output }: Session,
  notebook: string,
  options: RoadOptions,
): Promise<void> {
  const opened = need(
    options.sample
      ? await studio.project.openSample(notebook)
      : await studio.project.open(notebook),
  );
  output.say(`Notebook: ${opened.path}`);
  await choosePipeline(studio, opened.path, options);
  // What the target would refuse is said now, not after the minutes of a run.
  await chooseTarget(studio, options);
  need(await studio.deploy.setSettings(targetSettings(options)));
}

async function chooseTarget({ estimate }: Studio, { target }: RoadOptions): Promise<void> {
  if (target) need(await estimate.chooseTarget(parse(targetIdSchema, target, '--target')));
}

export function openPath(studio: Studio): string {
  return studio.project.state.value.open?.path ?? fail('precondition', 'No notebook is open.');
}

export async function inspect(studio: Studio): Promise<PipelineView> {
  return need(await studio.pipeline.read(openPath(studio)));
}

/** Writes the package, in the environment asked for, found, or made for the notebook. */
export async function write(session: Session, options: RoadOptions): Promise<PackageState> {
  const { studio } = session;
  await haveEnvironment(session, options);
  if (options.name) need(await studio.packages.configure({ name: options.name }));
  await finish(studio.packages.generate());
  return studio.packages.state.value;
}

/** A kernel is started only for an environment that was named; else the package stage finds the best one itself. */
async function haveEnvironment({ studio, output }: Session, options: RoadOptions): Promise<void> {
  const { connect } = studio;
  const notebookPath = openPath(studio);
  if (options.environment) {
    if (!existsSync(options.environment)) {
      fail('environment', `There is no Python ${options.environment}.`, {
        place: { path: options.environment },
      });
    }
    if (!connect.session()) {
      await finish(connect.connectLocal(EnvironmentId(options.environment), { notebookPath }));
    }
    return;
  }
  const { facts } = await inspect(studio);
  const others = await studio.pipeline.others(notebookPath);
  const all = [facts, ...others.map((each) => each.facts)].flat();
  const modules = all.flatMap((cell) => cell.imports.map(({ module }) => module));
  const imports = topLevelModules(modules);
  const found = await connect.chooseEnvironmentFor(imports);
  if (found) {
    output.say(`Environment: ${found.name}, Python ${found.pythonVersion} (${found.pythonPath})`);
    return;
  }
  output.say('No environment here has all that the notebook imports; one is made for it.');
  const made = await finish(connect.createEnvironmentFor(imports));
  output.say(`Environment: ${made.environment.pythonPath}`);
}

/** Runs and compares; with `--serve`, what is served is chosen and the package written for it. */
export async function run(session: Session, options: RoadOptions): Promise<PackageRun> {
  const { packages } = session.studio;
  const wish = { parameters: parameters(options), compare: options.compare ?? true };
  const first = await finish(packages.run(wish));
  if (!(await chooseServed(session, options))) return first;
  // The service belongs to the package: with it chosen, the package is another one and is run as such.
  await finish(packages.generate());
  return finish(packages.run(wish));
}

/** The proof alone: what is served is left as it is. */
export function verify({ studio }: Session, options: RoadOptions): Promise<PackageRun> {
  const steps = options.steps
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return finish(studio.packages.run({ parameters: parameters(options), compare: true, steps }));
}

/** Nothing that could be compared differs, and something could. */
export function isEqual({ state, comparisons }: PackageRun): boolean {
  const { identical, withinTolerance, different } = countVerdicts(comparisons);
  return state === 'succeeded' && different === 0 && identical + withinTolerance > 0;
}

/** Whether the choice changed what the package serves. */
async function chooseServed({ studio, output }: Session, options: RoadOptions): Promise<boolean> {
  const { packages } = studio;
  const { candidates, serve } = packages.state.value;
  const isJob = options.mode === 'job' || options.mode === 'scheduled';
  if (!options.serve) {
    const suggested = candidates.find(({ isSuggested }) => isSuggested);
    if (serve || isJob || !suggested) return false;
    output.say(
      `Serves: ${suggested.name} of step ${suggested.stepId} (another one with --serve, none with --mode job)`,
    );
    need(
      await packages.configure({
        serve: { stepId: suggested.stepId, name: suggested.name, functionName: null },
      }),
    );
    return true;
  }
  if (serve?.name === options.serve) return false;
  const named = candidates.filter(({ name }) => name === options.serve).at(-1);
  if (!named) {
    const known = [...new Set(candidates.map(({ name }) => name))].join(', ') || 'nothing';
    fail('invalid-input', `${options.serve} has no predict. What can be served: ${known}.`);
  }
  need(
    await packages.configure({
      serve: { stepId: named.stepId, name: named.name, functionName: null },
    }),
  );
  return true;
}

/** Refuses a value that breaks its type before anything runs. */
export async function sweep(session: Session, options: SweepOptions): Promise<Sweep> {
  const jobs = Number(options.jobs ?? '1');
  if (!Number.isInteger(jobs) || jobs < 1)
    fail('invalid-input', '--jobs takes a whole number from 1 on.');
  await haveEnvironment(session, options);
  if (options.name) need(await session.studio.packages.configure({ name: options.name }));
  return finish(
    session.studio.packages.sweep({
      grid: options.grid ?? [],
      listed: options.list ?? [],
      file: options.file ? resolve(options.file) : null,
      metrics: options.metric ?? [],
      parameters: parameters(options),
      jobs,
      isFresh: options.fresh ?? false,
    }),
  );
}

function parameters({ param = [] }: RoadOptions): Record<string, string> {
  return Object.fromEntries(param.map((text) => keyAndValue(text, '--param')));
}

function keyAndValue(text: string, option: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) fail('invalid-input', `${option} takes name=value, not “${text}”.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

export function isGood(result: PackageRun): boolean {
  return result.state === 'succeeded' && countVerdicts(result.comparisons).different === 0;
}

/** From the last run of the package as it is now; without one it is run first. */
export async function estimate(session: Session, options: RoadOptions): Promise<EstimateState> {
  const { studio } = session;
  const { packages, estimate: estimates } = studio;
  const { generated, run: last } = packages.state.value;
  const isMeasured =
    generated &&
    !generated.isStale &&
    last?.state === 'succeeded' &&
    last.packageHash === generated.hash;
  if (!isMeasured || (options.serve && packages.state.value.serve?.name !== options.serve)) {
    await write(session, options);
    await run(session, options);
  }
  const { modes } = estimates.state.value;
  const mode = options.mode
    ? parse(runModeSchema, options.mode, '--mode')
    : modes.includes('service')
      ? 'service'
      : 'job';
  need(await estimates.setMode(mode));
  const assumed = (options.assume ?? []).map((text) => keyAndValue(text, '--assume'));
  const values = Object.fromEntries(assumed.map(([key, value]) => [key, typed(value)]));
  if (options.schedule) values['use.schedule'] = options.schedule;
  if (Object.keys(values).length > 0) need(await estimates.setAssumptions(values));
  return estimates.state.value;
}

function parse<T>(
  schema: { safeParse(value: unknown): { success: boolean; data?: T } },
  value: string,
  option: string,
): T {
  const parsed = schema.safeParse(value);
  return parsed.success && parsed.data !== undefined
    ? parsed.data
    : fail('invalid-input', `${option} does not take “${value}”.`);
}

function typed(text: string): number | boolean | string {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

export async function plan(
  session: Session,
  state: EstimateState,
  options: RoadOptions,
): Promise<DeployPlan> {
  await settle(session, state, options);
  return need(await session.studio.deploy.plan());
}

export async function check(session: Session, state: EstimateState, options: RoadOptions) {
  await settle(session, state, options);
  return need(await session.studio.deploy.check());
}

export async function exportFiles(session: Session, state: EstimateState, options: RoadOptions) {
  await settle(session, state, options);
  const out = options.out === undefined ? undefined : resolve(options.out);
  return need(await session.studio.deploy.exportFiles(out));
}

/** The estimate has just been printed: that is what showing it means here. */
async function settle(
  { studio }: Session,
  { estimate: made, problem, mode }: EstimateState,
  options: RoadOptions,
): Promise<void> {
  if (!made) fail(problem?.kind ?? 'estimate-needed', problem?.message ?? 'There is no estimate.');
  need(await studio.estimate.markShown(made.id));
  need(
    await studio.deploy.setSettings({
      mode,
      ...(options.timeZone
        ? { schedule: { cron: studio.estimate.schedule, timeZone: options.timeZone } }
        : {}),
      ...(options.as ? { name: deploymentName(options.as) } : {}),
      ...(options.port ? { port: Number(options.port) } : {}),
      ...(Object.keys(parameters(options)).length > 0 ? { parameters: parameters(options) } : {}),
      ...targetSettings(options),
    }),
  );
}

function deploymentName(text: string): DeploymentId {
  const name = deploymentIdSchema.safeParse(text);
  if (name.success) return name.data;
  return fail('invalid-input', `--as takes lower case letters, digits and hyphens, not “${text}”.`);
}

function targetSettings(options: RoadOptions): Partial<DeploySettings> {
  const { env = [], secret = [], option = [], replicas, vcpu, memory } = options;
  const environment = readPairs(env.join('\n'));
  const secrets = readReferences(secret.join('\n'));
  const problem = environment.problem ?? secrets.problem;
  if (problem) fail('invalid-input', problem);
  const chosen = option.map((text) => keyAndValue(text, '--option'));
  return {
    environment: environment.pairs,
    secrets: secrets.pairs,
    options: Object.fromEntries(chosen.map(([key, value]) => [key, typed(value)])),
    ...(replicas ? { replicas: wholeNumber(replicas, '--replicas') } : {}),
    ...(vcpu || memory
      ? { resources: { vcpu: Number(vcpu ?? 1), memoryGib: Number(memory ?? 2) } }
      : {}),
  };
}

function wholeNumber(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    fail('invalid-input', `${option} takes a whole number from 1 on, not “${text}”.`);
  return value;
}

export async function apply({ studio }: Session, made: DeployPlan): Promise<DeployResult> {
  return finish(await studio.deploy.apply(made.id));
}
