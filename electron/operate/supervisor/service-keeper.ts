/** Keeps a service up: starts it, asks after its health, starts it again after a growing pause. */
import { createServer } from 'node:net';
import type { DeploymentRecord, Health, RevisionRecord } from '../../../shared/deploy';
import type { LogFile } from './log-file';
import { type PythonProcess, startPython } from './python-process';
import type { StateFile } from './state-file';

const PROBE_EVERY_MS = 5000;
const PROBE_WHILE_STARTING_MS = 250;
const PROBE_TIMEOUT_MS = 3000;
/** A service that imports large libraries on a busy computer takes its time. */
const START_TIMEOUT_MS = 180_000;
const FAILING_UNTIL_UNHEALTHY = 2;
const FAILING_UNTIL_RESTART = 6;
const LONGEST_PAUSE_MS = 60_000;
/** So many starts one after another that never became ready, and it gives up; later if it was up once. */
const GIVE_UP_AFTER = { neverUp: 3, wasUp: 10 };
/** Up so long, and an end counts as the first again. */
const STEADY_AFTER_MS = 60_000;

/** uvicorn's access log: `INFO:     127.0.0.1:5000 - "POST /predict HTTP/1.1" 200 OK`. */
const ACCESS = /"[A-Z]+ (\S+) HTTP\/[\d.]+" (\d{3})/;
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);
/** Asked by the studio itself for its form: shown in the log, not counted as use. */
const UNCOUNTED = new Set(['/schema', '/openapi.json']);
/** uvicorn answers once the model was loaded or could not be: so long may it say "not ready". */
const NOT_READY_PATIENCE_MS = 10_000;

export class ServiceKeeper {
  readonly #folder: string;
  readonly #state: StateFile;
  readonly #log: LogFile;
  #wake: (() => void) | null = null;
  #isWanted = true;
  #process: PythonProcess | null = null;
  #countedAt: number | null = null;

  constructor(folder: string, state: StateFile, log: LogFile) {
    this.#folder = folder;
    this.#state = state;
    this.#log = log;
  }

  /** Runs until `stop`. */
  async keep(record: DeploymentRecord, revision: RevisionRecord): Promise<void> {
    this.#isWanted = true;
    let failures = 0;
    let wasUp = false;
    while (this.#isWanted) {
      const startedAt = Date.now();
      const wasReady = await this.#runOnce(record, revision);
      if (!this.#isWanted) break;
      failures = wasReady && Date.now() - startedAt > STEADY_AFTER_MS ? 1 : failures + 1;
      wasUp ||= wasReady;
      if (failures >= (wasUp ? GIVE_UP_AFTER.wasUp : GIVE_UP_AFTER.neverUp)) {
        this.#change('failed', failureOf(failures, this.#state.value.health));
        return;
      }
      await this.#pause(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures));
    }
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    this.#wake?.();
    await this.#process?.end();
  }

  /** Whether it ever became ready. */
  async #runOnce(record: DeploymentRecord, revision: RevisionRecord): Promise<boolean> {
    const port = record.port ?? 0;
    if (!(await isFree(port))) {
      this.#change('restarting', `Port ${port} is used by another program. Waiting for it.`);
      this.#say(`Port ${port} is used by another program.`);
      return false;
    }
    this.#change('starting', 'It loads the model.', {
      status: 'unknown',
      message: 'Not asked yet',
      checkedAt: null,
    });
    this.#say(`Starting revision ${revision.number} on port ${port}.`);
    const process = await startPython(
      this.#folder,
      revision,
      serviceArguments(revision, port),
      (line, stream) => this.#line(line, stream),
    );
    this.#process = process;
    this.#state.change({ child: process.identity, revision: revision.number });
    const wasReady = await this.#watch(process, port);
    // Told to stop before it was known to this object, it would run on.
    await process.end();
    const code = await process.ended;
    this.#process = null;
    this.#count(false);
    this.#state.change({ child: null });
    if (this.#isWanted) {
      this.#say(
        `The service ended (${code === null ? 'by a signal' : `exit code ${code}`}).`,
        'err',
      );
    }
    return wasReady;
  }

  async #watch(process: PythonProcess, port: number): Promise<boolean> {
    let isOver = false;
    void process.ended.then(() => {
      isOver = true;
      this.#wake?.();
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    let isReady = false;
    let failing = 0;
    let answersSince: number | null = null;
    while (!isOver && this.#isWanted) {
      const health = await probe(port, isReady ? '/healthz' : '/readyz');
      if (isOver || !this.#isWanted) break;
      if (health.status === 'ok') {
        isReady = true;
        failing = 0;
        this.#count(true);
        this.#change('running', 'It answers.', health);
      } else if (isReady) {
        failing += 1;
        this.#report(failing, health);
        if (failing >= FAILING_UNTIL_RESTART) await this.#restartHung(process);
      } else {
        if (health.message.includes(' answers ')) answersSince ??= Date.now();
        const isStuck = answersSince !== null && Date.now() - answersSince > NOT_READY_PATIENCE_MS;
        if (isStuck || Date.now() > deadline) await this.#giveUpStart(process, health);
      }
      await this.#sleep(isReady ? PROBE_EVERY_MS : PROBE_WHILE_STARTING_MS);
    }
    return isReady;
  }

  #report(failing: number, health: Health): void {
    if (failing >= FAILING_UNTIL_UNHEALTHY) {
      this.#change(
        'unhealthy',
        `Its health check failed ${failing} times: ${health.message}`,
        health,
      );
    } else this.#state.change({ health });
  }

  async #giveUpStart(process: PythonProcess, health: Health): Promise<void> {
    this.#say(`It did not become ready: ${health.message}.`, 'err');
    this.#state.change({ health });
    await process.end();
  }

  async #restartHung(process: PythonProcess): Promise<void> {
    this.#say('It no longer answers and is started again.', 'err');
    await process.end();
  }

  async #pause(milliseconds: number): Promise<void> {
    const seconds = Math.round(milliseconds / 1000);
    const { detail, status } = this.#state.value;
    const why = status === 'restarting' ? detail : 'It ended by itself.';
    this.#change('restarting', `${why} Next start in ${seconds} s.`);
    this.#state.change({ restarts: this.#state.value.restarts + 1 });
    await this.#sleep(milliseconds);
  }

  /** The time up, counted at each sign of life, so that a crash of the supervisor loses little of it. */
  #count(isUp: boolean): void {
    const now = Date.now();
    if (this.#countedAt !== null) {
      this.#state.change({ activeMs: this.#state.value.activeMs + now - this.#countedAt });
    }
    this.#countedAt = isUp ? now : null;
  }

  /** The supervisor's own questions are no requests and are kept out of the log. */
  #line(line: string, stream: 'out' | 'err'): void {
    const access = ACCESS.exec(line);
    const path = access?.[1]?.split('?')[0] ?? '';
    const code = Number(access?.[2]);
    if (access && PROBES.has(path)) {
      if (code < 400 || path === '/metrics') return;
    } else if (access && !UNCOUNTED.has(path)) {
      const { requests, errors } = this.#state.value;
      this.#state.change({ requests: requests + 1, errors: errors + (code >= 400 ? 1 : 0) });
    }
    this.#log.write('service', stream, line);
  }

  #change(
    status: 'starting' | 'running' | 'unhealthy' | 'restarting' | 'failed',
    detail: string,
    health?: Health,
  ): void {
    this.#state.change({ status, detail, ...(health ? { health } : {}) });
  }

  #say(text: string, stream: 'out' | 'err' = 'out'): void {
    this.#log.write('supervisor', stream, text);
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (!this.#isWanted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}

/** What the service itself said about not being ready, where it said something. */
function failureOf(times: number, health: Health): string {
  const why =
    health.status === 'failing' && health.message.includes(' answers ')
      ? ` ${health.message}.`
      : '';
  return `It did not stay up in ${times} starts.${why} Read its log.`;
}

const serviceArguments = (revision: RevisionRecord, port: number): string[] => [
  '-m',
  'uvicorn',
  `${revision.packageName}.service:app`,
  '--host',
  '127.0.0.1',
  '--port',
  String(port),
];

async function probe(port: number, path: string): Promise<Health> {
  const checkedAt = Date.now();
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.ok) return { status: 'ok', message: `${path} answers`, checkedAt };
    return {
      status: 'failing',
      message: `${path} answers ${response.status} ${text.slice(0, 300)}`.trim(),
      checkedAt,
    };
  } catch {
    return { status: 'failing', message: `${path} does not answer`, checkedAt };
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
