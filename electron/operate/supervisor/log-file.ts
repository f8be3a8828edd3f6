/** The deployment's log: one file, rotated by size. */
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import stripAnsi from 'strip-ansi';
import { deploymentPaths, LOG_FILE_BYTES, LOG_FILES_KEPT } from '../../../shared/deploy';

export class LogFile {
  readonly #path: string;
  #bytes = 0;

  constructor(folder: string) {
    const paths = deploymentPaths(folder);
    this.#path = paths.log;
    mkdirSync(paths.logs, { recursive: true });
    this.#bytes = existsSync(this.#path) ? statSync(this.#path).size : 0;
  }

  write(source: 'service' | 'supervisor' | 'run', stream: 'out' | 'err', text: string): void {
    const line = `${new Date().toISOString()} ${source} ${stream} ${stripAnsi(text)}\n`;
    try {
      if (this.#bytes > LOG_FILE_BYTES) this.#rotate();
      appendFileSync(this.#path, line);
      this.#bytes += Buffer.byteLength(line);
    } catch {
      // A full disk must not end what is supervised.
    }
  }

  #rotate(): void {
    rmSync(`${this.#path}.${LOG_FILES_KEPT - 1}`, { force: true });
    for (let age = LOG_FILES_KEPT - 2; age >= 1; age -= 1) {
      if (existsSync(`${this.#path}.${age}`)) {
        renameSync(`${this.#path}.${age}`, `${this.#path}.${age + 1}`);
      }
    }
    renameSync(this.#path, `${this.#path}.1`);
    this.#bytes = 0;
  }
}
