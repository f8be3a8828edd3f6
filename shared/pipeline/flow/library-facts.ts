/**
 * The rules of `library.ts` and `outside.ts`, asked once for each function of a library: a notebook calls the same few
 * again and again.
 */
import type { ObjectKind } from './heap';
import * as rules from './library';
import { isClock, isNetwork } from './outside';

export interface LibraryFunction {
  readonly path: string;
  /** `np.random.rand` is `random.rand`. */
  readonly name: string;
  readonly last: string;
  /** Of `builtins.len`: `len`. */
  readonly builtin: string | null;
  readonly changesFirst: boolean;
  readonly keepsArguments: boolean;
  /** Of what it makes, whatever it is given. */
  readonly kind: ObjectKind | undefined;
  readonly takesRandomState: boolean;
  readonly isPath: boolean;
  /** Gives the working folder, or the folder above. */
  readonly place: 'here' | 'above' | null;
  readonly effects: LibraryEffects;
}

/** What it does to the world. */
export interface LibraryEffects {
  readonly unknowable: string | null;
  readonly isPlotting: boolean;
  readonly isShowing: boolean;
  readonly isSetting: boolean;
  readonly isClock: boolean;
  readonly isNetwork: boolean;
  readonly isOpening: boolean;
  readonly reads: number | null;
  readonly writes: number | null;
  readonly asksEnvironment: boolean;
  /** Adds a folder where modules are looked for: last or first. */
  readonly searchPath: 'append' | 'insert' | null;
  readonly random: 'seed' | 'draw' | 'generator' | 'at once' | null;
  readonly stream: rules.Stream;
  readonly givesAnotherEachTime: boolean;
}

/** More paths than any notebook has; code that makes up names without end does not fill the memory. */
const MOST_PATHS = 20_000;
const known = new Map<string, LibraryFunction>();

export function libraryFunction(path: string): LibraryFunction {
  const found = known.get(path);
  if (found) return found;
  if (known.size >= MOST_PATHS) known.clear();
  const made = rulesFor(path);
  known.set(path, made);
  return made;
}

const PATHS =
  /^(?:pathlib\.(?:Pure)?(?:Posix|Windows)?Path|os\.path\.(?:join|abspath|expanduser|normpath|realpath))$/;

function rulesFor(path: string): LibraryFunction {
  const parts = path.split('.');
  const takesRandomState = rules.takesRandomState(path);
  return {
    path,
    name: parts.slice(-2).join('.'),
    last: parts.at(-1) ?? '',
    builtin: parts.length === 2 && parts[0] === 'builtins' ? (parts[1] ?? null) : null,
    changesFirst: rules.CHANGES_FIRST.has(path),
    keepsArguments: rules.keepsArguments(path),
    kind: kindOf(path),
    takesRandomState,
    isPath: PATHS.test(path),
    place: placeOf(path),
    effects: effectsOf(path, takesRandomState),
  };
}

function placeOf(path: string): LibraryFunction['place'] {
  if (/^(?:os\.getcwd|pathlib\.(?:Posix|Windows)?Path\.cwd)$/.test(path)) return 'here';
  return path === 'os.path.dirname' ? 'above' : null;
}

function kindOf(path: string): ObjectKind | undefined {
  if (rules.RANDOM_GENERATORS.has(path)) return 'random';
  if (rules.HANDLES.has(path)) return 'handle';
  if (rules.ITERATORS.has(path)) return 'iterator';
  return rules.isPlotting(path) ? 'drawing' : undefined;
}

function effectsOf(path: string, takesRandomState: boolean): LibraryEffects {
  return {
    unknowable: rules.unknowableReason(path),
    isPlotting: rules.isPlotting(path),
    isShowing: path === 'builtins.print' || path.startsWith('builtins.display'),
    isSetting: rules.isSetting(path),
    isClock: isClock(path),
    isNetwork: isNetwork(path),
    isOpening: rules.HANDLES.has(path) && /open$|ZipFile$|File$/.test(path),
    reads: rules.readArgument(path),
    writes: rules.writeArgument(path),
    asksEnvironment: /^os\.(?:getenv|environ\.(?:get|pop|setdefault))$/.test(path),
    searchPath: searchPathOf(path),
    random: randomnessOf(path, takesRandomState),
    stream: rules.streamOf(path),
    givesAnotherEachTime: rules.givesAnotherEachTime(path),
  };
}

function searchPathOf(path: string): LibraryEffects['searchPath'] {
  if (path === 'sys.path.append') return 'append';
  return path === 'sys.path.insert' ? 'insert' : null;
}

function randomnessOf(path: string, takesRandomState: boolean): LibraryEffects['random'] {
  if (rules.isSeed(path)) return 'seed';
  if (rules.drawsGlobally(path)) return 'draw';
  if (rules.RANDOM_GENERATORS.has(path)) return 'generator';
  return takesRandomState && rules.drawsAtOnce(path) ? 'at once' : null;
}
