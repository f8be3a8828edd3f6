/** `np.load(…)`, `train_test_split(…)`, `print(…)`: calls of what was imported and of builtins. */

import { isBuiltin } from './builtins';
import {
  argumentAt,
  type CallSite,
  isGiven,
  keywordOf,
  noteEnvironment,
  noteOut,
} from './call-site';
import type { ObjectKind } from './heap';
import { type LibraryFunction, libraryFunction } from './library-facts';
import { isAddress } from './outside';
import { CONSTANT, codeInside, merge, objectValue, PLAIN, textValue, type Value } from './value';

export function callLibrary(path: string, site: CallSite): Value {
  const { follower, values, line } = site;
  const called = libraryFunction(path);
  if (!follower.isQuiet) noteEffects(called, site, follower.line(line));
  const inside = codeInside(values);
  if (inside.length > 0 && !NEVER_CALLS.has(path)) {
    follower.mayCall(inside, follower.world.heap.part(merge(values)), line);
  }
  if (called.changesFirst) {
    const how = `${shortName(path)}()`;
    follower.mutate(argumentAt(site, 0) ?? PLAIN, { line, how, certainty: 'surely' });
    if (path === 'builtins.setattr')
      follower.world.heap.putInto(argumentAt(site, 0) ?? PLAIN, merge(values.slice(1)));
  }
  noteOut(site);
  return resultOf(called, site);
}

const NEVER_CALLS = new Set([
  'builtins.print',
  'builtins.type',
  'builtins.id',
  'builtins.isinstance',
  'builtins.callable',
]);

const shortName = (path: string) => path.replace(/^builtins\./, '');

const SCALARS = new Set(
  (
    'len int float str bool complex bytes range abs round hash id ord chr hex oct bin repr format type isinstance ' +
    'issubclass hasattr callable all any print help input divmod pow'
  ).split(' '),
);

function resultOf(called: LibraryFunction, site: CallSite): Value {
  const { follower, values } = site;
  const { heap } = follower.world;
  const { path, builtin } = called;
  if (builtin !== null) {
    if (builtin === 'str' && values.length === 1) return textValue(values[0]?.text ?? null);
    if (SCALARS.has(builtin)) return CONSTANT;
    if (!isBuiltin(builtin)) return PLAIN;
  }
  if (called.isPath) return joined(values);
  if (called.place === 'here') return textValue('.');
  if (called.place === 'above') return textValue(parentOf(values[0]?.text ?? null));
  if (path === 'builtins.next') return heap.part(values[0] ?? PLAIN);
  const id = heap.make(kindOf(called, site));
  if (!called.keepsArguments)
    return isClassLike(path) ? objectValue(id, codeInside(values)) : objectValue(id);
  const isCopy = COPIES.test(path);
  for (const value of values) heap.put(id, isCopy ? heap.part(value) : value);
  return objectValue(id, codeInside(values));
}

/** They hold what their arguments hold. */
const COPIES =
  /^(?:builtins\.(?:list|tuple|set|frozenset|dict|sorted|reversed)|collections\.(?:deque|OrderedDict))$/;

/** `np.vectorize(f)`, `pd.Series(f)`: capitalised or not, what keeps a function can call it later. */
const isClassLike = (path: string) => /^(?:numpy\.vectorize|functools\.)/.test(path);

/** The folder above. */
export function parentOf(text: string | null): string | null {
  if (text === null || text === '') return null;
  if (/^\.{1,2}$|\/\.\.$|\/$/.test(text)) return `${text}/..`;
  const at = text.lastIndexOf('/');
  return at > 0 ? text.slice(0, at) : '.';
}

export function joined(values: readonly Value[]): Value {
  if (values.length === 0) return textValue('.');
  const texts = values.map((value) => value.text);
  return textValue(texts.every((text) => text !== null) ? texts.join('/') : null);
}

function kindOf(called: LibraryFunction, site: CallSite): ObjectKind | undefined {
  const { kind } = called;
  const isDrawing = kind === 'drawing' || kind === undefined;
  if (isDrawing && called.takesRandomState && !isGiven(keywordOf(site, 'random_state')))
    return 'unseeded';
  return kind;
}

function noteEffects(called: LibraryFunction, site: CallSite, at: number): void {
  const { follower } = site;
  const { record } = follower;
  const { path, effects } = called;
  if (called.builtin !== null || path.startsWith('builtins.')) noteBuiltin(called, site, at);
  else if (effects.unknowable !== null)
    record.noteUnknowable(at, effects.unknowable, !/import/.test(path));
  if (effects.isPlotting) record.isPlotting = true;
  if (effects.isShowing) record.isShowing = true;
  if (effects.isSetting) record.settingLines.add(at);
  if (effects.searchPath !== null) {
    const isFirst = effects.searchPath === 'insert';
    const folder = argumentAt(site, isFirst ? 1 : 0)?.text ?? null;
    record.noteSearchPath(at, folder, isFirst);
  }
  if (effects.asksEnvironment) {
    const name = argumentAt(site, 0)?.text;
    if (name) noteEnvironment(name, site.line, follower);
  }
  if (effects.isClock) record.noteClock(at, path);
  noteNetwork(called, site, at);
  noteFiles(called, site, at);
  noteRandomness(called, site, at);
}

function noteBuiltin({ path, effects }: LibraryFunction, site: CallSite, at: number): void {
  const { follower } = site;
  const { record } = follower;
  const reason = effects.unknowable;
  if (reason !== null && !isOfKnownNames(path, site))
    record.noteUnknowable(at, reason, !/import/.test(path));
  if (path === 'builtins.vars' && site.values.length === 0) {
    record.noteUnknowable(at, 'vars() reaches names by text, so which ones can’t be known.', true);
  }
  if (path.startsWith('builtins.get_ipython')) {
    record.noteUnknowable(at, 'get_ipython() is there in a notebook only.', true);
  }
  if (path !== 'builtins.setattr') return;
  const target = argumentAt(site, 0)?.module;
  const attribute = argumentAt(site, 1)?.text;
  if (target && attribute) follower.notePatch(`${target}.${attribute}`, site.line);
}

/** `exec(code, {})` has names of its own. */
function isOfKnownNames(path: string, site: CallSite): boolean {
  if (/^builtins\.(?:exec|eval)$/.test(path) && site.values.length > 1) return true;
  const text = path === 'builtins.eval' ? argumentAt(site, 0)?.text : null;
  if (!text || !site.follower.isAtTop) return false;
  for (const [name] of text.matchAll(/(?<![\w.])[A-Za-z_]\w*/g))
    if (site.follower.world.names.get(name)) site.follower.lookUp(name, site.line, null);
  return true;
}

function noteNetwork({ path, effects }: LibraryFunction, site: CallSite, at: number): void {
  if (!effects.isNetwork && effects.reads === null) return;
  const address = site.values.find((value) => isAddress(value.text))?.text ?? null;
  if (address !== null || effects.isNetwork) site.follower.record.noteNetwork(at, path, address);
}

function noteFiles({ path, effects }: LibraryFunction, site: CallSite, at: number): void {
  const { record } = site.follower;
  const { reads, writes } = effects;
  if (reads !== null) record.noteFile('filesRead', at, argumentAt(site, reads)?.text ?? null, path);
  if (writes !== null)
    record.noteFile('filesWritten', at, argumentAt(site, writes)?.text ?? null, path);
  if (!effects.isOpening) return;
  const mode = argumentAt(site, 1, 'mode')?.text ?? 'r';
  const name = argumentAt(site, 0)?.text ?? null;
  if (/[rR+]/.test(mode)) record.noteFile('filesRead', at, name, shortName(path));
  if (/[wax+]/.test(mode)) record.noteFile('filesWritten', at, name, shortName(path));
}

function noteRandomness({ name, last, effects }: LibraryFunction, site: CallSite, at: number) {
  const { record, world } = site.follower;
  const { stream } = effects;
  if (effects.givesAnotherEachTime)
    record.noteDraw({ line: at, source: `${name}()`, isSeeded: false, stream: null });
  switch (effects.random) {
    case 'seed':
      world.seeded.add(stream);
      record.noteDraw({ line: at, source: name, isSeeded: true, stream });
      return;
    case 'draw':
      record.noteDraw({ line: at, source: name, isSeeded: world.seeded.has(stream), stream });
      return;
    case 'generator':
      record.noteDraw({ line: at, source: name, isSeeded: site.values.length > 0, stream: null });
      return;
    case 'at once': {
      if (isGiven(keywordOf(site, 'random_state'))) return;
      const source = `${last}() without a random_state`;
      record.noteDraw({ line: at, source, isSeeded: world.seeded.has('numpy'), stream: 'numpy' });
    }
  }
}
