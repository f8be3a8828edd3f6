/** The session's long work, shared by the title bar, the task list and every place that waits for something. */
import type { TaskId } from '../../shared/base/ids';
import type { Task } from '../../shared/task/task';
import { sharedStream } from '../studio';

const NO_TASKS: readonly Task[] = [];

export const taskStream = sharedStream<readonly Task[], readonly Task[]>(
  (studio, options) => studio.task.watch(undefined, options),
  NO_TASKS,
);

/** Newest first. */
export function useTasks(): readonly Task[] {
  return taskStream.use();
}

export function useTask(id: TaskId | null | undefined): Task | null {
  return useTasks().find((task) => task.id === id) ?? null;
}
