/** What every target offers. One folder and one registration each; the services know no target by name. */

import type {
  Change,
  ConfirmedPlan,
  DeploymentRecord,
  DeployPlan,
  DeployResult,
  DeploySettings,
  LogBatch,
  LogLine,
  RuntimeState,
  TargetCheck,
  TargetDescription,
} from '../../../shared/deploy';
import type { Deployed, Estimate, TargetEstimate, TargetId } from '../../../shared/estimate';
import type { ConnectedEngine } from '../../engine';
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

/** Short-lived, from the cloud's own sign-in; kept nowhere. */
export interface RegistrySignIn {
  readonly username: string;
  readonly password: string;
}

/** Made by the build stage. Names hold the package's hash: the same name is the same image. */
export interface ImageMaker {
  /** "churn:4f1c20a9b3d1": known before it is built. */
  nameOf(made: DeployablePackage): string;
  /** What it builds for by the build settings, or by their engine: "linux/amd64". */
  platform(): Promise<string>;
  /** On that engine, with null on the one of the build settings; built there where it is missing. */
  ensure(made: DeployablePackage, engine: ConnectedEngine | null, task: TaskContext): Promise<void>;
  /** Builds where it is missing, then pushes as `reference` ("registry/team/churn:4f1c…"); answers the digest (`sha256:…`). Without a sign-in docker's own is used. */
  push(
    made: DeployablePackage,
    reference: string,
    task: TaskContext,
    signIn?: RegistrySignIn,
  ): Promise<string>;
}

/** A plan as files for other tools. */
export interface ExportedFiles {
  /** Path to text. */
  readonly files: Readonly<Record<string, string>>;
  /** A sentence for each part of the plan that these files cannot say. */
  readonly leftOut: readonly string[];
}

export interface DeployRequest {
  readonly settings: DeploySettings;
  readonly package: DeployablePackage;
  readonly estimate: Estimate;
  /** As the estimate assumes it. */
  readonly priced: TargetEstimate;
  /** As it is deployed: with the size, the region and the number that settings and place come to. */
  readonly priceAs: (deployed: Deployed) => TargetEstimate;
}

export interface ApplyContext {
  readonly task: TaskContext;
  readonly onChange: (id: Change['id'], state: 'doing' | 'done' | 'failed') => void;
}

/** What is the case with one deployment, read from the target itself. */
export interface Observation {
  /** Unique among all targets and places: the same name may stand at two of them. */
  readonly key: string;
  /** Where it runs, for people; null for this computer. */
  readonly place: string | null;
  readonly record: DeploymentRecord;
  /** Null where it never started. */
  readonly state: RuntimeState | null;
  /** Whether something still watches over it. */
  readonly isSupervised: boolean;
  /** Null also where it can be reached through `reach` only. */
  readonly url: string | null;
  /** On this computer; null elsewhere. */
  readonly folder: string | null;
}

export type DeploymentCommand = 'start' | 'stop' | 'restart' | 'run';

/** A way to a service for as long as it is open: its own address, a port-forward, a tunnel. */
export interface Reached {
  readonly url: string;
  close(): Promise<void>;
}

/** Deployments of a place, or why it could not be asked. */
export interface Listed {
  readonly observations: readonly Observation[];
  readonly unreachable: readonly { readonly place: string; readonly why: string }[];
}

/** `key` is an observation's. */
export interface Target {
  readonly id: TargetId;
  describe(): TargetDescription;
  check(request: Pick<DeployRequest, 'settings' | 'package'>): Promise<TargetCheck>;
  /** Reads only. */
  plan(request: DeployRequest): Promise<DeployPlan>;
  /** The same plan as files for tools of the place, which may name the package from the folder `into`. Absent where there are none. */
  exportFiles?(request: DeployRequest, into?: string): Promise<ExportedFiles>;
  /** May be called again with the same plan: what is done already is left as it is. */
  apply(plan: ConfirmedPlan, context: ApplyContext): Promise<DeployResult>;
  list(): Promise<Listed>;
  observe(key: string): Promise<Observation>;
  command(key: string, command: DeploymentCommand, task: TaskContext): Promise<void>;
  rollback(key: string, revision: number, task: TaskContext): Promise<void>;
  /** Answers what is left, empty when nothing is. */
  remove(key: string, task: TaskContext): Promise<string[]>;
  /** The last `tail` lines first, then what is added, until the signal. */
  followLogs(key: string, tail: number, signal?: AbortSignal): AsyncIterable<LogBatch>;
  /** Newest last; with `text` only lines that hold it, whatever their case. */
  readLogs(
    key: string,
    wanted: { readonly tail: number; readonly text?: string },
  ): Promise<LogLine[]>;
  reach(key: string): Promise<Reached>;
}
