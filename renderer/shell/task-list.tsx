/** The list of the session's long work: progress, cancel, log. */
import { ActionIcon, Button, Loader, Popover, Progress, ScrollArea, Tooltip } from '@mantine/core';
import { IconCheck, IconFileText, IconMinus, IconX } from '@tabler/icons-react';
import { formatDuration } from '../../shared/base/units';
import type { Task } from '../../shared/task/task';
import { setTaskListOpen, showPanel, useNavigation } from '../navigation';
import { callOrNotify, ErrorNotice, Pill, useNow, useTasks } from '../ui';
import styles from './task-list.module.css';

export function TaskList() {
  const tasks = useTasks();
  const isOpen = useNavigation((state) => state.isTaskListOpen);
  const running = tasks.filter(({ state }) => state === 'running').length;
  const label = `${running} ${running === 1 ? 'task' : 'tasks'} running`;
  return (
    <Popover opened={isOpen} onChange={setTaskListOpen} position="bottom-end" width={380} trapFocus>
      <Popover.Target>
        <button
          type="button"
          className={styles.target}
          aria-label={`Tasks: ${label}`}
          aria-expanded={isOpen}
          data-testid="tasks"
          onClick={() => setTaskListOpen(!isOpen)}
        >
          <Pill tone={running > 0 ? 'accent' : 'plain'}>
            {running > 0 ? <Loader size={10} /> : null}
            {running === 0 ? 'Tasks' : `${running} ${running === 1 ? 'task' : 'tasks'}`}
          </Pill>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Tasks">
        <div className={styles.head}>
          <b>Tasks</b>
          <Button
            variant="subtle"
            color="gray"
            disabled={tasks.length === running}
            onClick={() => void callOrNotify((studio) => studio.task.clear())}
          >
            Clear ended
          </Button>
        </div>
        <ScrollArea.Autosize mah={420}>
          {tasks.length === 0 ? (
            <p className={styles.empty}>Nothing runs, and nothing ran yet. Long work shows here.</p>
          ) : (
            <ul className={styles.list}>
              {tasks.map((task) => (
                <TaskRow key={task.id} task={task} />
              ))}
            </ul>
          )}
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}

function TaskRow({ task }: { task: Task }) {
  const now = useNow(1000);
  const { fraction, message } = task.progress;
  const isRunning = task.state === 'running';
  return (
    <li className={styles.row} data-testid="task" data-state={task.state}>
      <TaskSign state={task.state} />
      <div className={styles.body}>
        <div className={styles.label}>
          <span>{task.label}</span>
          <span className="dim">{formatDuration((task.endedAt ?? now) - task.startedAt)}</span>
        </div>
        {isRunning && (
          <Progress
            size={3}
            value={fraction === null ? 100 : fraction * 100}
            striped={fraction === null}
            animated={fraction === null}
            aria-label={`Progress of ${task.label}`}
          />
        )}
        {task.error === undefined ? (
          <span className="dim">{isRunning ? message : (task.outcome ?? stateInWords(task))}</span>
        ) : task.state === 'cancelled' ? (
          <span className="dim">Cancelled</span>
        ) : (
          <ErrorNotice error={task.error} />
        )}
      </div>
      <div className={styles.buttons}>
        <Tooltip label="Log">
          <ActionIcon
            aria-label={`Log of ${task.label}`}
            onClick={() => {
              showPanel('log', task.id);
              setTaskListOpen(false);
            }}
          >
            <IconFileText size={15} />
          </ActionIcon>
        </Tooltip>
        {isRunning && (
          <Tooltip label="Cancel">
            <ActionIcon
              aria-label={`Cancel ${task.label}`}
              onClick={() => void callOrNotify((studio) => studio.task.cancel({ id: task.id }))}
            >
              <IconX size={15} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </li>
  );
}

function TaskSign({ state }: { state: Task['state'] }) {
  if (state === 'running') return <Loader size={14} aria-label="running" />;
  if (state === 'succeeded')
    return <IconCheck size={16} color="var(--ok)" aria-label="succeeded" />;
  if (state === 'cancelled') return <IconMinus size={16} aria-label="cancelled" />;
  return <IconX size={16} color="var(--bad)" aria-label="failed" />;
}

function stateInWords({ state }: Task): string {
  return state === 'succeeded' ? 'Done' : state === 'cancelled' ? 'Cancelled' : 'Failed';
}
