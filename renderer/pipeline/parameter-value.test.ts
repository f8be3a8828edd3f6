import { expect, test } from 'vitest';
import { CellId } from '../../shared/base/ids';
import type { Parameter } from '../../shared/pipeline';
import { readValue, showValue } from './parameter-value';

const parameter = (type: Parameter['type'], more: Partial<Parameter> = {}): Parameter => ({
  name: 'p',
  type,
  defaultSource: '1',
  doc: '',
  cellId: CellId('a'),
  line: 1,
  origin: 'cell',
  ...more,
});

test('what is typed becomes Python source of the type, or a sentence', () => {
  const read = (type: Parameter['type'], text: string, more: Partial<Parameter> = {}) => {
    const typed = readValue(parameter(type, more), text);
    return typed.ok ? typed.source : `! ${typed.problem}`;
  };
  expect([
    read('int', ' 200 '),
    read('int', '2.5'),
    read('int', '5', { minimum: 10 }),
    read('float', '1e-3'),
    read('float', '9', { maximum: 1 }),
    read('bool', 'yes'),
    read('str', 'say "hi"'),
    read('date', '2026-13-40'),
    read('list', '[1, 2]'),
    read('secret', 'x'),
  ]).toEqual([
    '200',
    '! A whole number is needed.',
    '! At least 10 is needed.',
    '1e-3',
    '! At most 1 is allowed.',
    '! True or False is needed.',
    '"say \\"hi\\""',
    '! A date is needed, as 2026-11-21.',
    '[1, 2]',
    '! A secret is never written down; it is asked for when it runs.',
  ]);
});

test('texts are shown without their quotes', () => {
  expect([
    showValue('path', "'data.csv'"),
    showValue('str', '"a \\"b\\""'),
    showValue('int', '3'),
  ]).toEqual(['data.csv', 'a "b"', '3']);
});
