/** `x.method(…)`: what its name tells of what it does to `x`, to the arguments and to files. */

import { type CallSite, callClosure, isTrue, keywordOf, methodOf, noteOut } from './call-site';
import { joined } from './library-calls';
import {
  DRAWING,
  KEEPING,
  MUTATING,
  PURE,
  READS_FILE,
  RETURNS_SELF,
  VIEWING,
  WRITES_FILE,
  WRITES_ONLY_WITH_PATH,
} from './methods';
import { type Closure, codeInside, merge, type Value } from './value';

export function callMethod(base: Value, name: string, site: CallSite): Value {
  const own = methodOf(base, name);
  if (own) return callClosure(own, takesFirst(own, base) ? [base] : [], site);
  const { follower, values, line } = site;
  if (name === 'cache_info' && !follower.isQuiet) follower.record.noteUnknowable(line, CACHE, true);
  const { heap } = follower.world;
  noteFiles(base, name, site);
  noteDraws(base, name, site);
  const inside = codeInside(values);
  if (inside.length > 0) follower.mayCall(inside, heap.part(merge([base, ...values])), line);
  noteChange(base, name, site);
  if (KEEPING.has(name)) for (const value of values) heap.putInto(base, value);
  return resultOf(base, name, site);
}

const CACHE =
  'cache_info() tells of all calls of the notebook, and a function that keeps a cache of its results has a new one in each step. Leave the call out, or skip the cell.';

/** An object's method gets the object; a class's own function gets the class where its first parameter says so. */
function takesFirst(own: Closure, base: Value): boolean {
  if (!isClass(base)) return true;
  const [first] = own.code.kind === 'function' ? own.code.params : [];
  return first === 'cls' || first === 'klass';
}

const isClass = (base: Value) => base.code.some((each) => each.role === 'itself');

function noteChange(base: Value, name: string, site: CallSite): void {
  const { follower, line } = site;
  const how = `.${name}()`;
  if (isTrue(keywordOf(site, 'inplace'))) {
    follower.mutate(base, { line, how: `.${name}(inplace=True)`, certainty: 'surely' });
    return;
  }
  const { heap } = follower.world;
  const isOwnStream = heap.hasKind(base, 'random') || heap.hasKind(base, 'iterator');
  if (isOwnStream || MUTATING.has(name)) follower.mutate(base, { line, how, certainty: 'surely' });
  else if (!PURE.has(name) && !VIEWING.has(name)) {
    follower.mutate(base, { line, how, certainty: 'possibly' });
  }
  const [first] = site.values;
  if (first && name === 'shuffle')
    follower.mutate(first, { line, how: 'shuffle()', certainty: 'surely' });
  noteOut(site);
}

/** `ax.get_title()` is a text, `ax.get_figure()` a drawing. */
const ASKS_DRAWING = /^get_(?!figure|axes|lines|legend|patches|children|.*(?:axis|lines|artists)$)/;

function resultOf(base: Value, name: string, site: CallSite): Value {
  const { follower } = site;
  const { heap } = follower.world;
  if (base.text !== null && /^(?:resolve|absolute|as_posix|expanduser)$/.test(name)) return base;
  if (base.text !== null && name === 'joinpath') return joined([base, ...site.values]);
  if (heap.hasKind(base, 'random')) return follower.hold([]);
  if (heap.isDrawing(base)) return ASKS_DRAWING.test(name) ? follower.hold([]) : heap.part(base);
  if (RETURNS_SELF.has(name)) return base;
  if (VIEWING.has(name))
    return merge([heap.part(base), ...site.values.map((each) => heap.part(each))]);
  if (PURE.has(name) || MUTATING.has(name))
    return follower.hold(name === 'pop' ? [heap.part(base)] : []);
  return merge([heap.part(base), follower.hold(site.values)]);
}

function noteFiles(base: Value, name: string, site: CallSite): void {
  const { record } = site.follower;
  if (site.follower.isQuiet) return;
  const line = site.follower.line(site.line);
  const path = site.values[0]?.text ?? null;
  const isPathItself = base.text !== null && !WRITES_ONLY_WITH_PATH.has(name);
  if (READS_FILE.has(name)) record.noteFile('filesRead', line, base.text ?? path, name);
  if (name === 'mkdir') record.noteFile('filesWritten', line, base.text, name);
  if (!WRITES_FILE.has(name)) return;
  if (WRITES_ONLY_WITH_PATH.has(name) && site.values.length === 0) return;
  const isOwnPath = /^(?:write_text|write_bytes|touch)$/.test(name);
  record.noteFile('filesWritten', line, isPathItself || isOwnPath ? base.text : path, name);
}

function noteDraws(base: Value, name: string, site: CallSite): void {
  const { follower } = site;
  if (follower.isQuiet || !DRAWING.has(name) || keywordOf(site, 'random_state')) return;
  if (!follower.world.heap.hasKind(base, 'unseeded')) return;
  follower.record.noteDraw({
    line: follower.line(site.line),
    source: `${name}() without a random_state`,
    isSeeded: follower.world.seeded.has('numpy'),
    stream: 'numpy',
  });
}
