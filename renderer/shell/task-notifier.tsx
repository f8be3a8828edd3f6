/** Tells once how each task ended; cancelling is silent. */
import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import type { Task } from '../../shared/task/task';
import { useNavigation } from '../navigation';
import { notifyError, useTasks } from '../ui';

export function TaskNotifier() {
  const tasks = useTasks();
  const running = useRef(new Set<string>());
  useEffect(() => {
    for (const task of tasks) {
      if (task.state === 'running') running.current.add(task.id);
      else if (running.current.delete(task.id)) tellEnd(task);
    }
  }, [tasks]);
  return null;
}

function tellEnd(task: Task): void {
  if (isSeenAnyway(task)) return;
  if (task.state === 'failed' && task.error !== undefined) notifyError(task.error);
  if (task.state !== 'succeeded') return;
  notifications.show({ title: task.label, message: task.outcome ?? 'Done', color: 'teal' });
}

/** Who looks at the notebook sees its cells end; Deploy says itself what went wrong there. */
function isSeenAnyway({ stage, state }: Task): boolean {
  if (stage !== useNavigation.getState().place) return false;
  return stage === 'notebook' || (stage === 'deploy' && state === 'failed');
}
