/** Everything wired in one place, in the order of the road, for the app's host, the CLI and the tests. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '../shared/base/result';
import { fail, StudioFailure } from '../shared/base/studio-error';
import { topLevelModules } from '../shared/connect';
import type { NotebookFacts } from '../shared/pipeline';
import { slipwayHome } from './base/home';
import { BuildService, DeployImages } from './build';
import { ConnectService } from './connect';
import {
  argoWorkflowsDriver,
  awsEndpoint,
  awsFargateDriver,
  awsLambdaDriver,
  azureContainerAppsDriver,
  azureNeeds,
  DeployService,
  dockerDriver,
  dockerSwarmDriver,
  googleCloudRunDriver,
  googleNeeds,
  KnownPlaces,
  kubernetesDriver,
  ResourceTarget,
  readTestClouds,
  TEST_CLOUDS,
  ThisComputerTarget,
} from './deploy';
import { EstimateService, readPriceBook } from './estimate';
import { NotebookService } from './notebook';
import { OperateService } from './operate';
import { PackageService, SharedEnvironments } from './package';
import { PipelineService, withRunFiles } from './pipeline';
import { ProjectService } from './project';
import { RoadWatcher } from './road-watcher';
import { type TaskContext, TaskRunner } from './task';

export interface ComposeOptions {
  /** Instead of `$SLIPWAY_HOME` or the platform's data folder. */
  readonly home?: string;
  /** Instead of `$SLIPWAY_RESOURCES` or the folder beside the bundle. */
  readonly resources?: string;
  readonly toolsFolder?: string;
}

export type Studio = Awaited<ReturnType<typeof compose>>;

export async function compose(options: ComposeOptions = {}) {
  const home = options.home ?? slipwayHome();
  const resources = options.resources ?? resourcesFolder();
  await mkdir(home, { recursive: true });

  // Long work, seen and cancellable.
  const tasks = new TaskRunner();
  // What is open and what a person has set.
  const project = await ProjectService.load({
    home,
    resources,
    session: process.env.SLIPWAY_SESSION ?? null,
    openNotebook: async (path) => {
      need(await notebook.open(path));
      connect.refreshEnvironments({ notebookPath: path });
      await follow(path);
    },
    closeNotebook: async (path) => {
      need(await notebook.close(path));
      await follow(null);
    },
  });
  // Python environments, the private Jupyter server, kernels here and elsewhere.
  const connect = new ConnectService({
    home,
    resources,
    tasks,
    ...(options.toolsFolder ? { toolsFolder: options.toolsFolder } : {}),
    packageSources: () => project.settings,
  });
  const uv = async (task: TaskContext) => ({
    path: await connect.uvPath(task),
    env: await connect.uvEnvironment(task.signal),
  });
  // Open documents, their edits and runs.
  const notebook = new NotebookService({
    home,
    tasks,
    connect: {
      get session() {
        return connect.session();
      },
    },
    isAutosaveOn: () => project.settings.isAutosaveOn,
  });
  // Cells as steps.
  const pipeline = new PipelineService({ notebook });
  // The generated folder, its run in a clean environment, its comparison with the notebook.
  const packages = new PackageService({
    home,
    resources,
    tasks,
    uv,
    source: async () => {
      const path = project.state.value.open?.path;
      if (!path) return null;
      const { cells } = need(await notebook.read(path));
      const { facts, pipeline: steps } = need(await pipeline.read(path));
      const others = await pipeline.others(path);
      return { path, cells: withRunFiles(path, cells), facts, pipeline: steps, others };
    },
    environment: async () => {
      const path = project.state.value.open?.path;
      const facts = path ? need(await pipeline.read(path)).facts : [];
      const others = path ? await pipeline.others(path) : [];
      const all = [facts, ...others.map((each) => each.facts)].flat();
      return notebookEnvironment(connect, all);
    },
    recorded: (path, recording) => pipeline.remember(path, recording),
    startFreshSession: (id, folder, signal) => connect.startFreshSession(id, folder, signal),
  });
  // The package's image.
  const build = new BuildService({
    tasks,
    currentPackage: () => {
      const { current } = packages;
      return current && { ...current, hasService: packages.state.value.serve !== null };
    },
    readSettings: () => project.settings,
    sources: async () => {
      const env = await connect.uvEnvironment();
      return { packageIndex: env.UV_DEFAULT_INDEX ?? '', caBundle: env.SSL_CERT_FILE ?? '' };
    },
    writeSettings: async (change) => {
      need(await project.setSettings(change));
    },
  });
  // What it will cost, from the measured run and the price book.
  const estimate = new EstimateService({ book: await readPriceBook(resources) });
  // Where it can go; each target is one folder and this one registration.
  const environments = new SharedEnvironments(home, uv);
  const program = { node: process.execPath, script: supervisorScript() };
  const images = new DeployImages(
    () => build.state.value,
    () => build.askSources(),
  );
  const places = new KnownPlaces(home);
  const clouds = readTestClouds(process.env[TEST_CLOUDS]);
  const elsewhere = [
    dockerDriver({ images, resources }),
    dockerSwarmDriver({ images, resources }),
    kubernetesDriver({ images }),
    argoWorkflowsDriver({ images }),
    awsFargateDriver({ images, ...awsEndpoint(clouds) }),
    awsLambdaDriver({ images, ...awsEndpoint(clouds) }),
    googleCloudRunDriver(googleNeeds(images, clouds)),
    azureContainerAppsDriver(azureNeeds(images, clouds)),
  ].map((driver) => new ResourceTarget(driver, places));
  const targets = [new ThisComputerTarget({ home, environments, program }), ...elsewhere];
  // From a plan with its price to a deployment.
  const deploy = new DeployService({
    tasks,
    targets,
    estimates: estimate,
    currentPackage: () => {
      const { current } = packages;
      return current && { ...current, hasService: packages.state.value.serve !== null };
    },
    onDidDeploy: () => void operate.refresh(),
  });
  // What is alive.
  const operate = new OperateService({ tasks, targets });

  const watcher = new RoadWatcher({
    notebook,
    pipeline,
    facts: () => ({
      kernel: connect.kernel.value,
      package: packages.state.value,
      build: build.state.value,
      estimate: estimate.state.value,
      deploy: deploy.state.value,
      operate: operate.state.value,
    }),
    tell: (stages) => project.setStages(stages),
    onDidChangePipeline: () => void packages.refresh(),
  });
  for (const store of [connect.kernel, build.state, estimate.state, deploy.state, operate.state]) {
    store.subscribe(() => watcher.changed());
  }
  packages.state.subscribe(({ run }) => {
    // A run in part measures a part only.
    estimate.setRun(run?.state === 'succeeded' && !run.onlySteps ? run : null);
    deploy.refresh();
    watcher.changed();
  });

  /** Every stage turns to another notebook. */
  async function follow(path: string | null): Promise<void> {
    watcher.follow(path);
    build.reset();
    await packages.open(path);
    deploy.reset();
  }

  return {
    home,
    resources,
    tasks,
    project,
    connect,
    notebook,
    pipeline,
    packages,
    build,
    estimate,
    deploy,
    operate,
    /** Ends what belongs to this session; deployments live on. */
    dispose: async () => {
      tasks.dispose();
      watcher.dispose();
      pipeline.dispose();
      operate.dispose();
      await Promise.all(elsewhere.map((target) => target.dispose()));
      build.dispose();
      await notebook.dispose();
      await connect.dispose();
    },
  };
}

function need<T>(result: Result<T>): T {
  if (!result.ok) throw new StudioFailure(result.error);
  return result.value;
}

/** The environment of the notebook's kernel; without a kernel the best one found that has all it imports. */
async function notebookEnvironment(connect: ConnectService, facts: NotebookFacts) {
  const id = connect.session()?.info.environmentId;
  if (id) return { id, python: await connect.pythonOf(id) };
  const imports = topLevelModules(
    facts.flatMap((cell) => cell.imports.map(({ module }) => module)),
  );
  const found = await connect.chooseEnvironmentFor(imports);
  if (found) return { id: found.id, python: found.pythonPath };
  return fail(
    'environment',
    'No Python environment of this computer has all that the notebook imports.',
    {
      nextSteps: [
        { label: 'Make an environment for this notebook', command: 'connect.make-environment' },
        { label: 'Choose an environment', command: 'connect.choose' },
      ],
    },
  );
}

/** Bundled beside the host; it runs on after the app, so it must lie outside any archive. */
function supervisorScript(): string {
  return join(dirname(fileURLToPath(import.meta.url)), 'supervisor.mjs');
}

/** `resources/` beside the bundle's folder, in the checkout and in the packaged app alike. */
function resourcesFolder(): string {
  if (process.env.SLIPWAY_RESOURCES) return process.env.SLIPWAY_RESOURCES;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'resources', 'python')) && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  return join(folder, 'resources');
}
