/** One stand for the tests of a suite, signed in at, from before the first to after the last. */
import { afterAll, beforeAll, vi } from 'vitest';
import { type AwsStand, SIGNED_IN, startAwsStand } from './stand';

/** To be called in the suite; `take` is given the stand when it is up. */
export function useAwsStand(take: (stand: AwsStand) => void): void {
  let stand: AwsStand | null = null;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(SIGNED_IN)) vi.stubEnv(name, value);
    stand = await startAwsStand();
    take(stand);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await stand?.stop();
  });
}
