/** Programs started from scripts: argument lists only, and a stop that tells a person what to type. */
import { spawn, spawnSync } from 'node:child_process';
import { ROOT } from './paths.mjs';

/** Set-up cannot go on; `command` is what the person types to mend it. */
export class Stop extends Error {
  constructor(sentence, command) {
    super(sentence);
    this.command = command;
  }
}

/** Runs a program with its output shown; answers the exit code (signals count as 1). */
export function show(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Runs a program whose failure stops set-up; its output is shown only then. */
export async function must(command, args, options = {}) {
  const { code, output } = await collect(command, args, options);
  if (code === 0) return output;
  throw new Stop(
    `${command} ${args.join(' ')} failed (exit ${code}):\n${output.trimEnd().split('\n').slice(-40).join('\n')}`,
  );
}

/** Runs a program and answers its exit code and all it wrote. */
export function collect(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** A quick look: the standard output of a program, or null if it is missing or fails. */
export function ask(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', cwd: ROOT, ...options });
  return done.status === 0 ? done.stdout.trim() : null;
}

/** Every way a script ends on an expected failure: the sentence, the command, exit code 1. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(`\n${error.message}`);
    if (error.command) console.error(`\nType this, then start again:\n\n    ${error.command}\n`);
    process.exitCode = 1;
  }
}
