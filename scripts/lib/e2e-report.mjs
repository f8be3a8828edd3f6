/** Sums Playwright's JSON report: how many, which failed with what words, and why each skip. */

export function sumE2e(report) {
  const failed = (report.errors ?? []).map(({ message }) => ({
    name: 'outside of any test',
    reason: message,
  }));
  const totals = { passed: 0, failed, skipped: [], retried: [] };
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
  const name = path.join(' › ');
  const reason = test.results.flatMap(({ errors }) => errors).at(0)?.message;
  if (test.status === 'flaky') totals.retried.push({ name, reason });
  if (test.status === 'skipped') {
    const mark = test.annotations?.find(({ type }) => type === 'skip' || type === 'fixme');
    totals.skipped.push({ name, reason: mark?.description });
  } else if (test.status === 'unexpected') totals.failed.push({ name, reason });
  else totals.passed += 1;
}
