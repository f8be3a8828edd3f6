import { expect, test } from 'vitest';
import type { Change, ChangePrice } from '../../../shared/deploy';
import { totalOf } from './plan-parts';

const usd = { low: 1, likely: 2, high: 3, isComplete: true };
const total: ChangePrice = { kind: 'priced', usd, per: 'month' };
const line = (price: ChangePrice): Change => ({
  ...{ id: 'log-group/a', kind: 'create', what: 'Log group a', detail: '' },
  price,
});

test('a total without the price of one line does not pass for the whole', () => {
  const unknown = line({ kind: 'unknown', why: 'The price book does not have it.' });
  expect([
    totalOf(total, [line({ kind: 'free' }), line(total)]),
    totalOf(total, [line(total), unknown]),
  ]).toEqual([total, { ...total, usd: { ...usd, isComplete: false } }]);
});
