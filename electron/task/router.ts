import { implement } from '@orpc/server';
import { done } from '../../shared/base/result';
import { taskContract } from '../../shared/task/contract';
import type { TaskLog } from '../../shared/task/task';
import type { TaskRunner } from './index';

export function taskRouter(tasks: TaskRunner) {
  const os = implement(taskContract);
  return os.router({
    watch: os.watch.handler(({ signal }) => tasks.list.watch(signal)),
    watchLog: os.watchLog.handler(
      ({ input, signal }) => tasks.log(input.id)?.watch(signal) ?? noLog(),
    ),
    cancel: os.cancel.handler(({ input }) => tasks.cancel(input.id)),
    clear: os.clear.handler(() => {
      tasks.clear();
      return done;
    }),
  });
}

async function* noLog(): AsyncGenerator<TaskLog, void, void> {
  yield { dropped: 0, lines: [] };
}
