import { expect, test } from '@jest/globals';
import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import type { BulkInput, BulkProgress } from '../../../src/activities/bulk/sync-in-bulk';
import { reasons } from '../../../src/meeting/reasons';
import { FAILURE } from '../../../src/temporal/failures';
import { bulkTaskQueue } from '../../../src/temporal/names';
import type { BulkSyncWorkflow } from '../../../src/workflows/bulk-sync';
import { recordHistory } from '../../support/histories';
import { testTaskQueue } from '../../support/temporal';
import { workflowBench } from '../../support/workflows';

const bench = workflowBench();

/** Runs the workflow with the given results of its activities. @returns the inputs of the activities */
async function run(...outcomes: readonly (BulkProgress | ApplicationFailure)[]): Promise<BulkInput[]> {
  const taskQueue = testTaskQueue();
  const inputs: BulkInput[] = [];
  const syncInBulk = async (input: BulkInput): Promise<BulkProgress> => {
    const outcome = outcomes[inputs.length];
    inputs.push(input);
    if (outcome === undefined || outcome instanceof ApplicationFailure) throw outcome ?? new Error('no more');
    return outcome;
  };
  const worker = await bench.worker(taskQueue, {});
  const bulkWorker = await bench.activityWorker(bulkTaskQueue(taskQueue), { syncInBulk });
  const handle: WorkflowHandle<typeof BulkSyncWorkflow> = await bench
    .client()
    .workflow.start<typeof BulkSyncWorkflow>('BulkSyncWorkflow', {
      workflowId: `bulk-${taskQueue}`,
      taskQueue,
      args: [{ workspaceId: 'acme', timeScale: 0.001 }],
    });
  await worker.runUntil(bulkWorker.runUntil(handle.result()));
  await recordHistory(handle);
  return inputs;
}

const passed = (more: boolean): BulkProgress => ({ passed: 100, more, blocked: null });

test('bulk passes follow one another until no meeting waits for one', async () => {
  const inputs = await run(passed(true), passed(true), passed(false));
  expect(inputs).toEqual([1, 2, 3].map(() => ({ workspaceId: 'acme', careful: false })));
});

test('after an account was blocked, or a bulk pass failed, the next one tries a single meeting first', async () => {
  const reason = reasons.internal_error({ reference: 'x' });
  const details = { type: FAILURE.needsAttention, nonRetryable: true, details: [reason] };
  const inputs = await run(
    { passed: 1, more: true, blocked: { code: 'daily_limit', ms: 3_600_000 } },
    ApplicationFailure.create({ message: 'x', ...details }),
    passed(true),
    passed(false),
  );
  expect(inputs.map(({ careful }) => careful)).toEqual([false, true, true, false]);
});
