/** Where things lie inside an environment, on each platform. */
import { dirname, join } from 'node:path';

const isWindows = process.platform === 'win32';

/** The folder of an environment's programs. */
export function programsFolder(environment: string): string {
  return join(environment, isWindows ? 'Scripts' : 'bin');
}

/** The Python of a virtual environment. */
export function pythonIn(environment: string): string {
  return join(programsFolder(environment), isWindows ? 'python.exe' : 'python');
}

/** A program beside the Python of a virtual environment. */
export function programIn(environment: string, name: string): string {
  return join(programsFolder(environment), isWindows ? `${name}.exe` : name);
}

/** Every place a Python may lie in a folder that is an installation or an environment. */
export function pythonCandidates(folder: string): string[] {
  return isWindows
    ? [join(folder, 'Scripts', 'python.exe'), join(folder, 'python.exe')]
    : [join(folder, 'bin', 'python'), join(folder, 'bin', 'python3')];
}

/** `PATH` with an environment's programs first, so that `!pip` in a cell is that environment's. */
export function pathWith(python: string, path: string | undefined): string {
  const programs = dirname(python);
  const folders = isWindows ? [programs, join(programs, 'Library', 'bin')] : [programs];
  return [...folders, path ?? ''].filter(Boolean).join(isWindows ? ';' : ':');
}
