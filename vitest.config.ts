/** Unit tests lie beside the sources. They start real kernels, Pythons and engines, so they take their time. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Minutes each: the kits of the targets, which wait for an engine or for the stand of a cloud, and whole notebooks. */
const LONG =
  /\/deploy\/targets\/([\w-]+)\/\1\.test\.ts$|\/(?:cli|hard-cases|package-service|proof|recorder)\.test\.ts$/;

/** What takes longest begins first, so that it does not end alone. */
class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export.
export default defineConfig({
  plugins: [react()],
  test: {
    include: ['{shared,electron,renderer,scripts}/**/*.test.{ts,tsx,mjs}'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One more than the two cores of a CI machine: a third of the time goes by in waiting.
    maxWorkers: 3,
    sequence: { sequencer: LongOnesFirst },
    // Real processes on a loaded machine: what passes only at the second try is named at the end.
    retry: process.env.CI ? 1 : 0,
    passWithNoTests: false,
  },
});
