import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identify } from './process-identity';
import { whileLocked } from './while-locked';

describe('what is made by one process at a time', () => {
  let folder: string;
  let lock: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-lock-'));
    lock = join(folder, 'deep', 'made.lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made by the second when the first has ended, whether that failed or not', async () => {
    const order: string[] = [];
    const waits = Promise.withResolvers<void>();
    const first = whileLocked(lock, {}, async () => {
      order.push('first begins');
      await waits.promise;
      order.push('first fails');
      throw new Error('no luck');
    });
    await expect.poll(() => order).toEqual(['first begins']);
    const onWait = () => {
      order.push('second waits');
      waits.resolve();
    };
    const second = whileLocked(lock, { onWait }, async () => {
      order.push('second');
      return 7;
    });
    await expect(first).rejects.toThrow('no luck');
    expect(await second).toBe(7);
    expect(order).toEqual(['first begins', 'second waits', 'first fails', 'second']);
    expect(existsSync(lock)).toBe(false);
  });

  it('is taken over from a process that died, also where another has its number now', async () => {
    const another = { ...(await identify(process.pid)), startedAt: 'long ago' };
    for (const left of [JSON.stringify(another), '4194999', 'null']) {
      await whileLocked(lock, {}, async () => undefined);
      await writeFile(lock, left);
      expect(await whileLocked(lock, {}, async () => 'made')).toBe('made');
    }
  });

  it('is waited for until that is cancelled', async () => {
    const cancel = new AbortController();
    let isMade = false;
    await whileLocked(lock, {}, async () => {
      const onWait = () => cancel.abort();
      const waiting = whileLocked(lock, { signal: cancel.signal, onWait }, async () => {
        isMade = true;
      });
      await expect(waiting).rejects.toThrow(/abort/i);
    });
    expect({ isMade, isLocked: existsSync(lock) }).toEqual({ isMade: false, isLocked: false });
  });
});
