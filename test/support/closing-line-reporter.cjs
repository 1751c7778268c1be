const { writeSync } = require('node:fs');

/** Ends the test run with the line that CI reads: `N passed, N failed` (and `, N skipped` if any were). */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests;
    const line = `${results.numPassedTests} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : '');
    // Jest prints its own summary after this event, so the line is written at exit.
    process.once('exit', () => writeSync(1, `\n${line}\n`));
  }
};
