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
import {
  CHANGES_FIRST,
  drawsAtOnce,
  givesAnotherEachTime,
  HANDLES,
  ITERATORS,
  RANDOM_GENERATORS,
  streamOf,
} from './library';
import {
  drawsGlobally,
  isClock,
  isNetwork,
  isPlotting,
  isSeed,
  isSetting,
  keepsArguments,
  readArgument,
  takesRandomState,
  unknowableReason,
  writeArgument,
} from './library-facts';
import { isAddress } from './outside';
import { CONSTANT, codeInside, merge, objectValue, PLAIN, textValue, type Value } from './value';

export function callLibrary(path: string, site: CallSite): Value {
  const { follower, values, line } = site;
  const at = follower.line(line);
  if (!follower.isQuiet) noteEffects(path, site, at);
  const inside = codeInside(values);
  if (inside.length > 0 && !NEVER_CALLS.has(path)) {
    follower.mayCall(inside, follower.world.heap.part(merge(values)), line);
  }
  if (CHANGES_FIRST.has(path)) {
    const how = `${shortName(path)}()`;
    follower.mutate(argumentAt(site, 0) ?? PLAIN, { line, how, certainty: 'surely' });
    if (path === 'builtins.setattr')
      follower.world.heap.putInto(argumentAt(site, 0) ?? PLAIN, merge(values.slice(1)));
  }
  noteOut(site);
  return resultOf(path, site);
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

function resultOf(path: string, site: CallSite): Value {
  const { follower, values } = site;
  const { heap } = follower.world;
  const [root, last = ''] = path.split('.');
  if (root === 'builtins' && path.split('.').length === 2) {
    if (last === 'str' && values.length === 1) return textValue(values[0]?.text ?? null);
    if (SCALARS.has(last)) return CONSTANT;
    if (!isBuiltin(last)) return PLAIN;
  }
  if (
    /^(?:pathlib\.(?:Pure)?(?:Posix|Windows)?Path|os\.path\.(?:join|abspath|expanduser|normpath|realpath))$/.test(
      path,
    )
  ) {
    return joined(values);
  }
  if (path === 'os.getcwd' || /^pathlib\.(?:Posix|Windows)?Path\.cwd$/.test(path))
    return textValue('.');
  if (path === 'os.path.dirname') return textValue(parentOf(values[0]?.text ?? null));
  if (path === 'builtins.next') return heap.part(values[0] ?? PLAIN);
  const kind = kindOf(path, site);
  const id = heap.make(kind);
  if (!keepsArguments(path)) return objectValue(id, isClassLike(path) ? codeInside(values) : []);
  for (const value of values) heap.put(id, value);
  return objectValue(id, codeInside(values));
}

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

function kindOf(path: string, site: CallSite): ObjectKind | undefined {
  if (RANDOM_GENERATORS.has(path)) return 'random';
  if (HANDLES.has(path)) return 'handle';
  if (ITERATORS.has(path)) return 'iterator';
  if (takesRandomState(path) && !isGiven(keywordOf(site, 'random_state'))) return 'unseeded';
  if (isPlotting(path)) return 'drawing';
  return undefined;
}

function noteEffects(path: string, site: CallSite, at: number): void {
  const { follower } = site;
  const { record } = follower;
  const reason = unknowableReason(path);
  if (reason !== null && !isOfKnownNames(path, site))
    record.noteUnknowable(at, reason, !/import/.test(path));
  if (path === 'builtins.vars' && site.values.length === 0) {
    record.noteUnknowable(at, 'vars() reaches names by text, so which ones can’t be known.', true);
  }
  if (path.startsWith('builtins.get_ipython')) {
    record.noteUnknowable(at, 'get_ipython() is there in a notebook only.', true);
  }
  const target = path === 'builtins.setattr' ? argumentAt(site, 0)?.module : null;
  const attribute = argumentAt(site, 1)?.text;
  if (target && attribute) follower.notePatch(`${target}.${attribute}`, site.line);
  if (isPlotting(path)) record.isPlotting = true;
  if (path === 'builtins.print' || path.startsWith('builtins.display')) record.isShowing = true;
  if (
    /^(?:requests|urllib|httpx|subprocess|os\.(?:system|popen)|shutil|socket|smtplib|time\.sleep)\b/.test(
      path,
    )
  ) {
    record.hasOtherEffects = true;
  }
  if (isSetting(path)) record.settingLines.add(at);
  const place = /^sys\.path\.(?:append|(insert))$/.exec(path);
  if (place) {
    const folder = argumentAt(site, place[1] ? 1 : 0)?.text ?? null;
    record.noteSearchPath(at, folder, place[1] !== undefined);
  }
  if (
    path === 'os.getenv' ||
    path === 'os.environ.get' ||
    path === 'os.environ.pop' ||
    path === 'os.environ.setdefault'
  ) {
    const name = argumentAt(site, 0)?.text;
    if (name) noteEnvironment(name, site.line, follower);
  }
  if (isClock(path)) record.noteClock(at, path);
  noteNetwork(path, site, at);
  noteFiles(path, site, at);
  noteRandomness(path, site, at);
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

function noteNetwork(path: string, site: CallSite, at: number): void {
  const address = site.values.find((value) => isAddress(value.text))?.text ?? null;
  const isRead = address !== null && readArgument(path) !== null;
  if (isRead || isNetwork(path)) site.follower.record.noteNetwork(at, path, address);
}

function noteFiles(path: string, site: CallSite, at: number): void {
  const { record } = site.follower;
  const read = readArgument(path);
  if (read !== null) record.noteFile('filesRead', at, argumentAt(site, read)?.text ?? null, path);
  const written = writeArgument(path);
  if (written !== null)
    record.noteFile('filesWritten', at, argumentAt(site, written)?.text ?? null, path);
  if (!HANDLES.has(path) || !/open$|ZipFile$|File$/.test(path)) return;
  const mode = argumentAt(site, 1, 'mode')?.text ?? 'r';
  const name = argumentAt(site, 0)?.text ?? null;
  if (/[rR+]/.test(mode)) record.noteFile('filesRead', at, name, shortName(path));
  if (/[wax+]/.test(mode)) record.noteFile('filesWritten', at, name, shortName(path));
}

function noteRandomness(path: string, site: CallSite, at: number): void {
  const { follower } = site;
  const { record, world } = follower;
  const name = path.split('.').slice(-2).join('.');
  if (givesAnotherEachTime(path))
    record.noteDraw({ line: at, source: `${name}()`, isSeeded: false, stream: null });
  if (isSeed(path)) {
    world.seeded.add(streamOf(path));
    record.noteDraw({ line: at, source: name, isSeeded: true, stream: streamOf(path) });
  } else if (drawsGlobally(path)) {
    const isSeeded = world.seeded.has(streamOf(path));
    record.noteDraw({ line: at, source: name, isSeeded, stream: streamOf(path) });
  } else if (RANDOM_GENERATORS.has(path)) {
    const isSeeded = site.values.length > 0;
    record.noteDraw({ line: at, source: name, isSeeded, stream: null });
  } else if (
    takesRandomState(path) &&
    drawsAtOnce(path) &&
    !isGiven(keywordOf(site, 'random_state'))
  ) {
    const source = `${path.split('.').at(-1)}() without a random_state`;
    record.noteDraw({ line: at, source, isSeeded: world.seeded.has('numpy'), stream: 'numpy' });
  }
}
