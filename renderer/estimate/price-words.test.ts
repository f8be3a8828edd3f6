import { expect, test } from 'vitest';
import { formatAmount, formatQuantity, formatUnitPrice, priceOrUnknown } from './price-words';

test('quantities and prices keep the digits that matter, and unknown is not zero', () => {
  expect({
    quantities: [1051200, 0.4, 0.00125, 99.999].map(formatQuantity),
    amounts: [
      formatAmount(2, 'GiB-second'),
      formatAmount(1, 'request'),
      formatAmount(7, 'hour of a computer'),
      formatAmount(3, 'kWh'),
    ],
    prices: [0.000024, 0.0000025, 0.4, 12, 0].map(formatUnitPrice),
    totals: [null, 0, 31.2].map(priceOrUnknown),
  }).toEqual({
    quantities: ['1\u202f051\u202f200', '0.4', '0.00125', '100'],
    amounts: ['2 GiB-seconds', '1 request', '7 hours of a computer', '3 kWh'],
    prices: ['$0.000024', '$0.0000025', '$0.40', '$12.00', '$0.00'],
    totals: ['unknown', '$0.00', '$31.20'],
  });
});
