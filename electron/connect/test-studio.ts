/** For tests: the service on a home of its own, with the tools that the app itself would use. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentId } from '../../shared/base/ids';
import type { KernelOutput } from '../../shared/connect';
import { slipwayHome } from '../base/home';
import { TaskRunner } from '../task';
import { ConnectService } from './index';
import { ensureTools } from './tools-environment';

export const RESOURCES = join(import.meta.dirname, '..', '..', 'resources');

export interface TestStudio {
  readonly connect: ConnectService;
  readonly tasks: TaskRunner;
  readonly home: string;
  /** An environment that is there for sure: the tools themselves have ipykernel. */
  readonly environment: EnvironmentId;
  dispose(): Promise<void>;
}

export async function testStudio(env: NodeJS.ProcessEnv = process.env): Promise<TestStudio> {
  const tools = await ensureTools({ home: slipwayHome(), resources: RESOURCES, env: process.env });
  const home = await mkdtemp(join(tmpdir(), 'slipway-connect-'));
  const tasks = new TaskRunner();
  const connect = new ConnectService({
    home,
    resources: RESOURCES,
    tasks,
    toolsFolder: tools.folder,
    env,
    patience: { lossMs: 2000, abortMs: 3000 },
  });
  return {
    connect,
    tasks,
    home,
    environment: EnvironmentId(tools.python),
    dispose: async () => {
      await connect.dispose();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export function collector(): { outputs: KernelOutput[]; onOutput: (output: KernelOutput) => void } {
  const outputs: KernelOutput[] = [];
  return { outputs, onOutput: (output) => void outputs.push(output) };
}

/** All that was printed to stdout. */
export function printed(outputs: readonly KernelOutput[]): string {
  return outputs
    .map((output) =>
      output.output_type === 'stream' && output.name === 'stdout' ? output.text : '',
    )
    .join('');
}
