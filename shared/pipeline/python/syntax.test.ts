/** Python 3.8 to 3.14 and IPython, a form a line: what the cell reads and what it binds. */
import { expect, test } from 'vitest';
import { CellId } from '../../base/ids';
import { analyseCells } from '../analyse';

function seen(source: string) {
  const [facts] = analyseCells([{ id: CellId('c'), type: 'code', source, tags: [] }]);
  const words = (uses: readonly { name: string }[] = []) =>
    uses
      .map(({ name }) => name)
      .sort()
      .join(' ');
  return { error: facts?.error ?? null, read: words(facts?.read), bound: words(facts?.bound) };
}

/** What it is, source, names read, names bound. */
const FORMS: readonly [string, string, string, string][] = [
  ['match on a sequence', 'match v:\n  case [a, *b] if c: pass\n  case _: pass', 'c v', 'a b'],
  ['match on a class', 'match v:\n  case P(x, y=M.N) | Q(): pass', 'M P Q v', 'x'],
  ['match on a mapping', 'match v, w:\n  case {"k": -1 + 2j, **r}: pass', 'v w', 'r'],
  ['match as a name', 'match = f(match)\nmatch[0] = case\nprint(match.x)', 'case f match', 'match'],
  ['walrus', 'if (n := f(x)) and [y := 1, n]: pass', 'f x', 'n y'],
  ['walrus in an index and a call', 'a[i := 0]\nf(j := 1, k=j)', 'a f', 'i j'],
  ['type parameters', 'def f[T: B, *Ts, **P](a: T, *b: *Ts) -> list[T]: return a', '', 'f'],
  ['type parameters of a class', 'class A[T](Base[T]):\n  x: T = y', 'Base y', 'A'],
  ['type defaults', 'class A[T = int](Base): pass', 'Base', 'A'],
  ['type statement', 'type X[T] = list[T] | Y', '', 'X'],
  ['type as a name', 'type = 1\nx = type(y)', 'y', 'type x'],
  ['nested quotes', `f'{d['k']} {f"{e["x"]!r:>{w}}"}'`, 'd e w', ''],
  ['f-string over lines', 'f"{\n  a +  # why\n  b\n}"', 'a b', ''],
  [
    'f-string marks',
    'f"{a=} {b = !s} {c!r:^{d}} {{no}} {e != g} {(lambda: h)()}"',
    'a b c d e g h',
    '',
  ],
  ['f-string formats', "f'{t:%H:%M} {x:{{y}}}'", 't x y', ''],
  ['t-string', 't"{a}" rt"\\d{b:{c}}" T\'{d}\'', 'a b c d', ''],
  ['raw and bytes', "rb'\\\\' + br'{x}' + u'{y}'", '', ''],
  ['named escape', 'f"\\N{BULLET} {a}"', 'a', ''],
  ['except star', 'try: a\nexcept* (E, F) as g: pass', 'E F a', 'g'],
  ['except without parentheses', 'try: a\nexcept TypeError, ValueErr: pass', 'ValueErr a', ''],
  ['parenthesised with', 'with (open(p) as f, g() as (h, i),): pass', 'g p', 'f h i'],
  ['with a tuple', 'with (a, b): pass\nwith (a): pass\nwith (a).b as c.d: pass', 'a b c', ''],
  ['positional only', 'def f(a, /, b=c, *, d: T = e, **k): return a', 'T c e', 'f'],
  ['async', 'async def f():\n  async with a as b: pass\n  return [x async for x in b]', '', 'f'],
  [
    'await at the top',
    'x = await f()\nasync for i in g(): pass\n[await j async for j in k]',
    'f g k',
    'i x',
  ],
  ['any decorator', '@a[0].b(c := 1)\n@lambda f: f\ndef g(): pass', 'a', 'c g'],
  ['lambda defaults', 'f = lambda a, *b, c=d, **e: (a, b, c, e, g)', 'd', 'f'],
  ['star in an index', 'a[*b, 1:c]', 'a b c', ''],
  ['star in a return', 'def f(): return *a, b\nf()', 'a b', 'f'],
  ['star in a loop', 'for x in *a, *b: pass', 'a b', 'x'],
  ['numbers', 'x = 1_000 + 0xFF_f + 1.e3 + .5j + 1. + 0b1 + 1if y else 2', 'y', 'x'],
  ['ellipsis and matrix', 'x = a[..., 0] @ b; x @= c', 'a b c', 'x'],
  ['names beyond ASCII', 'größe = ﬁn + 变量', 'fin 变量', 'größe'],
  ['one name in two writings', 'ﬁ = 1\nfi', '', 'fi'],
  ['continued lines', 'x = a + \\\n  b\nassert x, \\\n  c', 'a b c', 'x'],
  ['tabs', 'if a:\n\tx = 1\n\tif b:\n\t\ty = 2\nz = 3', 'a b', 'x y z'],
  ['byte-order mark', '\ufeffx = a', 'a', 'x'],
  ['form feed', 'x = 1\n\f\ny = a', 'a', 'x y'],
  ['Windows line ends', 'if a:\r\n  x = """b\r\nc"""\r\ny = x', 'a', 'x y'],
  ['semicolons', 'x = 1; y = a; import os; del x', 'a', 'os x y'],
  ['empty blocks', 'class A: ...\ndef f(): """doc"""\nif a: pass', 'a', 'A f'],
  ['chained comparison', 'a < b <= c is not d not in e', 'a b c d e', ''],
  ['conditional lambda', 'f = (lambda: a) if b else (lambda: c)', 'b', 'f'],
  ['dict and set', '{**a, "k": b, c: d} | {e, *f}', 'a b c d e f', ''],
  ['generator argument', 'f(x for x in a if x)\nsum(i for i in b)', 'a b f', ''],
  ['global inside', 'def f():\n  global g\n  g = a\nf()', 'a', 'f g'],
  ['help', 'x?\n?y\nz??\n%timeit?\na = b', 'b', 'a'],
  ['shell value', 'files = !ls {folder} $more', 'folder more', 'files'],
  ['cell capture', '%%capture out\nx = a', 'a', 'out x'],
  ['cell time', '%%time\nx = a', 'a', 'x'],
  ['cell timeit', '%%timeit\nx = a', 'a', ''],
  ['line time', '%time x = f(y)', 'f y', 'x'],
  ['value of a magic', 'x = %time f(y)', 'f y', 'x'],
  ['prompts', '>>> x = a\n... ', 'a', 'x'],
];

test.each(FORMS)('%s', (_what, source, read, bound) => {
  expect(seen(source)).toEqual({ error: null, read, bound });
});

const REFUSED: readonly [string, string, number][] = [
  ['a string that is not closed', 'x = 1\ny = "a', 2],
  ['a bracket that is not closed', 'x = (1,\ny', 1],
  ['brackets that do not match', 'x = (1]', 1],
  ['an indent from nowhere', 'if a:\n    b\n  c', 3],
  ['print of Python 2', 'x = 1\nprint "a"', 2],
  ['return at the top', 'x = 1\nreturn x', 2],
  ['nothing to assign to', 'f() = 1', 1],
  ['a number of Python 2', 'x = 0777', 1],
];

test.each(REFUSED)('%s is refused where it stands', (_what, source, line) => {
  const { error, ...names } = seen(source);
  expect({ ...names, hasMessage: (error?.message.length ?? 0) > 20 }).toEqual({
    read: '',
    bound: '',
    hasMessage: true,
  });
  expect(Math.abs((error?.line ?? 0) - line)).toBeLessThanOrEqual(1);
});
