import { expect, test } from 'vitest';
import { findLiterals, suggestName } from './literals';

test('literals are found where they stand, comments and texts that stand alone are not', () => {
  const source =
    '"""About"""\n# 12 trees\nmodel = Forest(n_estimators=200, name="a b")\nif True: x = 0.25';
  const found = findLiterals(source);
  expect(
    found.map((literal) => [literal.text, literal.line, suggestName(source, literal)]),
  ).toEqual([
    ['200', 3, 'n_estimators'],
    ['"a b"', 3, 'name'],
    ['True', 4, ''],
    ['0.25', 4, 'x'],
  ]);
  expect(found[3]?.context).toBe('if True: x = 0.25');
});
