/** This computer, by a rate card anyone can edit: electricity and wear of the hardware. */
import { HOURS_PER_MONTH, showNumber } from './conventions';
import type { StartTime } from './estimate';
import { type LineDraft, product } from './lines';
import { exactly, mapSpread, type Spread, times } from './spread';
import { assumedStart, basisFrom, runsIn, type TargetDraft } from './target-draft';
import type { Period, Usage } from './usage';

const HOURS_PER_YEAR = HOURS_PER_MONTH * 12;

export function draftThisComputer(usage: Usage, period: Period): TargetDraft {
  const isService = usage.mode === 'service';
  return {
    product: isService ? 'Supervised process' : 'Process',
    region: null,
    fit: {
      kind: 'fits',
      vcpu: usage.rateCard.cores,
      memoryGib: usage.memoryGib,
      basis: 'measured',
      reason: 'It ran here: the measured run is from this computer.',
    },
    startTime: startOf(usage),
    lines: isService ? serviceLines(usage) : jobLines(usage, period),
    leftOut: [
      'Your time',
      'Backup, network and cooling',
      'What the computer costs when it is on anyway',
    ],
    notes: [
      'The price of electricity, the watts and the hardware are assumed until you edit them.',
    ],
  };
}

/**
 * Machines of one's own elsewhere: what runs there uses electricity and wears hardware like here, as far as the rate
 * card says so. Whether it fits is asked of the engine or the cluster itself, before the plan.
 */
export const draftOwnMachine =
  (what: string) =>
  (usage: Usage, period: Period): TargetDraft => ({
    ...draftThisComputer(usage, period),
    product: what,
    fit: {
      kind: 'fits',
      vcpu: usage.vcpu,
      memoryGib: usage.memoryGib,
      basis: usage.basisOf('run.memoryGib'),
      reason: 'As much as it used here. The place itself is asked before the plan is made.',
    },
    startTime: assumedStart(
      [1, 4, 30],
      'Assumed: a container starts and imports the libraries; an image that is not there yet is fetched first.',
    ),
    leftOut: [
      'Your time',
      'Backup, network and cooling',
      'What the machines cost when they are on anyway',
      'The registry, where one is needed',
    ],
    notes: [
      'By the rate card of this computer. Edit it to what your machines cost, or what is charged inside your company.',
    ],
  });

function startOf(usage: Usage): StartTime {
  if (usage.mode !== 'service')
    return assumedStart([0.5, 1, 3], 'Assumed: Python starts and imports the libraries.');
  const ms = usage.serviceStartSeconds * 1000;
  return {
    lowMs: ms * 0.9,
    likelyMs: ms,
    highMs: ms * 1.5,
    basis: 'measured',
    note: 'As measured in the run.',
  };
}

function jobLines(usage: Usage, period: Period): LineDraft[] {
  const runs = runsIn(period);
  const hours = mapSpread(times(runs, usage.secondsPerRun), (value) => value / 3600);
  const how = product([runs.likely, 'runs'], [usage.secondsPerRun.likely, 's']);
  return costLines(
    usage,
    hours,
    mapSpread(hours, (value) => value * usage.busyCores),
    how,
    {
      kind: 'usage',
      busy: product([usage.busyCores, 'busy cores']),
    },
  );
}

function serviceLines(usage: Usage): LineDraft[] {
  const busy = mapSpread(
    times(usage.requestsPerMonth, usage.secondsPerRequest),
    (value) => value / 3600,
  );
  const side = usage.instances ?? 1;
  const how = side === 1 ? [] : [[side, 'side by side'] as const];
  const hours = product([HOURS_PER_MONTH, 'h a month'], ...how);
  return costLines(usage, exactly(HOURS_PER_MONTH * side), busy, hours, {
    kind: 'fixed',
    busy: product(
      [usage.requestsPerMonth.likely, 'requests'],
      [usage.secondsPerRequest.likely, 's of one core'],
    ),
  });
}

function costLines(
  usage: Usage,
  hours: Spread,
  coreHours: Spread,
  how: string,
  more: { readonly kind: LineDraft['kind']; readonly busy: string },
): LineDraft[] {
  const card = usage.rateCard;
  const kwh = (watts: Spread, time: Spread) =>
    mapSpread(times(watts, time), (value) => value / 1000);
  const rest = times(kwh(card.idleWatts, hours), card.share);
  const lifetime = card.lifetimeYears * HOURS_PER_YEAR;
  const share = `${showNumber(card.share.likely * 100)} % of the computer`;
  const electricity = { kind: 'rate-card', usd: card.usdPerKwh } as const;
  return [
    {
      id: 'electricity-rest',
      label: 'Electricity at rest',
      kind: more.kind,
      quantity: rest,
      unit: 'kWh',
      price: electricity,
      basis: basisFrom(usage, 'rate-card.idleWatts', 'rate-card.usdPerKwh', 'rate-card.share'),
      how: `${how} × ${showNumber(card.idleWatts.likely)} W × ${share}`,
    },
    {
      id: 'electricity-busy',
      label: 'Electricity while busy',
      kind: 'usage',
      quantity: kwh(card.wattsPerCore, coreHours),
      unit: 'kWh',
      price: electricity,
      basis: basisFrom(usage, 'rate-card.wattsPerCore', 'rate-card.usdPerKwh'),
      how: `${more.kind === 'usage' ? `${how} × ` : ''}${more.busy} × ${showNumber(card.wattsPerCore.likely)} W`,
    },
    {
      id: 'hardware',
      label: 'Wear of the hardware',
      kind: more.kind,
      quantity: times(hours, card.share),
      unit: 'hour of the computer',
      price: { kind: 'rate-card', usd: mapSpread(card.hardwareUsd, (value) => value / lifetime) },
      basis: basisFrom(
        usage,
        'rate-card.hardwareUsd',
        'rate-card.lifetimeYears',
        'rate-card.share',
      ),
      how: `${how} × ${share}; $${showNumber(card.hardwareUsd.likely)} over ${showNumber(card.lifetimeYears)} years`,
    },
  ];
}
