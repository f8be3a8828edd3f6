/** AWS Lambda: a service billed by the millisecond of each request, times its memory. One request at a time in each instance. */
import type { Fit } from './estimate';
import { imageLine } from './fargate';
import { type LineDraft, product } from './lines';
import { lambdaGbSeconds } from './quantities';
import { LAMBDA_MB, lambdaSize, type Size } from './sizes';
import type { Spread } from './spread';
import {
  assumedStart,
  basisFrom,
  beyondFree,
  bookPrice,
  COMMON_LEFT_OUT,
  cloudRequestSeconds,
  fitOf,
  type TargetDraft,
} from './target-draft';
import type { Period, Usage } from './usage';

/** Per account and month, for good. */
const FREE = { gbSeconds: 400_000, requests: 1_000_000 };
const NONE = { gbSeconds: 0, requests: 0 };
const MOST_SECONDS = 900;
/** After that the start is begun again, within the first request's time. */
const INIT_SECONDS = 10;
const MOST_IMAGE_GB = 10;
const LIMITS =
  'A request and its answer hold at most 6 MB each and take at most 15 minutes; only /tmp can be written to.';

export function draftLambda(usage: Usage, period: Period): TargetDraft {
  const size = lambdaSize(usage);
  const fit = fitFor(usage, size);
  const begin = usage.serviceStartSeconds;
  return {
    product: 'Lambda function from the image, x86, behind a function URL',
    region: usage.regions.aws,
    fit,
    startTime: assumedStart(
      [1 + begin, 4 + begin, 15 + begin * 2],
      'Assumed: a cold start loads the image and imports the libraries.',
    ),
    lines: size && fit.kind === 'fits' && period.kind === 'month' ? linesOf(usage, size) : [],
    leftOut: [...COMMON_LEFT_OUT, 'Start-up time of new instances, which is billed too'],
    notes:
      usage.mode === 'service'
        ? [
            'Each instance takes one request at a time; none is kept ready.',
            ...(begin > INIT_SECONDS
              ? [
                  'It starts in more than the 10 seconds Lambda gives: the first request waits longer.',
                ]
              : []),
          ]
        : [],
  };
}

function fitFor(usage: Usage, size: Size | null): Fit {
  const no = (reason: string): Fit => ({ kind: 'does-not-fit', reason });
  if (usage.mode !== 'service') {
    return no('Slipway puts services on Lambda. For a job, take Fargate.');
  }
  if (cloudRequestSeconds(usage).likely > MOST_SECONDS) {
    return no('One request takes longer than the 15 minutes Lambda gives it.');
  }
  if (usage.imageGb.likely > MOST_IMAGE_GB) {
    return no('Its image is larger than the 10 GB Lambda takes.');
  }
  const fit = fitOf(size, usage, LAMBDA_MB.most / 1024);
  return fit.kind === 'fits' ? { ...fit, reason: `${fit.reason} ${LIMITS}` } : fit;
}

function linesOf(usage: Usage, size: Size): LineDraft[] {
  const free = usage.hasFreeTier ? FREE : NONE;
  const each = cloudRequestSeconds(usage);
  const at = (corner: keyof Spread) =>
    lambdaGbSeconds({
      requestsPerMonth: usage.requestsPerMonth[corner],
      secondsPerRequest: each[corner],
      memoryGib: size.memoryGib,
    });
  const gbSeconds = { low: at('low'), likely: at('likely'), high: at('high') };
  const less = (amount: number) => (amount > 0 ? ` − ${amount.toLocaleString('en-US')} free` : '');
  const price = (sku: string) => bookPrice('aws', 'lambda', sku, usage.regions.aws);
  return [
    {
      id: 'duration',
      label: 'Time of requests, times memory',
      kind: 'usage',
      quantity: beyondFree(gbSeconds, free.gbSeconds),
      unit: 'GB-second',
      price: price('duration-x86-tier1'),
      basis: basisFrom(usage, 'use.requestsPerSecond', 'run.msPerRequest'),
      how:
        product(
          [usage.requestsPerMonth.likely, 'requests'],
          [each.likely, 's'],
          [size.memoryGib, 'GB'],
        ) + less(free.gbSeconds),
    },
    {
      id: 'requests',
      label: 'Requests',
      kind: 'usage',
      quantity: beyondFree(usage.requestsPerMonth, free.requests),
      unit: 'request',
      price: price('requests'),
      basis: usage.basisOf('use.requestsPerSecond'),
      how: product([usage.requestsPerMonth.likely, 'requests a month']) + less(free.requests),
    },
    imageLine(usage),
  ];
}
