import { expect, test } from 'vitest';
import { deployLabel, priceWords } from './deploy-words';

test('the button carries place and price, and an unknown one is said as unknown', () => {
  const usd = { low: 2, likely: 3.2, high: 5, isComplete: true };
  const prices = [
    { kind: 'priced', usd, per: 'month' },
    { kind: 'free' },
    { kind: 'unknown', why: 'nothing was measured' },
  ] as const;
  expect(prices.map((price) => [deployLabel('Docker engine', price), priceWords(price)])).toEqual([
    ['Deploy · Docker engine · about $3.20 a month', '$3.20 a month'],
    ['Deploy · Docker engine · no cost', 'no cost by itself'],
    ['Deploy · Docker engine · price unknown', 'unknown'],
  ]);
});
