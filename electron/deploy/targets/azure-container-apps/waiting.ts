/** Waits by looking at the thing itself: whoever waits now need not be who began it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../../../../shared/base/studio-error';
import type { TaskContext } from '../../../task';
import type { Azure } from './azure';

export interface Waiting {
  readonly doing: string;
  readonly task: Pick<TaskContext, 'signal'>;
  readonly seconds: number;
}

export async function until<T>(
  azure: Pick<Azure, 'pollMs'>,
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
        `${capital(doing)} was not done after ${seconds} seconds. Azure goes on with it; deploy again to wait for it.`,
      );
    task.signal.throwIfAborted();
    await sleep(azure.pollMs, undefined, { signal: task.signal });
  }
}

/** What Azure calls something that it still works on. */
export const isBusy = (state: string | undefined): boolean =>
  /^(InProgress|Creating|Updating|Deleting|Provisioning|Waiting|InitializationInProgress|InfrastructureSetupInProgress|ScheduledForDelete)$/.test(
    state ?? '',
  );

export const lastPart = (name: string | undefined): string => (name ?? '').split('/').at(-1) ?? '';

export async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of pages) found.push(each);
  return found;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "West Europe" and "westeurope" are one. */
export const normal = (region: string): string => region.toLowerCase().replaceAll(' ', '');
