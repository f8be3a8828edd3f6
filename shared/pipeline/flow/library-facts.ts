/** The rules of `library.ts`, asked once for each function of a library: a notebook calls the same few again and again. */
import * as rules from './library';
import * as outside from './outside';

/** More paths than any notebook has; code that makes up names without end does not fill the memory. */
const MOST_PATHS = 20_000;

function perPath<T>(decide: (path: string) => T): (path: string) => T {
  const known = new Map<string, T>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const made = decide(path);
    if (known.size >= MOST_PATHS) known.clear();
    known.set(path, made);
    return made;
  };
}

export const drawsGlobally = perPath(rules.drawsGlobally);
export const isPlotting = perPath(rules.isPlotting);
export const isSeed = perPath(rules.isSeed);
export const isSetting = perPath(rules.isSetting);
export const keepsArguments = perPath(rules.keepsArguments);
export const readArgument = perPath(rules.readArgument);
export const takesRandomState = perPath(rules.takesRandomState);
export const unknowableReason = perPath(rules.unknowableReason);
export const writeArgument = perPath(rules.writeArgument);
export const isClock = perPath(outside.isClock);
export const isNetwork = perPath(outside.isNetwork);
