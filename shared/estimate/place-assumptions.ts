/** Where it runs and what this computer costs: regions, free tier, rate card. */
import {
  type AssumptionContext,
  type AssumptionDraft,
  busyCoresOf,
  numberControl,
  round,
} from './assumption-draft';
import type { Assumption } from './estimate';
import { regionsOf } from './price-book';
import { OWN_MACHINES, type TargetId } from './target-id';

export function placeAssumptions({ book, mode }: AssumptionContext): AssumptionDraft[] {
  const isJob = mode !== 'service';
  const googleSku = isJob
    ? regionsOf(book, 'cloud-run-job', 'cpu')
    : regionsOf(book, 'cloud-run-service', 'request-based-cpu');
  const region = (
    cloud: string,
    label: string,
    value: string,
    choices: string[],
    ...targets: TargetId[]
  ): AssumptionDraft => ({
    key: `place.${cloud}Region`,
    group: 'place',
    label,
    help: 'Regions the price book has a vCPU price for.',
    value,
    unit: '',
    control: { kind: 'choice', choices },
    targets,
  });
  return [
    region(
      'aws',
      'AWS region',
      'us-east-1',
      regionsOf(book, 'fargate', 'linux-x86-vcpu'),
      'aws-fargate',
      'aws-lambda',
    ),
    // Job prices are known for two regions only: the one with both vCPU and memory comes first.
    region(
      'google',
      'Google Cloud region',
      isJob ? 'europe-west3' : 'us-central1',
      googleSku,
      'google-cloud-run',
    ),
    region(
      'azure',
      'Azure region',
      'eastus',
      regionsOf(book, 'container-apps', 'consumption vcpu active'),
      'azure-container-apps',
    ),
    {
      key: 'place.freeTier',
      group: 'place',
      label: 'Free tier',
      help: 'Take off the monthly free amounts. They are shared by all you run in the account.',
      value: false,
      unit: '',
      control: { kind: 'switch' },
      targets: ['aws-lambda', 'google-cloud-run', 'azure-container-apps'],
    },
    ...(isJob ? [] : [loadBalancer]),
  ];
}

const loadBalancer: AssumptionDraft = {
  key: 'place.loadBalancer',
  group: 'place',
  label: 'Load balancer before Fargate',
  help: 'Gives the service an address that stays. Cloud Run and Container Apps have one in their price.',
  value: true,
  unit: '',
  control: { kind: 'switch' },
  targets: ['aws-fargate'],
};

export function rateCardAssumptions(context: AssumptionContext): AssumptionDraft[] {
  const card = (
    key: string,
    label: string,
    help: string,
    value: number,
    unit: string,
    control: Assumption['control'],
  ): AssumptionDraft => ({
    key: `rate-card.${key}`,
    group: 'rate-card',
    label,
    help,
    value,
    unit,
    control,
    targets: [...OWN_MACHINES],
  });
  return [
    card(
      'usdPerKwh',
      'Electricity',
      'What you pay for a kilowatt-hour.',
      0.25,
      '$/kWh',
      numberControl(0, 2, 0.01),
    ),
    card(
      'idleWatts',
      'Power at rest',
      'The whole computer, doing nothing.',
      20,
      'W',
      numberControl(0, 1000, 1),
    ),
    card(
      'wattsPerCore',
      'Power per busy core',
      'What one more busy core takes.',
      8,
      'W',
      numberControl(0, 200, 0.5),
    ),
    card(
      'hardwareUsd',
      'Price of the computer',
      'When it was bought.',
      1200,
      '$',
      numberControl(0, 100_000, 50, true),
    ),
    card('lifetimeYears', 'Years it is used', '', 4, 'years', numberControl(0.5, 15, 0.5)),
    card(
      'share',
      'Share of the computer',
      'The part of its rest and wear that this work is charged with.',
      round(shareOf(context)),
      '',
      numberControl(0.001, 1, 0.001),
    ),
  ];
}

/** The larger of its shares of the cores and of the memory. */
function shareOf({ mode, measurement, computer }: AssumptionContext): number {
  const memory =
    mode === 'service' ? (measurement.service?.idleMemoryBytes ?? 0) : measurement.peakMemoryBytes;
  const cores = mode === 'service' ? 0 : busyCoresOf(measurement) / computer.cores;
  return Math.min(1, Math.max(0.01, memory / computer.memoryBytes, cores));
}
