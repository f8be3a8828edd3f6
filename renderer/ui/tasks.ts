/** The session's long work, shared by the title bar, the task list and every place that waits for something. */
import type { TaskId } from '../../shared/base/ids';
import type { Task } from '../../shared/task/task';
import { sharedStream } from '../studio';

const NO_TASKS: readonly Task[] = [];
const LATEST_MS = 2000;

export const taskStream = sharedStream<readonly Task[], readonly Task[]>(
  (studio, options) => studio.task.watch(undefined, options),
  NO_TASKS,
);

/** Newest first. */
export function useTasks(): readonly Task[] {
  return taskStream.use();
}

/** Whether the stage has work underway. */
export function useIsWorking(stage: Task['stage']): boolean {
  return useTasks().some((task) => task.stage === stage && task.state === 'running');
}

/** The answer that names a new task may arrive before the list that holds it; this waits for the list. */
export function untilKnown(id: string): Promise<void> {
  const isKnown = () => taskStream.read().some((task) => task.id === id);
  if (isKnown()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    // A list that never comes must not hold a button for ever.
    const timer = setTimeout(end, LATEST_MS);
    const unsubscribe = taskStream.subscribe(() => {
      if (isKnown()) end();
    });
  });
}

export function useTask(id: TaskId | null | undefined): Task | null {
  return useTasks().find((task) => task.id === id) ?? null;
}
