import { expect, test } from 'vitest';
import {
  type Change,
  type ChangePrice,
  type Resource,
  type ResourcePrice,
  totalDetails,
} from '../../../shared/deploy';
import { PRICED as BASE } from '../testing/target-kit';
import { planPrice, totalOf } from './plan-price';

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

const range = (likely: number) => ({ low: likely, likely, high: likely });
const lineOf = (id: string, kind: 'fixed' | 'usage', likely: number) => ({
  ...{ id, kind, label: id, quantity: 1, unit: '', price: likely, usd: likely },
  ...{ range: range(likely), basis: 'assumed' as const, how: '', source: null, date: null },
  ...{ region: null, staleness: null },
});
const PRICED = {
  ...BASE,
  perMonth: { ...range(12), isComplete: true },
  lines: [lineOf('vcpu', 'usage', 7), lineOf('registry', 'fixed', 5)],
};
const registry = (price: ResourcePrice): Resource => ({
  ...{ kind: 'registry', name: 'ours', what: 'Registry ours', detail: '', spec: {}, price },
});

test('a registry that is there already is not priced again', () => {
  const own = registry({ kind: 'lines', ids: ['registry'] });
  const there = registry({ kind: 'there', ids: ['registry'] });
  expect([
    planPrice('service', PRICED, [own], []),
    planPrice('service', PRICED, [there], []),
  ]).toEqual([
    {
      total: { kind: 'priced', usd: { ...range(12), isComplete: true }, per: 'month' },
      fixedUsd: 5,
    },
    {
      total: { kind: 'priced', usd: { ...range(7), isComplete: true }, per: 'month' },
      fixedUsd: 0,
    },
  ]);
});

test('a total says its range, what of it is fixed and what it costs now', () => {
  expect(totalDetails({ total, fixedUsd: 1.5, before: total })).toEqual([
    '$1.00 to $3.00',
    '$1.50 fixed, $0.50 by use',
    'now $2.00 a month',
  ]);
  expect(totalDetails({ total, fixedUsd: 0, before: null })[1]).toBe('all of it by use');
  expect(totalDetails({ total, fixedUsd: 2, before: null })[1]).toBe('fixed: used or not');
});
