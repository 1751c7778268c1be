const { writeSync } = require('node:fs');

/** Ends the test run with the plain line that CI reads: `N passed, N failed` (`, N skipped` only when some were). */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests;
    const line = `${results.numPassedTests} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : '');
    // Jest's own summary follows this event: the line goes out when nothing else can.
    process.once('exit', () => writeSync(1, `\n${line}\n`));
  }
};
