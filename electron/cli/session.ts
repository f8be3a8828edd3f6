/** One command's studio: composed, followed by the terminal, ended with an exit code. */
import type { Result } from '../../shared/base/result';
import { StudioFailure, toStudioError } from '../../shared/base/studio-error';
import { compose, type Studio } from '../compose';
import type { StartedTask } from '../task';
import { EXIT, exitCodeOf } from './exit';
import { type Output, terminalOutput } from './output';

export interface Session {
  readonly studio: Studio;
  readonly output: Output;
}

/** Runs the command; what it answers is the exit code. Ctrl+C cancels what runs. */
export async function withSession(
  options: { readonly json?: boolean },
  work: (session: Session) => Promise<number>,
): Promise<void> {
  const output = terminalOutput(options.json ?? false);
  let studio: Studio | null = null;
  let isInterrupted = false;
  const interrupt = () => {
    if (isInterrupted) process.exit(EXIT.cancelled);
    isInterrupted = true;
    output.say('Cancelling… (press Ctrl+C again to stop at once)');
    studio?.tasks.dispose();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    studio = await compose();
    const stop = followTasks(studio, output);
    process.exitCode = await work({ studio, output });
    stop();
  } catch (thrown) {
    const error = toStudioError(thrown);
    output.error(error);
    process.exitCode = exitCodeOf(error);
  } finally {
    await studio?.dispose();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  // A pipe takes 64 KB at a time: what is still to be read would be lost.
  await Promise.all([process.stdout, process.stderr].map(emptied));
  // Sockets of libraries may linger; everything of ours is ended.
  process.exit();
}

/** Also where the reader has gone away. */
function emptied(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => {
    stream.once('error', () => done());
    stream.write('', () => done());
  });
}

/** The newest running task's words, as they change. */
function followTasks({ tasks }: Studio, output: Output): () => void {
  return tasks.list.subscribe((list) => {
    const running = list.find(({ state }) => state === 'running');
    if (!running) return;
    const { fraction, message } = running.progress;
    const share = fraction === null ? '' : ` ${Math.round(fraction * 100)} %`;
    output.progress(`${running.label}${share}${message ? `: ${message}` : ''}`);
  });
}

/** The value, or the failure thrown. */
export function need<T>(result: Result<T>): T {
  if (!result.ok) throw new StudioFailure(result.error);
  return result.value;
}

export async function finish<T>(started: StartedTask<T> | Result<StartedTask<T>>): Promise<T> {
  const task = 'ok' in started ? need(started) : started;
  return need(await task.result);
}
