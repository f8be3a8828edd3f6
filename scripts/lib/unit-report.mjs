/** A Vitest reporter that keeps what `npm test` sums up: how many, which failed with what words, and why each skip. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './paths.mjs';

export const UNIT_REPORT = join(ROOT, 'test-results', 'unit-totals.json');

// biome-ignore lint/style/noDefaultExport: Vitest takes a reporter's default export.
export default class UnitReport {
  onTestRunEnd(modules, errors) {
    const failed = errors.map(({ message }) => ({ name: 'outside of any test', reason: message }));
    const totals = { passed: 0, failed, skipped: [], retried: [] };
    for (const module of modules) count(module, totals);
    mkdirSync(dirname(UNIT_REPORT), { recursive: true });
    writeFileSync(UNIT_REPORT, JSON.stringify(totals));
  }
}

function count(module, totals) {
  // A file that cannot be loaded, and a hook of a suite that throws, have no test of their own to fail.
  const loose = [module, ...module.children.allSuites()].flatMap((part) => part.errors());
  const file = module.relativeModuleId;
  totals.failed.push(...loose.map(({ message }) => ({ name: file, reason: message })));
  for (const test of module.children.allTests()) {
    const { state, note, errors } = test.result();
    const name = `${file} › ${test.fullName}`;
    if (test.diagnostic()?.flaky) totals.retried.push({ name, reason: errors?.[0]?.message });
    if (state === 'passed') totals.passed += 1;
    else if (state === 'failed') totals.failed.push({ name, reason: errors?.[0]?.message });
    else totals.skipped.push({ name, reason: note });
  }
}
