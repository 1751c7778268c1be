import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

/** One folder per release, with histories of runs that may still be open when the next release is deployed. */
export const HISTORIES = path.resolve('test/replay/histories');

/**
 * Records the run's history for the replay tests under the name of the running test, if `RECORD_HISTORIES` names a release
 * (`npm run record-histories`).
 */
export async function recordHistory(handle: WorkflowHandle): Promise<void> {
  const release = process.env['RECORD_HISTORIES'];
  if (release === undefined) return;
  const name = (expect.getState().currentTestName ?? 'unnamed').toLowerCase().replaceAll(/[^a-z]+/g, '-');
  const folder = path.join(HISTORIES, release);
  mkdirSync(folder, { recursive: true });
  // Stack traces in failures contain the paths of the repository and its packages, which must not be published.
  const packages = path.dirname(realpathSync('node_modules'));
  const history = historyToJSON(await handle.fetchHistory())
    .replaceAll(process.cwd(), '.')
    .replaceAll(packages, '.');
  writeFileSync(path.join(folder, `${name}.json`), history);
}
