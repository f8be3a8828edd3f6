/** A made-up churn notebook for the preview. Its numbers are invented and never reach the product. */
import { CellId, EnvironmentId, StepId, TaskId } from '../../shared/base/ids';
import { Store } from '../../shared/base/store';
import { studioError } from '../../shared/base/studio-error';
import type { Environment, EnvironmentList, KernelState } from '../../shared/connect';
import type { CellRun, CellView, NotebookState, OutputView } from '../../shared/notebook';
import {
  type CellFacts,
  emptyFacts,
  NO_CHOICES,
  type PipelineView,
  type Step,
} from '../../shared/pipeline';
import type { ProjectState } from '../../shared/project';
import type { Task } from '../../shared/task/task';
import { FakeNotebook, type FakeStates } from './fake-studio';

const PATH = '/home/ada/customer-churn/churn.ipynb';

const TABLE = `<style scoped>.dataframe tbody tr th { vertical-align: top; }</style><table border="1" class="dataframe">
<thead><tr><th></th><th>tenure</th><th>plan</th><th>monthly</th><th>churn</th></tr></thead><tbody>
<tr><th>0</th><td>14</td><td>pro</td><td>42.10</td><td>0</td></tr>
<tr><th>1</th><td>2</td><td>basic</td><td>18.00</td><td>1</td></tr>
<tr><th>2</th><td>61</td><td>team</td><td>120.50</td><td>0</td></tr></tbody></table>`;
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="90"><rect width="40" height="60" x="10" y="20" fill="#2b8bc6"/><rect width="40" height="30" x="70" y="50" fill="#c47f00"/></svg>';

const display = (data: Record<string, unknown>): OutputView => ({
  output_type: 'display_data',
  data,
  metadata: {},
});
const stream = (text: string, name = 'stdout'): OutputView => ({
  output_type: 'stream',
  name,
  text,
});

function cell(
  id: string,
  type: CellView['type'],
  source: string,
  outputs: OutputView[] = [],
  executionCount: number | null = null,
): CellView {
  return { id: CellId(id), type, source, tags: [], outputs, executionCount };
}

const CELLS: CellView[] = [
  cell(
    'title',
    'markdown',
    '# Customer churn\n\nWho leaves, and **why**: $p = \\frac{1}{1 + e^{-x}}$. See [the data](https://example.org).\n\n| plan | price |\n|---|---|\n| pro | 42 |\n\n```python\nprint("hi")\n```',
  ),
  cell(
    'params',
    'code',
    'n_estimators: int = 200        # trees, 10 to 2000\ntest_size = 0.25',
    [],
    1,
  ),
  cell(
    'load',
    'code',
    'import pandas as pd\n\ndf = pd.read_csv("data/customers.csv")\ndf["tenure_years"] = df["tenure"] / 12\ndf.head(3)',
    [display({ 'text/html': TABLE, 'text/plain': '   tenure' })],
    2,
  ),
  cell(
    'train',
    'code',
    'scaler.fit(X_train)\nmodel = RandomForestClassifier(n_estimators=n_estimators, random_state=0)\nmodel.fit(scaler.transform(X_train), y_train)',
    [
      stream('fitting 200 trees\n\u001b[32mdone\u001b[0m in 3.2 s\n'),
      stream('FutureWarning: old\n', 'stderr'),
    ],
    5,
  ),
  cell(
    'plot',
    'code',
    'df.churn.groupby(df.plan).mean().plot.bar()',
    [display({ 'image/svg+xml': SVG })],
    6,
  ),
  cell(
    'math',
    'code',
    'Math("x^2")',
    [
      display({
        'text/latex': '$\\displaystyle \\int_0^1 x^2\\,dx = \\tfrac13$',
        'text/plain': 'x',
      }),
    ],
    7,
  ),
  cell('long', 'code', 'for i in range(200): print(i)', [
    stream(Array.from({ length: 200 }, (_, index) => `line ${index}`).join('\n')),
  ]),
  cell('bad', 'code', 'pd.read_csv("missing.csv")', [
    {
      output_type: 'error',
      ename: 'FileNotFoundError',
      evalue: 'missing.csv',
      traceback: [
        '\u001b[0;31m---------------------------------------------------------------------------\u001b[0m',
        '\u001b[0;31mFileNotFoundError\u001b[0m                         Traceback (most recent call last)',
        'Cell \u001b[0;32mIn[8], line 1\u001b[0m\n\u001b[0;32m----> 1\u001b[0m pd.read_csv("missing.csv")',
        "\u001b[0;31mFileNotFoundError\u001b[0m: [Errno 2] No such file or directory: 'missing.csv'",
      ],
    },
  ]),
  cell('script', 'code', 'HTML("<script>")', [
    display({
      'text/html':
        '<b id="a">no script</b><script>document.getElementById("a").textContent = "script ran, parent " + (() => { try { return parent.document.title } catch { return "out of reach" } })()</script>',
    }),
  ]),
  ...Array.from({ length: 30 }, (_, index) =>
    cell(`more${index}`, 'code', `value_${index} = ${index}\nvalue_${index} + 1`),
  ),
];

const now = Date.now();
const ran = (ms: number): CellRun => ({ state: 'succeeded', ms, endedAt: now - 20_000 });

const NOTEBOOK: NotebookState = {
  document: {
    path: PATH,
    nbformat: 4,
    nbformatMinor: 5,
    language: 'python',
    kernelName: 'python3',
    isReadOnly: false,
    rawText: null,
    problems: [],
    cells: CELLS,
  },
  revision: 0,
  runs: {
    params: ran(2),
    load: ran(410),
    train: ran(3200),
    plot: { state: 'stale', reason: 'edited' },
    math: { state: 'running', startedAt: now - 3000 },
    long: { state: 'queued' },
    bad: {
      state: 'failed',
      ms: 12,
      endedAt: now,
      error: studioError('cell-failed', 'FileNotFoundError: missing.csv'),
    },
  },
  save: { status: 'saved', savedAt: now - 2000 },
  conflict: null,
  recovery: null,
  inputRequest: null,
  canUndo: false,
  canRedo: false,
};

const line = 1;
const use = (name: string) => ({ name, line, isSure: true });

function facts(id: string, index: number, more: Partial<CellFacts>): CellFacts {
  return { ...emptyFacts({ id: CellId(id), type: 'code' }, index), ...more };
}

function step(id: string, cellIds: string[], colour: number, more: Partial<Step>): Step {
  return {
    id: StepId(id),
    name: id,
    cellIds: cellIds.map(CellId),
    inputs: [],
    outputs: [],
    parameters: [],
    imports: [],
    helpers: [],
    travellingDefinitions: [],
    drawsRandomly: false,
    reason: 'The heading above begins a step.',
    colour,
    ...more,
  };
}

const PIPELINE: PipelineView = {
  revision: 0,
  facts: [
    facts('params', 1, { bound: [use('n_estimators'), use('test_size')] }),
    facts('load', 2, {
      bound: [use('df')],
      imports: [
        {
          line,
          text: 'import pandas as pd',
          module: 'pandas',
          names: ['pd'],
          paths: ['pandas'],
          isStar: false,
        },
      ],
      filesRead: [{ line: 3, path: 'data/customers.csv', how: 'read_csv' }],
    }),
    facts('train', 3, {
      read: [use('X_train'), use('y_train'), use('n_estimators')],
      bound: [use('model')],
      mutated: [{ name: 'scaler', line, how: 'fit', certainty: 'surely' }],
    }),
    facts('plot', 4, { read: [use('df')], isDisplayOnly: true }),
  ],
  pipeline: {
    steps: [
      step('load', ['load'], 0, { outputs: ['df'] }),
      step('train', ['train'], 1, { outputs: ['model', 'scaler'], parameters: ['n_estimators'] }),
    ],
    edges: [],
    placements: [{ cellId: CellId('params'), place: 'parameters', stepId: null, isChosen: true }],
    imports: [],
    requirements: [],
    parameters: [
      {
        name: 'n_estimators',
        type: 'int',
        defaultSource: '200',
        doc: '',
        cellId: CellId('params'),
        line,
        origin: 'cell',
      },
    ],
    skipped: [{ cellId: CellId('plot'), reason: 'A plot that nothing later reads.' }],
    skippable: [],
    helpers: [],
    problems: [{ severity: 'warning', message: 'No seed is set.', nextSteps: [] }],
  },
  choices: NO_CHOICES,
  choicesError: null,
};

const KERNEL: KernelState = {
  status: 'idle',
  kernel: {
    displayName: 'Python 3.11 · .venv',
    language: 'python',
    pythonPath: '/home/ada/customer-churn/.venv/bin/python',
    pythonVersion: '3.11.9',
    where: 'local',
    environmentId: EnvironmentId('venv'),
    serverUrl: null,
  },
};

function environment(id: string, more: Partial<Environment>): Environment {
  return {
    id: EnvironmentId(id),
    kind: 'venv',
    name: id,
    pythonPath: `/home/ada/${id}/bin/python`,
    folder: `/home/ada/${id}`,
    pythonVersion: '3.11.9',
    ipykernelVersion: '7.4.0',
    imports: { status: 'checked', missing: [] },
    isNearNotebook: false,
    canInstall: true,
    ...more,
  };
}

function project(query: URLSearchParams): ProjectState {
  const isOpen = query.get('open') !== 'no';
  return {
    open: isOpen ? { path: PATH, name: 'churn.ipynb', folder: '/home/ada/customer-churn' } : null,
    recent: [
      { path: PATH, name: 'churn.ipynb', openedAt: now - 3600_000, exists: true },
      {
        path: '/home/ada/old/demand.ipynb',
        name: 'demand.ipynb',
        openedAt: now - 9e8,
        exists: false,
      },
    ],
    samples: [
      {
        id: 'churn',
        title: 'Customer churn',
        description: 'Classification from a CSV of customers.',
      },
      { id: 'demand', title: 'Demand over time', description: 'Regression, without parameters.' },
    ],
    settings: {
      theme: query.get('theme') === 'light' ? 'light' : 'dark',
      isAutosaveOn: true,
      packageIndex: '',
      caBundle: '',
      ...{ baseImage: '', proxy: '', platform: '', engine: '', engineCertificates: '' },
      ...{ pushTo: '', isImageChecked: true },
    },
    stages: {
      connect: { status: 'done', fact: 'Python 3.11' },
      notebook: { status: 'done', fact: `${CELLS.length} cells, all run` },
      pipeline: { status: 'done', fact: '4 steps, 3 parameters' },
      package: { status: 'stale', fact: 'written', because: 'pipeline' },
      build: { status: 'underway', fact: 'building' },
      estimate: { status: 'nothing', fact: '' },
      deploy: { status: 'nothing', fact: '' },
      operate: { status: 'attention', fact: '3, one needs you' },
    },
  };
}

export function previewStates(query: URLSearchParams): FakeStates {
  const states: FakeStates = {
    project: new Store(project(query)),
    tasks: new Store<Task[]>([
      {
        id: TaskId('t1'),
        stage: 'package',
        label: 'Running the package here',
        state: 'running',
        progress: { fraction: 0.4, message: 'Step train' },
        startedAt: now - 40_000,
      },
      {
        id: TaskId('t2'),
        stage: 'connect',
        label: 'Making an environment',
        state: 'succeeded',
        progress: { fraction: 1, message: '' },
        outcome: 'Python 3.11 with pandas is ready.',
        startedAt: now - 90_000,
        endedAt: now - 80_000,
      },
    ]),
    taskLog: { dropped: 0, lines: Array.from({ length: 60 }, (_, index) => `log line ${index}`) },
    kernel: new Store<KernelState>(KERNEL),
    environments: new Store<EnvironmentList>({
      activity: 'idle',
      environments: [
        environment('venv', { name: '.venv', isNearNotebook: true }),
        environment('conda', {
          kind: 'conda',
          name: 'base',
          imports: { status: 'checked', missing: ['sklearn', 'pandas'] },
        }),
        environment('system', {
          kind: 'system',
          name: 'Python 3.11',
          ipykernelVersion: null,
          canInstall: false,
        }),
      ],
    }),
    pipeline: new Store(PIPELINE),
    notebook: new FakeNotebook(NOTEBOOK),
  };
  if (query.get('trouble') === 'yes') addTrouble(states);
  return states;
}

function addTrouble({ kernel, notebook }: FakeStates): void {
  if ('kernel' in kernel.value) {
    const error = studioError(
      'kernel-dead',
      'The kernel died while cell 4 ran. Nothing you wrote is lost.',
      {
        detail: 'exit code -9 (killed)',
        nextSteps: [{ label: 'Start it again', command: 'connect.restart' }],
      },
    );
    kernel.set({ status: 'dead', kernel: kernel.value.kernel, error });
  }
  notebook.tell({
    type: 'conflict',
    conflict: { kind: 'changed', message: 'Another program changed churn.ipynb.', noticedAt: now },
  });
  notebook.tell({
    type: 'recovery',
    recovery: { message: 'Edits that were not saved are back.', editedAt: now - 60_000 },
  });
  notebook.tell({
    type: 'input',
    request: { cellId: CellId('params'), prompt: 'Your name? ', isPassword: false },
  });
}
