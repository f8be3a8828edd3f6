/** What every target offers. One folder and one registration each; the services know no target by name. */
import type { DeploymentId } from '../../../shared/base/ids';
import type {
  Change,
  DeploymentRecord,
  DeployPlan,
  DeployResult,
  DeploySettings,
  SupervisorState,
  TargetCheck,
  TargetDescription,
} from '../../../shared/deploy';
import type { Estimate, TargetEstimate, TargetId } from '../../../shared/estimate';
import type { TaskContext } from '../../task';

/** The package as it lies on disk. */
export interface DeployablePackage {
  readonly folder: string;
  readonly name: string;
  /** Hash of its files. */
  readonly hash: string;
  /** Major and minor: "3.11". */
  readonly python: string;
  readonly hasService: boolean;
}

/** Made by the package stage and shared between deployments with the same lock file. */
export interface EnvironmentMaker {
  /** The environment's folder when it is there already. */
  find(lockText: string, python: string): Promise<string | null>;
  ensure(lockText: string, python: string, work: TaskContext): Promise<string>;
}

export interface DeployRequest {
  readonly settings: DeploySettings;
  readonly package: DeployablePackage;
  readonly estimate: Estimate;
  readonly priced: TargetEstimate;
}

export interface ApplyContext {
  readonly task: TaskContext;
  readonly onChange: (id: Change['id'], state: 'doing' | 'done' | 'failed') => void;
}

/** What is the case with one deployment, read from the target itself. */
export interface Observation {
  readonly record: DeploymentRecord;
  /** Null where it never started. */
  readonly state: SupervisorState | null;
  /** Whether something still watches over it. */
  readonly isSupervised: boolean;
  readonly url: string | null;
  readonly folder: string;
}

export type DeploymentCommand = 'start' | 'stop' | 'restart' | 'run';

export interface Target {
  readonly id: TargetId;
  describe(): TargetDescription;
  check(request: Pick<DeployRequest, 'settings' | 'package'>): Promise<TargetCheck>;
  /** Reads only. */
  plan(request: DeployRequest): Promise<DeployPlan>;
  /** May be called again with the same plan: what is done already is left as it is. */
  apply(plan: DeployPlan, context: ApplyContext): Promise<DeployResult>;
  list(): Promise<Observation[]>;
  observe(id: DeploymentId): Promise<Observation>;
  command(id: DeploymentId, command: DeploymentCommand, task: TaskContext): Promise<void>;
  rollback(id: DeploymentId, revision: number, task: TaskContext): Promise<void>;
  /** Answers what is left, empty when nothing is. */
  remove(id: DeploymentId, task: TaskContext): Promise<string[]>;
}
