import { expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/client';
import type { FollowedJournal } from '../../../src/activities/follow-journal';
import { reasons } from '../../../src/meeting/reasons';
import { FAILURE } from '../../../src/temporal/failures';
import type { FollowJournalWorkflow } from '../../../src/workflows/follow-journal';
import { recordHistory } from '../../support/histories';
import { testTaskQueue } from '../../support/temporal';
import { workflowBench } from '../../support/workflows';

const bench = workflowBench();

/** Runs the workflow with the given results of its activities. @returns the number of activity calls */
async function run(...outcomes: readonly (FollowedJournal | ApplicationFailure)[]): Promise<number> {
  const taskQueue = testTaskQueue();
  let calls = 0;
  const followJournal = async (): Promise<FollowedJournal> => {
    const outcome = outcomes[calls++];
    if (outcome === undefined || outcome instanceof ApplicationFailure) throw outcome ?? new Error('no more');
    return outcome;
  };
  const activities = { followJournal };
  const worker = await bench.worker(taskQueue, activities);
  const client = bench.client();
  const handle = await client.workflow.start<typeof FollowJournalWorkflow>('FollowJournalWorkflow', {
    workflowId: `follow-${taskQueue}`,
    taskQueue,
  });
  await worker.runUntil(handle.result());
  await recordHistory(handle);
  return calls;
}

test('the journal is read to its end in one run', async () => {
  const read: FollowedJournal = { outcome: 'read', files: 50, events: 400, more: true };
  expect(await run(read, read, { ...read, files: 3, more: false })).toBe(3);
});

test('a run that fails ends quietly, because the next one is due soon', async () => {
  const reason = reasons.internal_error({ reference: 'x' });
  const details = { type: FAILURE.needsAttention, nonRetryable: true, details: [reason] };
  expect(await run(ApplicationFailure.create({ message: 'x', ...details }))).toBe(1);
});
