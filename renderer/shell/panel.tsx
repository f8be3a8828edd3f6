/** The panel below the place: problems, what the running work says, its log. */
import { ActionIcon, Select, Tabs, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconX } from '@tabler/icons-react';
import { TaskId } from '../../shared/base/ids';
import type { Task, TaskLog } from '../../shared/task/task';
import { goTo, type PanelTab, showPanel, togglePanel, useNavigation } from '../navigation';
import { useStream } from '../studio';
import {
  ErrorNotice,
  LogView,
  requestCell,
  type ShownProblem,
  TaskProgress,
  useProblems,
  useTasks,
} from '../ui';
import styles from './frame.module.css';

export function BottomPanel() {
  const { tab, taskId } = useNavigation((state) => state.panel);
  const problems = useProblems();
  const tasks = useTasks();
  const task = tasks.find(({ id }) => id === taskId) ?? tasks[0] ?? null;
  return (
    <section className={styles.panel} aria-label="Panel" data-testid="panel">
      <div className={styles.panelHead}>
        <Tabs value={tab} onChange={(next) => showPanel((next ?? 'problems') as PanelTab, taskId)}>
          <Tabs.List>
            <Tabs.Tab value="problems">Problems {problems.length > 0 && problems.length}</Tabs.Tab>
            <Tabs.Tab value="output">Output</Tabs.Tab>
            <Tabs.Tab value="log">Log</Tabs.Tab>
          </Tabs.List>
        </Tabs>
        <span style={{ marginLeft: 'auto' }} />
        {tab !== 'problems' && <TaskChoice tasks={tasks} task={task} tab={tab} />}
        <Tooltip label="Hide the panel">
          <ActionIcon aria-label="Hide the panel" onClick={togglePanel}>
            <IconX size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={styles.panelBody}>
        {tab === 'problems' && <ProblemList problems={problems} />}
        {tab === 'output' && <TaskOutput task={task} />}
        {tab === 'log' && (task === null ? <NoTask /> : <TaskLogView key={task.id} task={task} />)}
      </div>
    </section>
  );
}

function TaskChoice({
  tasks,
  task,
  tab,
}: {
  tasks: readonly Task[];
  task: Task | null;
  tab: PanelTab;
}) {
  if (tasks.length < 2) return null;
  return (
    <Select
      size="xs"
      aria-label="Task"
      allowDeselect={false}
      value={task?.id ?? null}
      data={tasks.map(({ id, label }) => ({ value: id, label }))}
      onChange={(id) => id !== null && showPanel(tab, TaskId(id))}
    />
  );
}

function NoTask() {
  return <span className="dim">Nothing ran yet. Long work writes its log here.</span>;
}

function TaskOutput({ task }: { task: Task | null }) {
  if (task === null) return <NoTask />;
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <TaskProgress task={task} />
      {task.outcome !== undefined && <span>{task.outcome}</span>}
      {task.error !== undefined && task.state === 'failed' && <ErrorNotice error={task.error} />}
    </div>
  );
}

const NO_LOG: TaskLog = { dropped: 0, lines: [] };

function TaskLogView({ task }: { task: Task }) {
  const log = useStream<TaskLog>(
    (studio, options) => studio.task.watchLog({ id: task.id }, options),
    NO_LOG,
    [task.id],
  );
  if (log.lines.length === 0) return <span className="dim">{task.label}: no lines yet.</span>;
  return <LogView lines={log.lines} dropped={log.dropped} label={`Log of ${task.label}`} />;
}

function ProblemList({ problems }: { problems: readonly ShownProblem[] }) {
  if (problems.length === 0) return <span className="dim">Nothing is wrong that is known of.</span>;
  return problems.map((problem, index) => (
    <button
      // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity beyond their order.
      key={index}
      type="button"
      className={styles.problem}
      onClick={() => {
        goTo(problem.place);
        if (problem.cellId !== undefined) requestCell(problem.cellId);
      }}
    >
      {problem.severity === 'error' ? (
        <IconCircleX size={16} color="var(--bad)" aria-label="Error" />
      ) : (
        <IconAlertTriangle size={16} color="var(--warn)" aria-label="Warning" />
      )}
      <span>{problem.message}</span>
      <span className="dim">{problem.where}</span>
    </button>
  ));
}
