import { expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { DeliveredNotices } from '../../../src/activities/notices/deliver';
import { noticesTaskQueue } from '../../../src/temporal/names';
import type { DeliverNoticesWorkflow, noticesDue } from '../../../src/workflows/deliver-notices';
import { recordHistory } from '../../support/histories';
import { testTaskQueue } from '../../support/temporal';
import { workflowBench } from '../../support/workflows';

const bench = workflowBench();
const DUE: (typeof noticesDue)['name'] = 'due';
const HOUR = 3_600_000;

/** Runs the workflow with the given results of its activity. @returns how often the activity ran */
async function run(
  runs: readonly (number | null)[],
  during: (handle: WorkflowHandle<typeof DeliverNoticesWorkflow>) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const taskQueue = testTaskQueue();
  let ran = 0;
  const deliverNotices = ({ outletId }: { outletId: string }): Promise<DeliveredNotices> => {
    expect(outletId).toBe('outlet');
    const nextInMs = runs[ran] ?? null;
    ran += 1;
    return Promise.resolve({ delivered: 1, failed: 0, nextInMs });
  };
  const worker = await bench.worker(taskQueue, {});
  const deliveries = await bench.activityWorker(noticesTaskQueue(taskQueue), { deliverNotices });
  const handle = await bench
    .client()
    .workflow.signalWithStart<typeof DeliverNoticesWorkflow>('DeliverNoticesWorkflow', {
      workflowId: `deliver-${taskQueue}`,
      taskQueue,
      args: [{ outletId: 'outlet', timeScale: 0.001 }],
      signal: DUE,
    });
  const done = async () => {
    await during(handle);
    await handle.result();
  };
  await worker.runUntil(deliveries.runUntil(done()));
  await recordHistory(handle);
  return ran;
}

test('deliveries follow one another while something is due, and after the pause until the next attempt', async () => {
  expect(await run([0, 30, null])).toBe(3);
});

test('a notice that comes while a receiver is away does not wait for its next attempt', async () => {
  const ran = await run([20 * HOUR, null], async (handle) => {
    while ((await handle.query<DeliveredNotices | null>('progress')) === null);
    await handle.signal(DUE);
  });
  expect(ran).toBe(2);
});
