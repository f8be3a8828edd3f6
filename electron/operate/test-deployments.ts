/** For tests: a small package written by hand, a real environment for it, and the stages from estimate to operate. */
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type DeploymentId, RunId } from '../../shared/base/ids';
import type { Result } from '../../shared/base/result';
import { StudioFailure } from '../../shared/base/studio-error';
import type { DeployPlan, DeployResult } from '../../shared/deploy';
import type { RunMode } from '../../shared/estimate';
import type { Deployment } from '../../shared/operate';
import { packageRunSchema } from '../../shared/package';
import { readState } from '../base/deployment-files';
import { slipwayHome } from '../base/home';
import { runProcess } from '../base/process';
import { ConnectService } from '../connect';
import {
  type DeployablePackage,
  DeployService,
  type EnvironmentMaker,
  ThisComputerTarget,
} from '../deploy';
import { EstimateService, readPriceBook } from '../estimate';
import { TaskRunner } from '../task';
import { OperateService } from './operate-service';

const ROOT = join(import.meta.dirname, '..', '..');
const LOCK = 'fastapi\nuvicorn\n';

const SERVICE = `
import os, signal
from fastapi import FastAPI
from pydantic import BaseModel
FACTOR
app = FastAPI()

class Rows(BaseModel):
    rows: list[dict[str, float]] = [{"x": 2.0}]

@app.get("/healthz")
def healthz():
    return {"ok": True}

@app.get("/readyz")
def readyz():
    return {"ok": True}

@app.post("/predict")
def predict(rows: Rows):
    print("predicting", flush=True)
    return {"predictions": [row["x"] * factor for row in rows.rows]}
`;

const MAIN = `
import pathlib, sys, time
folder = pathlib.Path(sys.argv[sys.argv.index("--run-folder") + 1])
print("arguments", *[each for each in sys.argv if "=" in each])
if "--fail=yes" in sys.argv:
    raise SystemExit(3)
(folder / "result.txt").write_text("done")
print("the job is done")
`;

/** `first` is the top of the service: what the model is, or what breaks it. */
export async function writePackage(folder: string, first: string): Promise<DeployablePackage> {
  const source = join(folder, 'src', 'toy');
  await mkdir(source, { recursive: true });
  await writeFile(join(folder, 'requirements.lock'), LOCK);
  await writeFile(join(source, '__init__.py'), '');
  await writeFile(join(source, '__main__.py'), MAIN);
  await writeFile(join(source, 'service.py'), SERVICE.replace('FACTOR', first));
  return { folder, name: 'toy', hash: `hash of ${first}`, python: '3', hasService: true };
}

/** Made once for all tests of this machine's session: built beside and renamed, as two tests may ask at once. */
export async function toyEnvironment(): Promise<string> {
  const folder = join(tmpdir(), 'slipway-test-toy-environment');
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  const beside = await mkdtemp(`${folder}-`);
  await installToy(beside);
  await rename(beside, folder).catch(() => rm(beside, { recursive: true }));
  return folder;
}

async function installToy(folder: string): Promise<void> {
  const connect = new ConnectService({
    home: slipwayHome(),
    resources: join(ROOT, 'resources'),
    tasks: new TaskRunner(),
  });
  const uv = await connect.uvPath();
  const env = await connect.uvEnvironment();
  await runProcess(uv, ['venv', '--clear', '--relocatable', folder], { env });
  const install = ['pip', 'install', '--python', folder, 'fastapi', 'uvicorn'];
  const installed = await runProcess(uv, install, { env });
  await connect.dispose();
  if (installed.code !== 0) throw new Error(installed.stderr);
}

export async function testDeployments(environments?: EnvironmentMaker) {
  const home = await mkdtemp(join(tmpdir(), 'slipway-deploy-'));
  const script = join(home, 'supervisor.mjs');
  await bundleSupervisor(script);
  const environment = await toyEnvironment();
  const tasks = new TaskRunner();
  const estimates = new EstimateService({ book: await readPriceBook(join(ROOT, 'resources')) });
  estimates.setRun(RUN);
  const target = new ThisComputerTarget({
    home,
    environments: environments ?? {
      find: async () => environment,
      ensure: async () => environment,
    },
    program: { node: process.execPath, script },
  });
  let made = await writePackage(join(home, 'package'), 'factor = 2');
  const targets = [target];
  const deploys = new DeployService({ tasks, targets, estimates, currentPackage: () => made });
  const operate = new OperateService({ tasks, targets, lookEveryMs: 100 });
  deploys.refresh();
  const studio = {
    home,
    tasks,
    target,
    estimates,
    deploys,
    operate,
    /** Another revision of the package. */
    change: async (first: string) => {
      made = await writePackage(join(home, 'package'), first);
      deploys.refresh();
    },
    plan: async (mode: RunMode): Promise<DeployPlan> => {
      await estimates.setMode(mode);
      const { estimate } = estimates.state.value;
      if (estimate) await estimates.markShown(estimate.id);
      return unwrap(await deploys.plan());
    },
    deploy: async (mode: RunMode): Promise<DeployResult> =>
      unwrap(await studio.apply(await studio.plan(mode))),
    apply: async (plan: DeployPlan): Promise<Result<DeployResult>> =>
      unwrap(await deploys.apply(plan.id)).result,
    /** What the supervisor itself wrote. */
    supervised: async (id: DeploymentId) => {
      const folder = join(home, 'deployments', id);
      return { folder, state: await readState(folder) };
    },
    until: async (id: string, isSo: (deployment: Deployment) => boolean) =>
      until(() => operate.find(id), isSo),
    dispose: async () => {
      for (const { key } of (await target.list()).observations) await target.remove(key, SILENT);
      operate.dispose();
      await rm(home, { recursive: true, force: true });
    },
  };
  return studio;
}

const SILENT = {
  id: 'test' as never,
  signal: new AbortController().signal,
  progress: () => undefined,
  log: () => undefined,
};

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new StudioFailure(result.error);
  return result.value;
}

export async function until<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
    if (Date.now() > deadline) throw new Error(`It never came to be: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const bundleSupervisor = (outfile: string) =>
  build({
    absWorkingDir: ROOT,
    entryPoints: ['electron/operate/supervisor.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });

const RUN = packageRunSchema.parse({
  runId: RunId('run-1'),
  packageHash: 'hash',
  packageName: 'toy',
  state: 'succeeded',
  startedAt: 0,
  endedAt: 1,
  seed: 1,
  parameters: {},
  steps: [
    {
      stepId: 'train',
      state: 'done',
      wallMs: 2000,
      cpuMs: 1800,
      peakMemoryBytes: 2e8,
      artifacts: [],
      outputTail: '',
      error: null,
    },
  ],
  comparisons: [],
  environment: null,
  serviceMeasurement: {
    startMs: 800,
    requestMs: 3,
    requestMs95: 4,
    requests: 20,
    idleMemoryBytes: 8e7,
  },
  error: null,
});
