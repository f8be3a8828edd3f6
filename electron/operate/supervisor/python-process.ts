/** One Python process of the package, its lines, its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { deploymentPaths, environmentPython, type RevisionRecord } from '../../../shared/deploy';
import { endProcess, identify, type ProcessIdentity } from '../../base/process-identity';

export interface PythonProcess {
  readonly identity: ProcessIdentity | null;
  /** The exit code; null when a signal ended it or it could not be started. */
  readonly ended: Promise<number | null>;
  end(): Promise<void>;
}

export async function startPython(
  folder: string,
  revision: RevisionRecord,
  args: readonly string[],
  onLine: (line: string, stream: 'out' | 'err') => void,
): Promise<PythonProcess> {
  const { environment } = revision;
  if (environment === null) throw new Error(`Revision ${revision.number} has no environment.`);
  const cwd = deploymentPaths(folder).package(revision.number);
  const child = spawn(environmentPython(environment, process.platform), args, {
    cwd,
    env: {
      ...process.env,
      PYTHONPATH: `${cwd}/src`,
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
    },
    // Its own group, so that all it starts ends with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  follow(child, 'stdout', (line) => onLine(line, 'out'));
  follow(child, 'stderr', (line) => onLine(line, 'err'));
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      onLine(`The process could not be started: ${error.message}`, 'err');
      resolve(null);
    });
    // Not 'close': a grandchild that keeps the pipe open must not keep us waiting.
    child.once('exit', (code) => resolve(code));
  });
  const identity = child.pid === undefined ? null : await identify(child.pid);
  return {
    identity,
    ended,
    end: async () => {
      await endProcess(identity);
      await ended;
    },
  };
}

function follow(child: ChildProcess, stream: 'stdout' | 'stderr', onLine: (line: string) => void) {
  const source = child[stream];
  if (source) createInterface({ input: source }).on('line', onLine);
}
