/** What a target on an engine, a cluster or in an account implements; ResourceTarget makes a Target of it. */
import type { DeploymentId } from '../../../shared/base/ids';
import type {
  DeploymentRecord,
  DeploySettings,
  Found,
  LogBatch,
  LogLine,
  Resource,
  RevisionRecord,
  RuntimeState,
  TargetCheck,
  TargetDescription,
} from '../../../shared/deploy';
import type { Deployed, TargetEstimate, TargetId } from '../../../shared/estimate';
import type { TaskContext } from '../../task';
import type {
  DeployablePackage,
  DeploymentCommand,
  ExportedFiles,
  Reached,
} from '../targets/target';

export type Options = DeploySettings['options'];
export type CheckItem = TargetCheck['items'][number];

/** One place: an engine, a cluster's namespace, an account's region. Known from options alone. */
export interface TargetDriver {
  readonly id: TargetId;
  describe(): TargetDescription;
  /** Those options that say where, without those that say how. */
  placeOptions(options: Options): Options;
  /** Whether its default place is looked at though nobody named it, as the engine of this computer is. */
  readonly hasDefaultPlace: boolean;
  /** Fails with a sentence where it cannot be reached or nobody is signed in. Options as `describe` has them, all set. */
  open(options: Options): Promise<Platform>;
}

export interface Place {
  /** Short and lasting: part of a deployment's key. */
  readonly id: string;
  /** For people: what, where, as whom. */
  readonly title: string;
}

/** What is asked for: one revision of one deployment. */
export interface Wanted {
  readonly id: DeploymentId;
  readonly mode: DeploymentRecord['mode'];
  readonly revision: RevisionRecord;
  readonly settings: DeploySettings;
  /** Other revisions that stand, oldest first. */
  readonly others: readonly RevisionRecord[];
}

export interface WorkContext {
  readonly task: TaskContext;
  /** Null on a roll back: the image must be there. */
  readonly package: DeployablePackage | null;
}

export interface ResourceKind {
  readonly kind: string;
  /** All of a deployment, by its labels; with null those of every deployment of ours. */
  list(id: DeploymentId | null): Promise<Found[]>;
  /** Null where there is none. For what carries no label of the deployment, an image for example; else `list` is enough. */
  read?(name: string): Promise<Found | null>;
  /** It may have been made a moment ago by an attempt that was interrupted: that is no error. */
  create(resource: Resource, context: WorkContext): Promise<void>;
  /**
   * Asks the place what it would make of it, and makes nothing: whether anything would be another. Fails with the place's
   * own words where it would refuse. For places that can be asked.
   */
  dryRun?(resource: Resource): Promise<boolean>;
  update(resource: Resource, found: Found, context: WorkContext): Promise<void>;
  /** What is gone already is no error. */
  remove(name: string, task: TaskContext): Promise<void>;
  /** Waits until it does its work; fails with the reason and the end of its log. */
  ready?(resource: Resource, task: TaskContext): Promise<void>;
}

export interface Observed {
  readonly record: DeploymentRecord;
  readonly state: RuntimeState | null;
  /** Where everyone who may can reach it; null where only `reach` leads there. */
  readonly url: string | null;
}

export interface Platform {
  readonly place: Place;
  /** In the order of making; removed in reverse. */
  readonly kinds: readonly ResourceKind[];
  check(settings: DeploySettings, made: DeployablePackage): Promise<CheckItem[]>;
  /** The name the package's image has here, known before it is built; a registry may be a matter of settings. */
  imageOf(made: DeployablePackage, settings: DeploySettings): string;
  /** Fills in what was left open (a free port, a size), the same again as long as nothing changes. */
  settle(
    settings: DeploySettings,
    now: DeploymentRecord | null,
    priced: TargetEstimate,
    made: DeployablePackage,
  ): Promise<DeploySettings>;
  /** What settled settings fix of what is priced: the plan's price is that of what is deployed. */
  deployed(settings: DeploySettings): Deployed;
  desired(wanted: Wanted): Promise<Resource[]>;
  /** Null where nothing of it tells of a revision. */
  observe(id: DeploymentId, found: readonly Found[]): Promise<Observed | null>;
  followLogs(id: DeploymentId, tail: number, signal: AbortSignal): AsyncIterable<LogBatch>;
  readLogs(id: DeploymentId, tail: number): Promise<LogLine[]>;
  command(id: DeploymentId, command: DeploymentCommand, task: TaskContext): Promise<void>;
  reach(id: DeploymentId): Promise<Reached>;
  /** The same plan as files for tools of that place; `toPackage` leads from their folder to the package's. Holds no secret's value. */
  exportFiles?(wanted: Wanted, toPackage: string): Promise<ExportedFiles>;
  /** A sentence each, for the plan: what a person should know before. */
  warnings(settings: DeploySettings): string[];
  close(): Promise<void>;
}
