import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import type { BackfillProgress } from '../../../src/activities/backfill';
import { reasons } from '../../../src/meeting/reasons';
import { FAILURE } from '../../../src/temporal/failures';
import type { BackfillWorkflow } from '../../../src/workflows/backfill';
import { recordHistory } from '../../support/histories';
import { testTaskQueue } from '../../support/temporal';
import { workflowBench } from '../../support/workflows';

const bench = workflowBench();

type Outcome = BackfillProgress | ApplicationFailure;
const moving: BackfillProgress = { waiting: 300, onTheirWay: 200, done: false, held: null };
const finished: BackfillProgress = { waiting: 0, onTheirWay: 0, done: true, held: null };

/** Runs the workflow with the given results of its checks; the last result repeats. Adds what signals change to `changes`. */
async function run(
  outcomes: readonly Outcome[],
  use: (handle: WorkflowHandle<typeof BackfillWorkflow>) => Promise<void>,
  changes: string[] = [],
): Promise<{ looks: number; stopped: number }> {
  const taskQueue = testTaskQueue();
  const calls = { looks: 0, stopped: 0 };
  const handOverMeetings = async (): Promise<BackfillProgress> => {
    const outcome = outcomes[Math.min(calls.looks++, outcomes.length - 1)];
    if (outcome === undefined || outcome instanceof ApplicationFailure) throw outcome ?? new Error('no outcome');
    return outcome;
  };
  const stopBackfill = async (): Promise<void> => {
    calls.stopped += 1;
  };
  const pauseOrResumeBackfill = async ({ action }: { action: string }): Promise<void> => {
    changes.push(action);
  };
  const activities = { handOverMeetings, pauseOrResumeBackfill, stopBackfill };
  const worker = await bench.worker(taskQueue, activities);
  const client = bench.client();
  const handle = await client.workflow.start<typeof BackfillWorkflow>('BackfillWorkflow', {
    workflowId: `backfill-${taskQueue}`,
    taskQueue,
    args: [{ workspaceId: 'acme', backfillId: 'b1', timeScale: 0.001 }],
  });
  await worker.runUntil(use(handle));
  await recordHistory(handle);
  return calls;
}

test('a backfill starts meetings in portions until all syncs have ended', async () => {
  const waiting: BackfillProgress = { ...moving, held: 'not_connected' };
  const calls = await run([moving, waiting, moving, finished], async (handle) => {
    expect(await handle.result()).toEqual(finished);
    expect(await handle.query<BackfillProgress>('progress')).toEqual(finished);
  });
  expect(calls).toEqual({ looks: 4, stopped: 0 });
});

test('an internal error makes a backfill wait but does not end it', async () => {
  const reason = reasons.internal_error({ reference: 'x' });
  const failure = ApplicationFailure.create({
    message: 'x',
    type: FAILURE.needsAttention,
    nonRetryable: true,
    details: [reason],
  });
  const calls = await run([moving, failure, finished], async (handle) => {
    expect(await handle.result()).toEqual(finished);
  });
  expect(calls).toEqual({ looks: 3, stopped: 0 });
});

test('a cancelled backfill skips the rest of its file', async () => {
  const calls = await run([{ ...moving, held: 'not_connected' }], async (handle) => {
    await handle.query('progress');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
  });
  expect(calls.stopped).toBe(1);
});

test('signals pause and resume a backfill', async () => {
  const changes: string[] = [];
  const until = async (...expected: string[]) => {
    // oxlint-disable-next-line no-await-in-loop -- until the signal was handled
    while (changes.length < expected.length) await sleep(10);
    expect(changes).toEqual(expected);
  };
  const calls = await run(
    [{ ...moving, held: 'paused' }],
    async (handle) => {
      await handle.signal('pause');
      await until('pause');
      await handle.signal('resume');
      await until('pause', 'resume');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
    },
    changes,
  );
  expect(calls.stopped).toBe(1);
});
