/** The rail: each stage's state at a glance and one line of fact, computed from what every stage knows. */
import { formatBytes, formatUsd } from './base/units';
import type { BuildState } from './build';
import type { KernelState } from './connect';
import type { DeployState } from './deploy';
import type { EstimateState } from './estimate';
import type { OperateState } from './operate';
import { countVerdicts, isProved, type PackageRun, type PackageState } from './package';
import type { PipelineView } from './pipeline';
import type { StageState, StageStates } from './stages';

/** How many code cells there are and what became of them. */
export interface NotebookCounts {
  readonly cells: number;
  readonly code: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly running: number;
}

export interface RoadFacts {
  readonly kernel: KernelState;
  readonly notebook: NotebookCounts | null;
  readonly pipeline: PipelineView | null;
  readonly package: PackageState;
  readonly build: BuildState;
  readonly estimate: EstimateState;
  readonly deploy: DeployState;
  readonly operate: OperateState;
}

const NOTHING: StageState = { status: 'nothing', fact: '' };

export function roadStates(facts: RoadFacts): StageStates {
  return {
    connect: kernelState(facts.kernel),
    notebook: notebookState(facts.notebook),
    pipeline: pipelineState(facts.pipeline),
    package: packageState(facts.package),
    build: buildState(facts.build, facts.package),
    estimate: estimateState(facts.estimate, facts.package),
    deploy: deployState(facts.deploy),
    operate: operateState(facts.operate),
  };
}

function kernelState(kernel: KernelState): StageState {
  switch (kernel.status) {
    case 'none':
      return NOTHING;
    case 'dead':
    case 'disconnected':
      return { status: 'attention', fact: kernel.error.message };
    case 'starting':
    case 'restarting':
      return { status: 'underway', fact: 'starting' };
    default:
      return { status: 'done', fact: kernel.kernel.displayName };
  }
}

const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`;

function notebookState(notebook: NotebookCounts | null): StageState {
  if (!notebook) return NOTHING;
  const { cells, code, succeeded, failed, running } = notebook;
  if (failed > 0) return { status: 'attention', fact: `${count(failed, 'cell')} failed` };
  if (running > 0) return { status: 'underway', fact: `${count(running, 'cell')} to run` };
  if (succeeded === 0) return { status: 'underway', fact: count(cells, 'cell') };
  const isAll = succeeded === code;
  return {
    status: isAll ? 'done' : 'underway',
    fact: isAll ? `${count(cells, 'cell')}, all run` : `${succeeded} of ${code} code cells run`,
  };
}

function pipelineState(view: PipelineView | null): StageState {
  if (!view || view.pipeline.steps.length === 0) return NOTHING;
  const { steps, parameters, problems } = view.pipeline;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return { status: 'attention', fact: count(errors, 'problem') };
  return {
    status: 'done',
    fact: `${count(steps.length, 'step')}, ${count(parameters.length, 'parameter')}`,
  };
}

function packageState({ activity, generated, run, error }: PackageState): StageState {
  if (activity.kind === 'generating') return { status: 'underway', fact: 'being written' };
  if (activity.kind === 'running') return { status: 'underway', fact: 'runs' };
  if (error && error.kind !== 'cancelled') return { status: 'attention', fact: 'stopped, see why' };
  if (!generated) return NOTHING;
  if (generated.isStale)
    return { status: 'stale', fact: 'to be written again', because: 'notebook' };
  if (!run || run.packageHash !== generated.hash)
    return { status: 'underway', fact: 'written, not run' };
  return runState(run);
}

function runState(run: PackageRun): StageState {
  if (run.state === 'failed') return { status: 'attention', fact: 'its run failed' };
  if (run.state === 'cancelled') return { status: 'underway', fact: 'its run was cancelled' };
  const counts = countVerdicts(run.comparisons);
  const equal = counts.identical + counts.withinTolerance;
  if (counts.different > 0) {
    const verb = counts.different === 1 ? 'differs' : 'differ';
    return { status: 'attention', fact: `${count(counts.different, 'value')} ${verb}` };
  }
  if (equal === 0) return { status: 'done', fact: 'run, not compared' };
  const ofAll = `${equal} of ${run.comparisons.length}`;
  return { status: 'done', fact: isProved(run) ? `proved ${ofAll}` : `${ofAll} equal` };
}

function buildState(build: BuildState, { generated }: PackageState): StageState {
  if (build.activity !== 'idle') return { status: 'underway', fact: 'being built' };
  if (build.error) return { status: 'attention', fact: 'the build failed' };
  if (!build.image) {
    return { status: 'nothing', fact: build.engine.status === 'missing' ? 'no Docker engine' : '' };
  }
  const fact = formatBytes(build.image.bytes);
  const isStale = generated !== null && generated.hash !== build.image.packageHash;
  return isStale ? { status: 'stale', fact, because: 'package' } : { status: 'done', fact };
}

function estimateState(
  { estimate, chosenTarget }: EstimateState,
  { generated }: PackageState,
): StageState {
  if (!estimate) return NOTHING;
  const target = estimate.targets.find(({ targetId }) => targetId === chosenTarget);
  const total = target && (target.period === 'run' ? target.perRun : target.perMonth);
  const fact = total ? `about ${formatUsd(total.likely)} a ${target.period}` : 'price unknown';
  if (generated?.isStale) return { status: 'stale', fact, because: 'notebook' };
  return { status: estimate.isShown ? 'done' : 'underway', fact };
}

function deployState({ activity, plan, result, problem }: DeployState): StageState {
  if (activity.kind === 'applying') return { status: 'underway', fact: 'being deployed' };
  if (problem) return { status: 'attention', fact: 'stopped, see why' };
  if (result)
    return { status: 'done', fact: `${result.deploymentId}, revision ${result.revision}` };
  return plan ? { status: 'underway', fact: 'planned' } : NOTHING;
}

const NEEDS_SOMEONE = ['unhealthy', 'failed', 'lost', 'unfinished'];

function operateState({ deployments }: OperateState): StageState {
  if (deployments.length === 0) return { status: 'nothing', fact: 'nothing yet' };
  const needing = deployments.filter(({ status }) => NEEDS_SOMEONE.includes(status)).length;
  return needing > 0
    ? {
        status: 'attention',
        fact: `${deployments.length}, ${needing === 1 ? 'one needs' : `${needing} need`} you`,
      }
    : { status: 'done', fact: count(deployments.length, 'deployment') };
}
