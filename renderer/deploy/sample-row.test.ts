import { expect, test } from 'vitest';
import { findRow, prettyJson, readField, replaceRow } from './sample-row';

test('the one row of a request is found wherever it stands and put back in place', () => {
  const body = { rows: [{ age: 41, plan: 'pro' }] };
  const found = findRow(body);
  expect({
    found,
    changed: found && replaceRow(body, found, { age: 42, plan: 'pro' }),
    flat: findRow({ x: 1 })?.path,
    none: [findRow([1, 2]), findRow({ rows: [{ a: 1 }, { a: 2 }] }), findRow('text'), findRow({})],
  }).toEqual({
    found: { path: ['rows', 0], row: { age: 41, plan: 'pro' }, isList: false },
    changed: { rows: [{ age: 42, plan: 'pro' }] },
    flat: [],
    none: [null, null, null, null],
  });
});

test('a field keeps the kind of value it had', () => {
  expect([
    readField(1, '2.5'),
    readField(1, 'many'),
    readField('a', '7'),
    readField(true, 'false'),
    readField(null, ''),
    readField(null, '3'),
  ]).toEqual([2.5, 'many', '7', false, null, 3]);
});

test('a row without names has numbered columns and goes back as a list', () => {
  const body = { rows: [[52, 'pro']] };
  const found = findRow(body);
  expect({
    row: found?.row,
    changed: found && replaceRow(body, found, { ...found.row, 'column 1': 53 }),
    text: prettyJson(body),
  }).toEqual({
    row: { 'column 1': 52, 'column 2': 'pro' },
    changed: { rows: [[53, 'pro']] },
    text: '{\n  "rows": [\n    [52, "pro"]\n  ]\n}',
  });
});
