/** How a plan speaks of its changes and their price. */
import { formatUsd } from '../../shared/base/units';
import type { Change, DeployPlan } from '../../shared/deploy';

type Price = DeployPlan['total'];

export const CHANGE_SIGNS: Record<Change['kind'], string> = {
  create: '+',
  change: '~',
  remove: '−',
  keep: '=',
};

export const CHANGE_WORDS: Record<Change['kind'], string> = {
  create: 'create',
  change: 'change',
  remove: 'remove',
  keep: 'keep as it is',
};

export function priceWords(price: Price): string {
  switch (price.kind) {
    case 'free':
      return 'no cost by itself';
    case 'unknown':
      return 'unknown';
    case 'priced':
      return `${formatUsd(price.usd.likely)} a ${price.per}`;
  }
}

/** The one button that costs money says where and how much; the account stands in the plan above it. */
export function deployLabel(target: string, price: Price): string {
  switch (price.kind) {
    case 'free':
      return `Deploy · ${target} · no cost`;
    case 'unknown':
      return `Deploy · ${target} · price unknown`;
    case 'priced':
      return `Deploy · ${target} · about ${formatUsd(price.usd.likely)} a ${price.per}`;
  }
}
