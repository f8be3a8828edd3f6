/** A Vitest reporter that keeps what `npm test` sums up: how many, and why each skip. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './paths.mjs';

export const UNIT_REPORT = join(ROOT, 'test-results', 'unit-totals.json');

// biome-ignore lint/style/noDefaultExport: Vitest takes a reporter's default export.
export default class UnitReport {
  onTestRunEnd(modules, errors) {
    const totals = { passed: 0, failed: errors.length, skipped: [] };
    for (const module of modules) count(module, totals);
    mkdirSync(dirname(UNIT_REPORT), { recursive: true });
    writeFileSync(UNIT_REPORT, JSON.stringify(totals));
  }
}

function count(module, totals) {
  // A file that cannot be loaded, and a hook of a suite that throws, have no test of their own to fail.
  const loose = [module, ...module.children.allSuites()].flatMap((part) => part.errors());
  totals.failed += loose.length;
  for (const test of module.children.allTests()) {
    const { state, note } = test.result();
    if (state === 'passed') totals.passed += 1;
    else if (state === 'failed') totals.failed += 1;
    else
      totals.skipped.push({ name: `${module.relativeModuleId} › ${test.fullName}`, reason: note });
  }
}
