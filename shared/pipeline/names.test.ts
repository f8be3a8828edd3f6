/** Names bound, read and deleted: Python's scopes and IPython's syntax, a case a line. */
import { describe, expect, test } from 'vitest';
import { CellId } from '../base/ids';
import { analyseCells } from './analyse';
import type { CellFacts } from './facts';

function factsOf(...sources: string[]): CellFacts {
  const cells = sources.map((source, at) => ({
    id: CellId(`c${at}`),
    type: 'code' as const,
    source,
    tags: [],
  }));
  const last = analyseCells(cells).at(-1);
  if (!last) throw new Error('no cell');
  return last;
}

const names = (uses: readonly { name: string }[]) =>
  uses
    .map((use) => use.name)
    .sort()
    .join(' ');

/** Source, names read, names bound. */
const SCOPES: readonly [string, string, string][] = [
  ['a = b', 'b', 'a'],
  ['a = 1; a', '', 'a'],
  ['a += 1', 'a', 'a'],
  ['a = b = c', 'c', 'a b'],
  ['a, (b, *c), d.e, f[g] = h', 'd f g h', 'a b c'],
  ['a: int = b', 'b', 'a'],
  ['a: T', 'T', ''],
  ['x = [i for i in y if i > z]', 'y z', 'x'],
  ['x = {k: v for k, v in d.items()}', 'd', 'x'],
  ['x = sum(i * w for i in y)', 'w y', 'x'],
  ['x = [j for i in y for j in i]', 'y', 'x'],
  ['[last := i for i in y]', 'y', 'last'],
  ['if (n := len(x)) > 3: print(n)', 'x', 'n'],
  ['f(y := 3)\ny', 'f', 'y'],
  ['f = lambda a, b=d: a + b + c', 'd', 'f'],
  ['(lambda a: a + c)(1)', 'c', ''],
  ['def f(a, b=d): return a + b + c', 'd', 'f'],
  ['def f(a: T) -> R: pass', 'R T', 'f'],
  ['def f(): return c\nf()', 'c', 'f'],
  ['def f():\n  x = 1\n  def g(): return x + y\n  return g\nf()', 'y', 'f'],
  ['def f():\n  global g\n  g = 1\nf()', '', 'f g'],
  ['def f():\n  x = 1\n  def h():\n    nonlocal x\n    x = 2\n  h()\nf()', '', 'f'],
  ['def f(n): return f(n - 1)', '', 'f'],
  ['@dec(a)\ndef f(): pass', 'a dec', 'f'],
  ['@pkg.dec\nclass A(B, metaclass=M): x = y', 'B M pkg y', 'A'],
  ['class A:\n  x = 1\n  y = x\n  def m(self): return z', '', 'A'],
  ['class A:\n  def m(self): return z\nA().m()', 'z', 'A'],
  ['class A:\n  n = 2\n  v = [n for _ in r]', 'n r', 'A'],
  ['def f[T: Bound](a: T) -> T: return a', '', 'f'],
  ['type X[T] = list[T]', '', 'X'],
  ['for i, (j, *k) in x: y = i\nelse: z = 1', 'x', 'i j k y z'],
  ['for d["k"] in x: pass', 'd x', ''],
  ['while a: b = 1', 'a', 'b'],
  ['with open(p) as f, g() as (h, i): pass', 'g p', 'f h i'],
  ['with (open(a) as f, open(b) as g,):\n  f', 'a b', 'f g'],
  ['with lock as self.x: pass', 'lock self', ''],
  ['try:\n  a = 1\nexcept (E, F) as e:\n  print(e)\nfinally: b = 1', 'E F', 'a b e'],
  ['try:\n  a\nexcept* E: pass', 'E a', ''],
  [
    'match v:\n  case [a, *b] if c: pass\n  case P(x=1, y=d): pass\n  case _: pass',
    'P c v',
    'a b d',
  ],
  [
    'match v:\n  case {"k": w, **r}: pass\n  case M.N | 3: pass\n  case str() as s: pass',
    'M v',
    'r s w',
  ],
  ['import a.b.c, d as e', '', 'a e'],
  ['from .x import (y as z,\n  w)', '', 'w z'],
  ['from __future__ import annotations', '', 'annotations'],
  ['f"{a!r:>{w}} {b=} {[q for q in z]}"', 'a b w z', ''],
  ["f'{d[\"k\"]:.2f}' f'{e}'", 'd e', ''],
  ['t"{a}"', 'a', ''],
  ['print(*a, **b, sep=c)', 'a b c', ''],
  ['x[a:b, ::c] = y', 'a b c x y', ''],
  ['del a, b[0]', 'b', ''],
  ['assert a, b', 'a b', ''],
  ['raise A from b', 'A b', ''],
  ['await a\nasync for x in b: pass\nasync with c as d: pass', 'a b c', 'd x'],
  ['x = 1. + np.array([2., 3.e4])', 'np', 'x'],
  ['if a:\n  x = 1\nprint(x)', 'a', 'x'],
  ['if __name__ == "__main__":\n  x = y', 'y', 'x'],
  ['f(lambda *a, k=q, **kw: (a, k, kw, z))', 'f q z', ''],
  ['def f(a, /, b, *, c): return a, b, c, d\nf(1, 2, c=3)', 'd', 'f'],
  ['a[*b]', 'a b', ''],
  ['x = y if c else z', 'c y z', 'x'],
  ['x = yield_ = 1', '', 'x yield_'],
  ['é = ñ', 'ñ', 'é'],
];

test.each(SCOPES)('%s', (source, read, bound) => {
  const facts = factsOf(source);
  expect({ error: facts.error, read: names(facts.read), bound: names(facts.bound) }).toEqual({
    error: null,
    read,
    bound,
  });
});

/** Source, names read, names bound, effects of its magics. */
const IPYTHON: readonly [string, string, string, string][] = [
  ['%matplotlib inline\nx = y', 'y', 'x', 'dropped'],
  ['%time x = f(y)', 'f y', 'x', 'python'],
  ['%timeit -n 10 -r3 f(y)', 'f y', '', 'python'],
  ['if a:\n    %time x = b', 'a b', 'x', 'python'],
  ['%%time\nx = y', 'y', 'x', 'python'],
  ['%%timeit\nx = y', 'y', '', 'python'],
  ['# remark\n%%capture out\nx = y', 'y', 'out x', 'python'],
  ['%%bash\necho $HOME', '', '', 'shell'],
  ['%%writefile a.py\nimport x', '', '', 'rewritten'],
  ['%%file -a "a b.txt"\nx', '', '', 'rewritten'],
  ['%%writefile {name}\nx', '', '', 'unsupported'],
  ['%%writefile a.py', '', '', 'unsupported'],
  ['%cd ../data', '', '', 'rewritten'],
  ['cd data/raw', '', '', 'rewritten'],
  ['%cd -', '', '', 'unsupported'],
  ['%cd ~/data', '', '', 'unsupported'],
  ['%env A=$x-{y.name}', 'x y', '', 'rewritten'],
  ['%env A={1: 2}', '', '', 'unsupported'],
  ['%env A', '', '', 'dropped'],
  ['pip install -q pandas', '', '', 'install'],
  ['%pushd data', '', '', 'unsupported'],
  ['%%html\n<b>x</b>', '', '', 'dropped'],
  ['!pip install -q "pandas>=2" scikit-learn\nx = y', 'y', 'x', 'install'],
  ['files = !ls {folder} $mask', 'folder mask', 'files', 'shell'],
  ['if a:\n  !ls', 'a', '', 'shell'],
  ['x = %pwd', '', 'x', 'unsupported'],
  ['?x\ny = 1', '', 'y', 'dropped'],
  ['df.head?', '', '', 'dropped'],
  ['x = (a\n % b)', 'a b', 'x', ''],
  ['s = """\n%time no\n!no\n"""', '', 's', ''],
  ['x = a \\\n  % b', 'a b', 'x', ''],
  ['  x = 1\n  y = x', '', 'x y', ''],
  ['>>> x = y\n>>> z = x', 'y', 'x z', ''],
  ['x = "a?"', '', 'x', ''],
  ['x != y', 'x y', '', ''],
];

test.each(IPYTHON)('%s', (source, read, bound, effects) => {
  const facts = factsOf(source);
  expect({
    error: facts.error,
    read: names(facts.read),
    bound: names(facts.bound),
    effects: facts.magics.map((magic) => magic.effect).join(' '),
  }).toEqual({ error: null, read, bound, effects });
});

describe('what Python cannot read is said with its line', () => {
  test.each([
    ['x = 1\nprint "hello"', 2, /Python 2: print needs parentheses/],
    ['exec "x = 1"', 1, /Python 2: exec needs parentheses/],
    ['try:\n  pass\nexcept ValueError, e:\n  pass', 3, /Python 2/],
    ['raise ValueError, "x"', 1, /Python 2/],
    ['x = (1,\n', 1, /ends before/],
    ['x = 1\nfor i in range(3) print(i)', 2, /cannot read this line/],
    ['y = `x`', 1, /cannot read this line/],
  ])('%s', (source, line, message) => {
    expect(factsOf(source).error).toEqual({ line, message: expect.stringMatching(message) });
  });
});

/** Earlier cells, the last cell, what it reads. */
const ACROSS: readonly [string[], string, string][] = [
  [['K = 1\ndef f(): return K'], 'f()', 'K f'],
  [['def g(): return K', 'def f(): return g()'], 'f()', 'K f g'],
  [['def f(): return later()'], 'def later(): return L\nf()', 'L f'],
  [['class A:\n  def __init__(self): self.k = K\n  def m(self): return M'], 'A()', 'A K M'],
  [['class A:\n  def m(self): return M', 'a = A()'], 'a.m()', 'M a'],
  [['class B:\n  def m(self): return M', 'class A(B): pass'], 'A().m()', 'A M'],
  [
    ['def deco(f):\n  def inner(*a): return f(*a) + W\n  return inner'],
    '@deco\ndef g(): return V\ng()',
    'V W deco',
  ],
  [['f = lambda x: x + K'], 'list(map(f, [1]))', 'K f'],
  [['def f(): return K', 'h = f'], 'h()', 'K h'],
  [['def f(): return K', 'fs = [f]'], 'fs[0]()', 'K fs'],
  [['def make():\n  def inner(): return K\n  return inner', 'g = make()'], 'g()', 'K g'],
  [['def f(K): return K'], 'f(1)', 'f'],
  [['K = 1\ndef f(): return K'], 'K = 2\nf()', 'f'],
  [['def f(x, y=D): return x'], 'f(1)', 'f'],
  [['if a:\n  x = 1\nelse:\n  x = 2'], 'x', 'x'],
  [['from functools import partial\ndef f(a): return K', 'p = partial(f, 1)'], 'p()', 'K p'],
  [['sum = 3'], 'sum', 'sum'],
  [[], 'print', ''],
];

test.each(ACROSS)('after %j: %s', (before, source, read) => {
  expect(names(factsOf(...before, source).read)).toBe(read);
});

test('what cannot be known is said', () => {
  const reasons = [
    'exec(code)',
    'eval("x" + y)',
    'globals()["x"] = 1',
    'from m import *',
    '%run other.py',
    'x = input()',
  ];
  expect(reasons.map((source) => factsOf(source).unknowable.length)).toEqual([1, 1, 1, 1, 1, 1]);
});

test('one edit keeps what the other cells said', async () => {
  const { createAnalyser } = await import('./analyse');
  const analyser = createAnalyser();
  const cell = (id: string, source: string) => ({
    id: CellId(id),
    type: 'code' as const,
    source,
    tags: [],
  });
  analyser.analyse([cell('a', 'x = 1'), cell('b', 'y = x')]);
  const [, second] = analyser.analyse([cell('a', 'z = 1'), cell('b', 'y = x')]);
  expect(names(second?.read ?? [])).toBe('x');
});
