/** Sums Playwright's JSON report: how many, and why each skip. */

export function sumE2e(report) {
  const totals = { passed: 0, failed: report.errors?.length ?? 0, skipped: [] };
  for (const suite of report.suites ?? []) countSuite(suite, [], totals);
  return totals;
}

function countSuite(suite, above, totals) {
  const path = [...above, suite.title].filter(Boolean);
  for (const inner of suite.suites ?? []) countSuite(inner, path, totals);
  for (const spec of suite.specs ?? []) {
    for (const test of spec.tests) countTest(test, [...path, spec.title], totals);
  }
}

function countTest(test, path, totals) {
  if (test.status === 'skipped') {
    const mark = test.annotations?.find(({ type }) => type === 'skip' || type === 'fixme');
    totals.skipped.push({ name: path.join(' › '), reason: mark?.description });
  } else if (test.status === 'unexpected') totals.failed += 1;
  else totals.passed += 1;
}
