import { expect, test } from 'vitest';
import { deployLabel, priceWords } from './deploy-words';

test('the button carries the price, and an unknown one is said as unknown', () => {
  const usd = { low: 2, likely: 3.2, high: 5, isComplete: true };
  const prices = [
    { kind: 'priced', usd, per: 'month' },
    { kind: 'free' },
    { kind: 'unknown', why: 'nothing was measured' },
  ] as const;
  expect(prices.map((price) => [deployLabel(price), priceWords(price)])).toEqual([
    ['Deploy for about $3.20 a month', '$3.20 a month'],
    ['Deploy at no cost', 'no cost by itself'],
    ['Deploy, price unknown', 'unknown'],
  ]);
});
