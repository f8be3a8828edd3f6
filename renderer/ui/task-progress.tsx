import { Button, Progress } from '@mantine/core';
import { formatDuration } from '../../shared/base/units';
import type { Task } from '../../shared/task/task';
import { showPanel } from '../navigation';
import { callOrNotify } from './calls';
import { useNow } from './time';

/** A running task in place: what it does, how far it is, cancel, log. */
export function TaskProgress({ task }: { task: Task }) {
  const now = useNow(1000);
  const { fraction, message } = task.progress;
  const isRunning = task.state === 'running';
  return (
    <div data-testid="task-progress" style={{ display: 'grid', gap: 6 }}>
      <div style={{ display: 'flex', gap: 12, alignItems: 'center' }}>
        <b style={{ fontWeight: 550 }}>{task.label}</b>
        <span className="dim">{formatDuration((task.endedAt ?? now) - task.startedAt)}</span>
        <span style={{ marginLeft: 'auto' }} />
        <Button variant="subtle" color="gray" onClick={() => showPanel('log', task.id)}>
          Log
        </Button>
        {isRunning && (
          <Button
            variant="default"
            aria-label={`Cancel: ${task.label}`}
            onClick={() => void callOrNotify((studio) => studio.task.cancel({ id: task.id }))}
          >
            Cancel
          </Button>
        )}
      </div>
      {isRunning && (
        <Progress
          size={4}
          value={fraction === null ? 100 : fraction * 100}
          animated={fraction === null}
          striped={fraction === null}
          aria-label={task.label}
        />
      )}
      <span className="dim">{message}</span>
    </div>
  );
}
