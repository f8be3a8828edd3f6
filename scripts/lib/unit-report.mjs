/** A Vitest reporter that keeps what `npm test` sums up: how many, which failed with what words, and why each skip. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Names the file: several runs side by side have one each. */
export const UNIT_REPORT = 'SLIPWAY_UNIT_REPORT';

// biome-ignore lint/style/noDefaultExport: Vitest takes a reporter's default export.
export default class UnitReport {
  onTestRunEnd(modules, errors) {
    const failed = errors.map(({ message }) => ({ name: 'outside of any test', reason: message }));
    const totals = { passed: 0, failed, skipped: [], retried: [] };
    for (const module of modules) count(module, totals);
    const path = process.env[UNIT_REPORT];
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(totals));
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
