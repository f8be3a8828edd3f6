/** For tests of the package's runner: a package of steps written by hand, without a notebook, and its command line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fillTemplate } from '../../shared/package';
import { runProcess } from '../base/process';
import { loadTemplates } from './templates';
import { RESOURCES } from './test-environment';

export interface TestStep {
  readonly name: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly parameters?: readonly string[];
  readonly alone?: readonly string[];
  readonly retries?: number;
  readonly timeoutSeconds?: number;
  /** Statements at the top of the module. */
  readonly top?: string;
  /** Without its `return`. */
  readonly body: string;
}

export interface TestPackageWish {
  readonly steps: readonly TestStep[];
  /** Calls of `Parameter`. */
  readonly parameters?: readonly string[];
  readonly helpers?: string;
  readonly data?: Readonly<Record<string, string>>;
}

export type RunEvent = Readonly<Record<string, unknown>> & { readonly event: string };

export interface Told {
  readonly code: number | null;
  readonly events: readonly RunEvent[];
  readonly stderr: string;
}

export class TestPackage {
  constructor(
    readonly folder: string,
    readonly python: string,
    readonly variables: Readonly<Record<string, string>> = {},
  ) {}

  async write({ steps, parameters = [], helpers = '', data = {} }: TestPackageWish): Promise<void> {
    const templates = await loadTemplates(RESOURCES);
    const files: Record<string, string> = {
      'src/demo/__init__.py': '',
      'src/demo/steps/__init__.py': '',
      'src/demo/helpers.py': helpers,
      'src/demo/parameters.py': `from .typed import Parameter\n\nPARAMETERS = {each.name: each for each in (${parameters.map((each) => `${each},`).join('')})}\n`,
      'requirements.lock': '',
    };
    for (const [path, text] of Object.entries(templates)) {
      if (path.startsWith('package/')) files[`src/demo/${path.slice(8)}`] = text;
    }
    const main = files['src/demo/__main__.py'] ?? '';
    files['src/demo/__main__.py'] = main.replace(/\{\{\w+\}\}/g, '');
    const rows = steps.map((step) => `    ${stepCall(step)},`).join('\n');
    const names = steps.map((step) => `    "${step.name}": ${tuple(step.outputs)},`).join('\n');
    const values: Record<string, string> = {
      steps: rows,
      binds: names,
      patched: '',
      start: '""',
      paths: '',
    };
    const pipeline = fillTemplate(templates['package/pipeline.py'], values);
    files['src/demo/pipeline.py'] = pipeline;
    for (const step of steps) files[`src/demo/steps/${step.name}.py`] = stepText(step);
    for (const [path, text] of Object.entries(data)) files[`data/${path}`] = text;
    for (const [path, text] of Object.entries(files)) await this.put(path, text);
  }

  async put(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }

  copy(folder: string): Promise<TestPackage> {
    const skip = (path: string) => !path.includes('__pycache__');
    return cp(this.folder, folder, { recursive: true, filter: skip }).then(
      () => new TestPackage(folder, this.python, this.variables),
    );
  }

  with(variables: Readonly<Record<string, string>>): TestPackage {
    return new TestPackage(this.folder, this.python, { ...this.variables, ...variables });
  }

  async tell(...args: readonly string[]): Promise<Told> {
    const { code, stdout, stderr } = await runProcess(this.python, ['-m', 'demo', ...args], {
      cwd: this.folder,
      env: this.env,
    });
    return { code, stderr, events: eventsOf(stdout) };
  }

  /** The names of the steps that were run; an error where the run failed. */
  async ran(...args: readonly string[]): Promise<unknown> {
    const { code, events, stderr } = await this.tell('run', '--json', ...args);
    if (code !== 0) throw new Error(stderr);
    return events.at(-1)?.ran;
  }

  start(...args: readonly string[]): ChildProcess {
    return spawn(this.python, ['-m', 'demo', ...args], {
      cwd: this.folder,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, PYTHONPATH: join(this.folder, 'src'), ...this.variables };
  }
}

export function eventsOf(text: string): RunEvent[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{"event"') || line.startsWith('{"combination"'))
    .map((line): RunEvent => JSON.parse(line));
}

const tuple = (names: readonly string[] = []) =>
  `(${names.map((name) => `${JSON.stringify(name)},`).join('')})`;

function stepCall(step: TestStep): string {
  const { name, inputs, outputs, parameters, alone, retries = 0, timeoutSeconds = 'None' } = step;
  const fields = [
    `name="${name}", module="${name}", function="${name}"`,
    `inputs=${tuple(inputs)}, outputs=${tuple(outputs)}, required=${tuple(outputs)}`,
    `parameters=${tuple(parameters)}, alone=${tuple(alone)}`,
    `retries=${retries}, timeout_seconds=${timeoutSeconds}`,
  ];
  return `Step(${fields.join(', ')})`;
}

export function stepText({
  name,
  inputs = [],
  outputs = [],
  parameters = [],
  top = '',
  body,
}: TestStep): string {
  const given = parameters.length > 0 ? ['*', ...parameters] : [];
  const lines = body.split('\n').map((line) => `    ${line}`);
  const answer = outputs.map((each) => `"${each}": ${each}`).join(', ');
  return `"""${name}."""\n${top}\n\n\ndef ${name}(${[...inputs, ...given].join(', ')}):\n${lines.join('\n')}\n    return {${answer}}\n`;
}
