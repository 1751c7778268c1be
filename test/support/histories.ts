import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

/** One folder a release: histories of runs that may still be open when the next one is deployed. */
export const HISTORIES = path.resolve('test/replay/histories');

/**
 * Keeps the run's history for the replay tests when `RECORD_HISTORIES` names a release (`npm run record-histories`),
 * under the running test's name. Does nothing otherwise.
 */
export async function recordHistory(handle: WorkflowHandle): Promise<void> {
  const release = process.env['RECORD_HISTORIES'];
  if (release === undefined) return;
  const name = (expect.getState().currentTestName ?? 'unnamed').toLowerCase().replaceAll(/[^a-z]+/g, '-');
  const folder = path.join(HISTORIES, release);
  mkdirSync(folder, { recursive: true });
  // Failures carry stack traces: where the recording machine keeps the repository is nobody's business.
  const history = historyToJSON(await handle.fetchHistory()).replaceAll(process.cwd(), '.');
  writeFileSync(path.join(folder, `${name}.json`), history);
}
