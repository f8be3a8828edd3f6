import { expect, test } from 'vitest';
import { indentCode, parseCell, surelyBound } from './statements';

test('lines that begin inside a string stay where they are', () => {
  const source = `x = """one
two
"""
if x:
    y = f'''{
x}
 three'''

z = (1,
  2)`;
  expect(indentCode(source, '    ')).toBe(`    x = """one
two
"""
    if x:
        y = f'''{
x}
 three'''

    z = (1,
      2)`);
});

test('a name is surely bound by what always runs', () => {
  const source =
    'a, (b, *c) = d = e\nx: int = 1\ny: int\nif a: f = 1\nfor g in a: pass\ndef h(): pass\n@i\nclass J: pass\nk.l = 1\nm[0] = 1';
  const parsed = parseCell(source);
  expect(parsed.statements.flatMap((each) => surelyBound(each, source))).toEqual([
    'a',
    'b',
    'c',
    'd',
    'x',
    'h',
    'J',
  ]);
});
