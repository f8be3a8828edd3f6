/** Waits for what Google does on its own, by name: whoever waits now need not be who began it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { fail } from '../../../../shared/base/studio-error';
import type { TaskContext } from '../../../task';
import { ask } from './errors';
import type { Google } from './google';

export interface Waiting {
  readonly doing: string;
  readonly task: TaskContext;
  readonly seconds: number;
}

/** Asks until it answers something. */
export async function until<T>(
  google: Google,
  { doing, task, seconds }: Waiting,
  look: () => Promise<T | null>,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > end)
      fail(
        'unexpected',
        `${capital(doing)} was not done after ${seconds} seconds. Google Cloud goes on with it; deploy again to wait for it.`,
      );
    task.signal.throwIfAborted();
    await sleep(google.pollMs, undefined, { signal: task.signal });
  }
}

const operationSchema = z.object({
  done: z.boolean().default(false),
  error: z.object({ code: z.number().default(2), message: z.string().default('') }).optional(),
});
export type Operation = z.infer<typeof operationSchema>;

/** How a long operation stands. Its name is all that is needed for it. */
export const readOperation = async (
  google: Google,
  api: 'run' | 'artifactregistry',
  name: string,
): Promise<Operation> =>
  operationSchema.parse(
    await ask({ doing: 'looking how far Google Cloud is' }, () =>
      google.rest(api, `/${api === 'run' ? 'v2' : 'v1'}/${name}`),
    ),
  );

/** To its end; fails with what it failed of. */
export async function finish(
  google: Google,
  api: 'run' | 'artifactregistry',
  name: string | null | undefined,
  waiting: Waiting,
): Promise<void> {
  if (!name) return;
  const { error } = await until(google, waiting, async () => {
    const operation = await readOperation(google, api, name);
    return operation.done ? operation : null;
  });
  if (error) throw Object.assign(new Error(error.message), { code: error.code });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
