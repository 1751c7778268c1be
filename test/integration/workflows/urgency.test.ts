import { expect, test } from '@jest/globals';
import { backgroundUrgency } from '../../../src/activities/interceptors/urgency';
import { isBulk } from '../../../src/hubspot/client/urgency';
import { BACKGROUND_PRIORITY } from '../../../src/temporal/names';
import type { SyncMeetingWorkflow } from '../../../src/workflows/sync-meeting';
import { testTaskQueue } from '../../support/temporal';
import { workflowBench } from '../../support/workflows';
import { recordedActivities } from './syncs';

const bench = workflowBench();

test.each([
  ['a background sync lets live work go first', { priorityKey: BACKGROUND_PRIORITY }, true],
  ['a live sync does not', {}, false],
])('every call of %s', async (_case, priority, expected) => {
  const seen: boolean[] = [];
  const { activities } = recordedActivities({
    expandCascades: () => {
      seen.push(isBulk());
      return Promise.resolve({ links: 1 });
    },
  });
  const taskQueue = testTaskQueue();
  const worker = await bench.worker(taskQueue, activities, [backgroundUrgency]);
  const handle = await bench.client().workflow.start<typeof SyncMeetingWorkflow>('SyncMeetingWorkflow', {
    workflowId: `urgency-${taskQueue}`,
    taskQueue,
    args: [{ workspaceId: 'acme', meetingId: 'm1' }],
    priority,
  });
  await worker.runUntil(handle.result());
  expect(seen).toEqual([expected]);
});
