/** States of the places for the preview. Their numbers are invented and never reach the product; the estimate is worked out. */

import book from '../../resources/prices/price-book.json';
import {
  CellId,
  DeploymentId,
  EstimateId,
  PlanId,
  RunId,
  StepId,
  TaskId,
} from '../../shared/base/ids';
import { done } from '../../shared/base/result';
import { Store } from '../../shared/base/store';
import { studioError } from '../../shared/base/studio-error';
import { Bytes, Milliseconds } from '../../shared/base/units';
import { type BuildState, type BuildStep, imageSchema } from '../../shared/build';
import type { DeployState } from '../../shared/deploy';
import {
  type AssumptionValue,
  type Estimate,
  type EstimateState,
  estimateTargets,
  listAssumptions,
  priceBookSchema,
  type RunMode,
  type TargetId,
} from '../../shared/estimate';
import type { Deployment, LogBatch, OperateState } from '../../shared/operate';
import type { PackageFileText, PackageRun, PackageState } from '../../shared/package';
import { NO_CHOICES, type PipelineView, type Step } from '../../shared/pipeline';
import type { Task } from '../../shared/task/task';

const now = Date.now();

function step(id: string, cells: string[], colour: number, more: Partial<Step>): Step {
  return {
    id: StepId(id),
    name: id,
    cellIds: cells.map(CellId),
    inputs: [],
    outputs: [],
    parameters: [],
    imports: [],
    helpers: [],
    travellingDefinitions: [],
    drawsRandomly: false,
    reason: `The heading “${id}” begins a step.`,
    colour,
    ...more,
  };
}

const refer = (cell: string, line: number, text: string) => ({ cellId: CellId(cell), line, text });
const edge = (from: string, to: string, names: string[]) => ({
  from: StepId(from),
  to: StepId(to),
  artifacts: names.map((name) => ({
    name,
    writer: refer('load', 3, `${name} = df[["tenure", "monthly"]]`),
    reader: refer('train', 2, `model.fit(${name}, y_train)`),
  })),
});

const PIPELINE: PipelineView = {
  revision: 0,
  facts: [],
  pipeline: {
    steps: [
      step('load', ['load'], 0, { outputs: ['df', 'X_train', 'y_train'] }),
      step('train', ['train', 'math'], 1, { inputs: ['X_train'], outputs: ['model', 'scaler'] }),
      step('segment', ['long'], 3, { inputs: ['df'], outputs: ['scores'] }),
      step('evaluate', ['bad', 'script'], 2, { inputs: ['model', 'scores'], outputs: ['auc'] }),
    ],
    edges: [
      edge('load', 'train', ['X_train', 'y_train', 'features']),
      edge('load', 'segment', ['df']),
      edge('train', 'evaluate', ['model']),
      edge('segment', 'evaluate', ['scores']),
      edge('load', 'evaluate', ['X_test']),
    ],
    placements: [],
    imports: [],
    requirements: [],
    parameters: [
      parameter('n_estimators', 'int', '200', { minimum: 10, maximum: 2000, doc: 'Trees.' }),
      parameter('test_size', 'float', '0.25', {}),
      parameter('source', 'path', '"data/customers.csv"', {}),
      parameter('is_scaled', 'bool', 'True', {}),
      parameter('db_password', 'secret', '""', {}),
    ],
    skipped: [{ cellId: CellId('plot'), reason: 'a plot that nothing later reads' }],
    skippable: [{ cellId: CellId('math'), reason: 'it only shows a formula' }],
    helpers: [],
    problems: [
      {
        severity: 'warning',
        message: 'The split is drawn at random without a seed: two runs can differ.',
        cellId: CellId('train'),
        cellNumber: 4,
        line: 1,
        nextSteps: [],
      },
    ],
  },
  choices: NO_CHOICES,
  choicesError: null,
};

function parameter(
  name: string,
  type: PipelineView['pipeline']['parameters'][number]['type'],
  defaultSource: string,
  more: { doc?: string; minimum?: number; maximum?: number },
) {
  const cellId = CellId('params');
  return { name, type, defaultSource, doc: '', cellId, line: 1, origin: 'cell' as const, ...more };
}

function ranStep(id: string, wallMs: number, bytes: number, artifacts: [string, number][]) {
  return {
    stepId: StepId(id),
    state: 'done' as const,
    wallMs: Milliseconds(wallMs),
    cpuMs: Milliseconds(wallMs * 0.9),
    peakMemoryBytes: Bytes(bytes),
    artifacts: artifacts.map(([name, size]) => ({
      name,
      bytes: Bytes(size),
      kind: 'pickle' as const,
      type: 'object',
      summary: '',
      predictor: null,
    })),
    outputTail: id === 'train' ? 'fitting 200 trees\ndone in 3.2 s' : '',
    error: null,
  };
}

const RUN: PackageRun = {
  runId: RunId('r1'),
  packageHash: 'abc',
  packageName: 'churn',
  state: 'succeeded',
  startedAt: now - 300_000,
  endedAt: now - 290_000,
  seed: 1,
  parameters: {},
  steps: [
    ranStep('load', 410, 96e6, [
      ['df', 2.1e6],
      ['X_train', 1.4e6],
    ]),
    ranStep('train', 3200, 212e6, [['model', 8.1e6]]),
    ranStep('segment', 900, 130e6, [['scores', 34e3]]),
    ranStep('evaluate', 600, 140e6, [['auc', 18]]),
  ],
  comparisons: [
    {
      stepId: StepId('train'),
      name: 'model',
      kind: 'estimator, by its predictions',
      verdict: 'identical',
      note: '',
    },
    {
      stepId: StepId('evaluate'),
      name: 'auc',
      kind: 'float',
      verdict: 'within-tolerance',
      note: 'at most 1e-12 apart',
    },
    {
      stepId: StepId('load'),
      name: 'X_train',
      kind: 'DataFrame',
      verdict: 'different',
      note: 'row 17, column tenure: 14 and 15',
    },
    {
      stepId: StepId('segment'),
      name: 'plot',
      kind: 'Figure',
      verdict: 'not-compared',
      note: 'a figure has no equality',
    },
  ],
  environment: { python: '3.11.9', packages: [{ name: 'pandas', version: '3.1.0' }] },
  serviceMeasurement: {
    startMs: Milliseconds(1900),
    requestMs: Milliseconds(4.2),
    requestMs95: Milliseconds(7.9),
    requests: 100,
    idleMemoryBytes: Bytes(142e6),
  },
  error: null,
};

const TRAIN = `"""Step train: cells 4 and 6 of churn.ipynb."""
from sklearn.ensemble import RandomForestClassifier

from ..parameters import Parameters


def train(parameters: Parameters, X_train, y_train, scaler):
    scaler.fit(X_train)
    model = RandomForestClassifier(n_estimators=parameters.n_estimators, random_state=0)
    model.fit(scaler.transform(X_train), y_train)
    return {"model": model, "scaler": scaler}
`;

const FILES = [
  'pyproject.toml',
  'requirements.lock',
  'README.md',
  'Dockerfile',
  'src/churn/parameters.py',
  'src/churn/steps/load.py',
  'src/churn/steps/train.py',
  'src/churn/steps/evaluate.py',
  'src/churn/service.py',
  'tests/test_parity.py',
];

const STEP_FILE = /steps\/(\w+)\.py$/;

function readFile(path: string): PackageFileText {
  const text = path.endsWith('.py') ? TRAIN : `# ${path}\nname = "churn"\nversion = "0.1.0"\n`;
  const cellOf = [null, 'load', null, null, null, null, null, 'train', 'train', 'train', null];
  const origins = text.split('\n').map((_, index) => {
    const cell = cellOf[index];
    return cell ? { cellId: CellId(cell), line: Math.max(1, index - 6) } : null;
  });
  return { path, text, language: 'python', origins };
}

const PACKAGE: PackageState = {
  name: 'churn',
  folder: '/home/ada/customer-churn/churn_package',
  activity: { kind: 'idle' },
  generated: {
    hash: 'abc',
    at: now - 400_000,
    isStale: false,
    files: FILES.map((path) => ({
      path,
      bytes: Bytes(1200),
      language: 'python',
      stepId: stepOf(path),
      isText: true,
    })),
    packages: [
      { name: 'numpy', version: '2.4.0', isDirect: false },
      { name: 'pandas', version: '3.1.0', isDirect: true },
    ],
    python: '3.11',
  },
  serve: { stepId: StepId('train'), name: 'model', functionName: null },
  candidates: [
    {
      stepId: StepId('train'),
      name: 'model',
      isSuggested: true,
      predictor: {
        className: 'RandomForestClassifier',
        featureCount: 2,
        featureNames: ['tenure', 'monthly'],
        sampleRow: [14, 42.1],
      },
    },
  ],
  functions: ['score'],
  problems: [
    {
      severity: 'warning',
      message: 'Cell 7 reads a file by a path of this computer.',
      cellId: CellId('bad'),
      line: 1,
    },
  ],
  run: RUN,
  error: null,
};

function stepOf(path: string): StepId | null {
  const name = STEP_FILE.exec(path)?.[1];
  return name === undefined ? null : StepId(name);
}

function buildStep(number: number, instruction: string, more: Partial<BuildStep>): BuildStep {
  return {
    id: String(number),
    number,
    total: 4,
    instruction,
    state: 'done',
    startedAt: now - 60_000,
    endedAt: now - 48_000,
    bytes: Bytes(number * 31e6),
    log: [`log of ${instruction}`, 'a second line'],
    ...more,
  };
}

function buildState(kind: string | null): BuildState {
  const settings = {
    ...{ baseImage: '', packageIndex: '', caBundle: '', proxy: '', platform: '' },
    ...{ engine: '', engineCertificates: '', pushTo: 'registry.example.com/team' },
    isImageChecked: true,
  };
  const idle = {
    activity: 'idle' as const,
    taskId: null,
    defaults: { packageIndex: '', caBundle: '' },
    contexts: [],
    contextBytes: Bytes(0),
    steps: [],
    error: null,
    image: null,
    push: null,
    kept: null,
  };
  if (kind === 'no-engine') {
    const error = studioError('engine-missing', 'No Docker engine answers on this computer.', {
      nextSteps: [{ label: 'Install one', shell: 'sudo apt-get install docker.io' }],
      detail: 'connect ENOENT /var/run/docker.sock',
    });
    return { engine: { status: 'missing', error }, settings, ...idle };
  }
  const steps = [
    buildStep(1, 'FROM python:3.11-slim', { state: 'cached', bytes: null }),
    buildStep(2, 'COPY requirements.lock .', {}),
    buildStep(3, 'RUN pip install --require-hashes -r requirements.lock', { endedAt: now }),
  ];
  const failed = buildStep(4, 'RUN python -m compileall src', {
    state: 'failed',
    log: ['Compiling…', "error: can't read src"],
  });
  const error = studioError(
    'build-failed',
    "Step 4 (RUN python -m compileall src) failed. error: can't read src",
    {
      nextSteps: [{ label: 'Build again', command: 'build.start' }],
      detail: 'log',
    },
  );
  const image = imageSchema.parse({
    tag: 'churn:abc123def456',
    id: `sha256:${'4f'.repeat(32)}`,
    bytes: 412e6,
    builtAt: now - 180_000,
    packageHash: 'abc',
    layers: [
      { instruction: 'COPY /opt/environment /opt/environment', bytes: 251e6 },
      { instruction: 'base image', bytes: 160e6 },
      { instruction: 'COPY src ./src', bytes: 93_000 },
    ],
    packages: [
      { name: 'scipy', version: '1.16.2', bytes: 98e6 },
      { name: 'pandas', version: '2.3.3', bytes: 61e6 },
      { name: 'scikit-learn', version: '1.7.2', bytes: 42e6 },
    ],
    check: {
      state: 'passed',
      done: ['The service was ready after 2.1 s.', 'One prediction was answered.'],
    },
    pushed: {
      target: 'registry.example.com/team/churn:abc123def456',
      reference: `registry.example.com/team/churn@sha256:${'9c'.repeat(32)}`,
      digest: `sha256:${'9c'.repeat(32)}`,
    },
  });
  const engine = {
    status: 'ready' as const,
    who: {
      ...{ name: 'workshop', kind: 'docker' as const, version: '27.3', apiVersion: '1.47' },
      ...{ platform: 'linux/amd64', address: 'unix:///var/run/docker.sock' },
      ...{ source: 'found on this computer', hasBuildKit: true, isSwarmManager: false },
    },
  };
  if (kind === 'yes') return { engine, settings, ...idle };
  if (kind === 'failed') return { engine, settings, ...idle, steps: [...steps, failed], error };
  return { engine, settings, ...idle, steps: [...steps, buildStep(4, 'COPY src src', {})], image };
}

const MEASUREMENT = {
  runId: RunId('r1'),
  packageName: 'churn',
  wallMs: 5100,
  cpuMs: 4700,
  peakMemoryBytes: 212e6,
  artifactBytes: 12e6,
  service: { requestMs: 4.2, idleMemoryBytes: 142e6, startMs: 1900 },
};

function estimateOf(
  mode: RunMode,
  edits: Record<string, AssumptionValue>,
  target: TargetId,
): EstimateState {
  const context = {
    mode,
    measurement: MEASUREMENT,
    computer: { cores: 8, memoryBytes: 16 * 1024 ** 3 },
    book: priceBookSchema.parse(book),
    edits,
    runsOfSchedule: null,
  };
  const targets = estimateTargets(context, now);
  const dates = targets.flatMap(({ lines }) => lines.flatMap(({ date }) => date ?? [])).sort();
  const estimate: Estimate = {
    id: EstimateId('e1'),
    mode,
    measurement: MEASUREMENT,
    targets,
    pricesFrom: dates[0] ?? null,
    pricesTo: dates.at(-1) ?? null,
    isShown: true,
  };
  const modes: RunMode[] = ['job', 'scheduled', 'service'];
  return {
    mode,
    modes,
    chosenTarget: target,
    assumptions: listAssumptions(context),
    estimate,
    problem: null,
  };
}

function estimateVerbs(store: Store<EstimateState>) {
  const edits: Record<string, AssumptionValue> = {};
  const redo = (mode: RunMode, target: TargetId) => {
    store.set(estimateOf(mode, edits, target));
    return done;
  };
  return {
    setMode: async ({ mode }: { mode: RunMode }) => redo(mode, store.value.chosenTarget),
    chooseTarget: async ({ targetId }: { targetId: TargetId }) => redo(store.value.mode, targetId),
    setAssumption: async ({ key, value }: { key: string; value: AssumptionValue | null }) => {
      if (value === null) delete edits[key];
      else edits[key] = value;
      return redo(store.value.mode, store.value.chosenTarget);
    },
  };
}

const SURVIVAL = [
  'It goes on when Slipway is closed.',
  'It does not start again by itself after a restart of the computer.',
];
const priced = (likely: number) => ({
  kind: 'priced' as const,
  per: 'month' as const,
  usd: { low: likely * 0.6, likely, high: likely * 1.8, isComplete: true },
});

function deployState(kind: string | null): DeployState {
  const settings = {
    name: DeploymentId('churn'),
    mode: 'service' as const,
    port: null,
    schedule: null,
    parameters: {},
    environment: {},
    secrets: {},
    resources: null,
    replicas: 1,
    options: {},
  };
  const changes = [
    {
      id: 'env',
      kind: 'create' as const,
      what: 'A virtual environment',
      detail: 'Python 3.11 with 24 packages',
      price: { kind: 'free' as const },
    },
    {
      id: 'service',
      kind: 'create' as const,
      what: 'A service on port 8000',
      detail: 'a supervised process, 142 MB',
      price: priced(3.2),
    },
    {
      id: 'old',
      kind: 'remove' as const,
      what: 'Revision 1',
      detail: 'kept for going back',
      price: { kind: 'unknown' as const, why: 'never measured' },
    },
  ];
  const state: DeployState = {
    targets: [
      {
        id: 'this-computer',
        title: 'This computer',
        summary: 'A supervised process, no Docker needed.',
        unavailable: null,
        modes: ['job', 'scheduled', 'service'],
        survival: SURVIVAL,
        exports: null,
        options: [],
        heeds: ['port'],
      },
      {
        id: 'aws-fargate',
        title: 'AWS Fargate',
        summary: 'A container in your AWS account.',
        unavailable: 'Slipway can estimate this target but not deploy to it yet.',
        modes: ['job'],
        survival: [],
        exports: null,
        options: [],
        heeds: [],
      },
      {
        id: 'google-cloud-run',
        title: 'Google Cloud Run',
        summary: '',
        unavailable: 'Slipway can estimate this target but not deploy to it yet.',
        modes: ['job'],
        survival: [],
        exports: null,
        options: [],
        heeds: [],
      },
    ],
    targetId: 'this-computer',
    settings,
    check: {
      items: [{ label: 'Python 3.11', status: 'ok', detail: '/usr/bin/python3' }],
      isReady: true,
    },
    plan: null,
    progress: {},
    activity: { kind: 'idle' },
    result: null,
    problem: null,
  };
  if (kind === 'yes') return state;
  const plan = {
    id: PlanId('p1'),
    deploymentId: DeploymentId('churn'),
    targetId: 'this-computer' as const,
    settings,
    estimateId: EstimateId('e1'),
    revision: 1,
    replaces: null,
    place: null,
    changes,
    total: priced(3.2),
    fixedUsd: 3.1,
    before: null,
    warnings: ['Port 8000 is the first free one; it may be another after a restart.'],
    packageFolder: '/home/ada/customer-churn/churn_package',
    packageDigest: 'abc',
    madeAt: now,
  };
  if (kind !== 'result') return { ...state, plan };
  return {
    ...state,
    plan,
    progress: { env: 'done', service: 'done', old: 'done' },
    result: {
      key: 'churn',
      deploymentId: DeploymentId('churn'),
      revision: 1,
      mode: 'service',
      url: 'http://127.0.0.1:8000',
      curl: 'curl -s http://127.0.0.1:8000/predict -H \'content-type: application/json\' -d \'{"rows":[{"tenure":14,"monthly":42.1}]}\'',
      nextRunAt: null,
      survival: SURVIVAL,
    },
  };
}

function deployment(id: string, more: Partial<Deployment>): Deployment {
  return {
    id,
    name: DeploymentId(id),
    place: null,
    targetId: 'this-computer',
    mode: 'service',
    packageName: 'churn',
    status: 'running',
    statusDetail: 'It answers on port 8000.',
    since: now - 6 * 86_400_000,
    health: { status: 'ok', message: 'answered in 3 ms', checkedAt: now },
    url: 'http://127.0.0.1:8000',
    port: 8000,
    schedule: null,
    nextRunAt: null,
    revision: 2,
    revisions: [1, 2].map((number) => ({
      number,
      createdAt: now - (9 - number) * 86_400_000,
      packageName: 'churn',
      packageDigest: `sha256:${String(number).repeat(64)}`,
      isCurrent: number === 2,
      price: { usd: { low: 2.9, likely: 3.2, high: 4.1, isComplete: true }, per: 'month' as const },
    })),
    traffic: { requests: 588, errors: 2, p95Ms: 61, source: "the service's own counters" },
    restarts: 0,
    runs: [],
    cost: {
      toDate: { low: 0.3, likely: 0.61, high: 1 },
      perHour: 0.0042,
      estimate: { low: 2, likely: 3.2, high: 5, isComplete: true },
      estimatePer: 'month',
      how: '145 hours at $0.0042 an hour, from the estimate.',
    },
    deployedAt: now - 6 * 86_400_000,
    folder: '/home/ada/.local/share/slipway/deployments/churn',
    survival: SURVIVAL,
    activity: 'none',
    ...more,
  };
}

const OPERATE: OperateState = {
  perHour: 0.0042,
  unreachable: [],
  deployments: [
    deployment('churn', {}),
    deployment('demand', {
      mode: 'scheduled',
      status: 'scheduled',
      statusDetail: 'It runs again tomorrow at 02:00.',
      nextRunAt: now + 40_000_000,
      schedule: { cron: '0 2 * * *', timeZone: 'Europe/Berlin' },
      url: null,
      traffic: { requests: null, errors: null, p95Ms: null, source: '' },
      runs: [
        {
          id: 'a',
          revision: 2,
          trigger: 'schedule',
          startedAt: now - 4e7,
          endedAt: now - 3.99e7,
          state: 'succeeded',
          exitCode: 0,
          message: 'ended well',
        },
        {
          id: 'b',
          revision: 2,
          trigger: 'person',
          startedAt: now - 9e7,
          endedAt: now - 8.99e7,
          state: 'failed',
          exitCode: 1,
          message: 'step train failed',
        },
      ],
    }),
    deployment('churn-try', {
      status: 'failed',
      statusDetail: 'It ended five times in a row. Read its log.',
      health: { status: 'failing', message: 'no answer', checkedAt: now },
    }),
  ],
};

const LOG: LogBatch = {
  lines: Array.from({ length: 30 }, (_, index) => ({
    index,
    at: now - (30 - index) * 1000,
    source: 'service' as const,
    stream: 'stdout' as const,
    text: `INFO request 8f${index} 200 ${30 + index} ms`,
  })),
};

const TASKS: Task[] = [
  {
    id: TaskId('t1'),
    stage: 'package',
    label: 'Running the package here',
    state: 'running',
    progress: { fraction: 0.4, message: 'Step train' },
    startedAt: now - 40_000,
  },
];

export function roadStates(query: URLSearchParams) {
  const empty = query.get('empty');
  const isEmpty = empty === 'yes';
  const estimate = new Store(estimateOf('service', {}, 'google-cloud-run'));
  if (isEmpty) estimate.update((state) => ({ ...state, estimate: null }));
  const nothing = {
    ...PACKAGE,
    generated: null,
    run: null,
    serve: null,
    candidates: [],
    problems: [],
  };
  const busy = {
    ...PACKAGE,
    activity: { kind: 'running' as const, taskId: TaskId('t1'), runId: null },
  };
  return {
    pipeline: isEmpty ? { ...PIPELINE, pipeline: { ...PIPELINE.pipeline, steps: [] } } : PIPELINE,
    package: new Store<PackageState>(isEmpty ? nothing : empty === 'busy' ? busy : PACKAGE),
    readFile,
    build: new Store(buildState(empty)),
    estimate,
    estimateVerbs: estimateVerbs(estimate),
    deploy: new Store(deployState(empty)),
    operate: new Store<OperateState>(
      isEmpty ? { deployments: [], unreachable: [], perHour: null } : OPERATE,
    ),
    log: new Store(LOG),
    serviceForm: {
      url: 'http://127.0.0.1:8000',
      schema: {},
      example: { rows: [{ tenure: 14, monthly: 42.1, plan: 'pro' }] },
      curl: '',
    },
    tasks: empty === 'busy' ? TASKS : [],
  };
}
