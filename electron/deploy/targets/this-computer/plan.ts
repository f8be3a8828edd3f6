/** The exact changes a deployment makes on this computer, each with its price. Decides from facts; changes nothing. */
import { type DeploymentId, PlanId } from '../../../../shared/base/ids';
import type {
  Change,
  ChangePrice,
  DeploymentRecord,
  DeployPlan,
  DeploySettings,
} from '../../../../shared/deploy';
import { fixedOf, priceBefore, priceOf } from '../../resources/plan-price';
import type { DeployRequest } from '../target';

export const CHANGE = {
  folder: 'folder',
  package: 'package',
  environment: 'environment',
  port: 'port',
  process: 'process',
  schedule: 'schedule',
} as const;

export interface PlanFacts {
  readonly existing: DeploymentRecord | null;
  readonly folder: string;
  readonly environment: string | null;
  readonly port: number | null;
  readonly packageBytes: number;
  readonly now: number;
  readonly digest: (text: string) => string;
}

const FREE: ChangePrice = { kind: 'free' };

export function makePlan(request: DeployRequest, facts: PlanFacts): DeployPlan {
  const { settings, estimate } = request;
  const current = facts.existing?.isFinished ? facts.existing.currentRevision : null;
  const revision = nextRevision(request, facts.existing);
  const total = priceOf(settings.mode, request.priced);
  const changes = changesOf(request, facts, revision, total);
  const inputs = JSON.stringify([
    settings,
    request.package.hash,
    estimate.id,
    revision,
    facts.port,
  ]);
  return {
    id: PlanId(facts.digest(inputs)),
    deploymentId: settings.name,
    targetId: 'this-computer',
    settings: { ...settings, port: facts.port },
    estimateId: estimate.id,
    revision,
    replaces: current,
    place: null,
    changes,
    total,
    fixedUsd: fixedOf(total, request.priced),
    before: priceBefore(settings.mode, facts.existing),
    warnings: warningsOf(settings, facts),
    packageFolder: request.package.folder,
    packageDigest: request.package.hash,
    madeAt: facts.now,
  };
}

/** One that was begun and not finished is taken up again under its number. */
function nextRevision(request: DeployRequest, existing: DeploymentRecord | null): number {
  const last = existing?.revisions.at(-1);
  if (!existing || !last) return 1;
  const isBegun = last.number > existing.currentRevision || !existing.isFinished;
  return isBegun && last.packageDigest === request.package.hash ? last.number : last.number + 1;
}

function changesOf(
  request: DeployRequest,
  facts: PlanFacts,
  revision: number,
  total: ChangePrice,
): Change[] {
  const { settings } = request;
  return [
    folderChange(settings.name, facts),
    {
      id: CHANGE.package,
      kind: 'create',
      what: `Copy the package as revision ${revision}`,
      detail: `${request.package.name}, ${megabytes(facts.packageBytes)}`,
      price: FREE,
    },
    environmentChange(request, facts),
    ...(settings.mode === 'service' ? [portChange(facts, settings)] : []),
    processChange(settings, facts, revision, settings.mode === 'scheduled' ? FREE : total),
    ...(settings.mode === 'scheduled' && settings.schedule
      ? [
          {
            id: CHANGE.schedule,
            kind: facts.existing ? ('change' as const) : ('create' as const),
            what: `Run on the schedule ${settings.schedule.cron}`,
            detail: `Time zone ${settings.schedule.timeZone}`,
            price: total,
          },
        ]
      : []),
  ];
}

function folderChange(id: DeploymentId, facts: PlanFacts): Change {
  return facts.existing
    ? {
        id: CHANGE.folder,
        kind: 'keep',
        what: `Folder of ${id}`,
        detail: facts.folder,
        price: FREE,
      }
    : {
        id: CHANGE.folder,
        kind: 'create',
        what: `Make a folder for ${id}`,
        detail: facts.folder,
        price: FREE,
      };
}

function environmentChange(request: DeployRequest, facts: PlanFacts): Change {
  const detail = `Python ${request.package.python}, packages as locked`;
  return facts.environment
    ? {
        id: CHANGE.environment,
        kind: 'keep',
        what: 'Use the environment made from the lock file',
        detail: facts.environment,
        price: FREE,
      }
    : {
        id: CHANGE.environment,
        kind: 'create',
        what: 'Make an environment from the lock file',
        detail,
        price: FREE,
      };
}

function portChange(facts: PlanFacts, settings: DeploySettings): Change {
  const isKept = facts.existing?.port === facts.port;
  return {
    id: CHANGE.port,
    kind: isKept ? 'keep' : 'create',
    what: `Listen on port ${facts.port}`,
    detail: `http://127.0.0.1:${facts.port}, reachable from this computer only${settings.port === null ? '; the first free port' : ''}`,
    price: FREE,
  };
}

function processChange(
  settings: DeploySettings,
  facts: PlanFacts,
  revision: number,
  price: ChangePrice,
): Change {
  const running = facts.existing?.isFinished ? facts.existing.currentRevision : null;
  const what =
    settings.mode === 'service'
      ? 'supervised service'
      : settings.mode === 'scheduled'
        ? 'supervised schedule'
        : 'supervised job, waiting to be told';
  return running === null
    ? {
        id: CHANGE.process,
        kind: 'create',
        what: `Start a ${what}`,
        detail: 'It goes on when Slipway is closed.',
        price,
      }
    : {
        id: CHANGE.process,
        kind: 'change',
        what: `Change from revision ${running} to ${revision}`,
        detail:
          settings.mode === 'service'
            ? 'It does not answer for some seconds. If the new one fails, the old one comes back.'
            : 'From the next run on.',
        price,
      };
}

function warningsOf(settings: DeploySettings, facts: PlanFacts): string[] {
  const existing = facts.existing;
  const port =
    existing?.port && facts.port && existing.port !== facts.port
      ? [`Its address changes from port ${existing.port} to ${facts.port}.`]
      : [];
  return settings.mode === 'service'
    ? ['After a restart of the computer it must be started again from here.', ...port]
    : settings.mode === 'scheduled'
      ? ['Runs that fall into a time when this computer is off do not happen.']
      : [];
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
