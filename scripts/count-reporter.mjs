// Counts what web-test-runner ran, into the file that TEST_REPORT names, in the words of vitest's own report.
import { writeFileSync } from "node:fs";

function count(suite) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const test of suite?.tests ?? []) {
    if (test.skipped) totals.skipped += 1;
    else if (test.passed) totals.passed += 1;
    else totals.failed += 1;
  }
  for (const inner of suite?.suites ?? []) {
    const below = count(inner);
    for (const key of Object.keys(totals)) totals[key] += below[key];
  }
  return totals;
}

export function countReporter() {
  return {
    stop({ sessions }) {
      if (!process.env.TEST_REPORT) return;
      const totals = { passed: 0, failed: 0, skipped: 0 };
      for (const session of sessions) {
        const counted = count(session.testResults);
        for (const key of Object.keys(totals)) totals[key] += counted[key];
        // A file that did not load has no tests to fail.
        if (!session.passed && counted.failed === 0) totals.failed += 1;
      }
      writeFileSync(
        process.env.TEST_REPORT,
        JSON.stringify({ numPassedTests: totals.passed, numFailedTests: totals.failed, numPendingTests: totals.skipped }),
      );
    },
  };
}
