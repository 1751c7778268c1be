import type { Activities } from '../../../src/activities';
import { syncMeetingWorkflowId } from '../../../src/temporal/names';
import type { resync, status, SyncMeetingInput, SyncMeetingWorkflow } from '../../../src/workflows/sync-meeting';
import type { SyncState } from '../../../src/workflows/sync-progress';
import { recordHistory } from '../../support/histories';
import { testTaskQueue } from '../../support/temporal';
import { workflowBench } from '../../support/workflows';

const bench = workflowBench();

/** Activities that only record their calls. A test overrides those that it is about. */
export function recordedActivities(overrides: Partial<Activities> = {}): { calls: string[]; activities: Activities } {
  const calls: string[] = [];
  const quiet: Activities = {
    beginSync: () => Promise.resolve({ portalId: 7, task: 'sync', rewrite: false, rewrites: 0, recordedTwice: false }),
    resolveParticipants: () =>
      Promise.resolve({
        roots: { manual: [], participant: [{ objectType: 'contacts', id: '1' }], domain: [] },
        skip: null,
      }),
    expandCascades: () => Promise.resolve({ links: 1 }),
    writeSummary: () => Promise.resolve({ written: 'created' }),
    writeNotes: () => Promise.resolve({ written: 'created' }),
    writeTasks: () => Promise.resolve({ tasks: 0 }),
    associate: () => Promise.resolve({ added: 0, removed: 0, refused: 0 }),
    writeFields: () => Promise.resolve({ records: 0 }),
    recordOutcome: () => Promise.resolve({ goOn: false }),
    takeBack: () => Promise.resolve(),
    erase: () => Promise.resolve(),
    handOverMeetings: () => Promise.resolve({ waiting: 0, onTheirWay: 0, done: true, held: null }),
    syncInBulk: () => Promise.resolve({ passed: 0, more: false, blocked: null }),
    pauseOrResumeBackfill: () => Promise.resolve(),
    stopBackfill: () => Promise.resolve(),
    connectedWorkspaces: () => Promise.resolve([]),
    startReconciliation: () => Promise.resolve({ reconciliationId: 'r1' }),
    reconcileMirror: () => Promise.resolve({ changed: 0 }),
    checkActivities: () => Promise.resolve({ checked: 0, deleted: 0, restored: 0 }),
    checkCalendarDoubles: () => Promise.resolve({ checked: 0 }),
    readOpenDeals: () => Promise.resolve({ complete: true }),
    endReconciliation: () => Promise.resolve(),
    followJournal: () => Promise.resolve({ outcome: 'quiet', files: 0, events: 0, more: false }),
    applyCrmChanges: () => Promise.resolve({ events: 0, records: 0, meetings: 0, more: false }),
    deliverNotices: () => Promise.resolve({ delivered: 0, failed: 0, nextInMs: null }),
  };
  const activities = { ...quiet, ...overrides };
  const recording = Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (...args: never[]) => {
        calls.push(name);
        return (activity as (...given: never[]) => unknown)(...args);
      },
    ]),
  ) as unknown as Activities;
  return { calls, activities: recording };
}

/** Starts a sync by signal-with-start, as the product does, and runs a worker until `use` ends. */
export async function withSync(
  activities: Activities,
  use: (sync: Awaited<ReturnType<typeof start>>) => Promise<void>,
  input: Partial<SyncMeetingInput> = {},
): Promise<void> {
  const taskQueue = testTaskQueue();
  const worker = await bench.worker(taskQueue, activities);
  const sync = await start(taskQueue, input);
  await worker.runUntil(use(sync));
  await recordHistory(sync.handle);
}

async function start(taskQueue: string, input: Partial<SyncMeetingInput>) {
  const client = bench.client();
  const meetingId = `m-${taskQueue}`;
  const handle = await client.workflow.signalWithStart<typeof SyncMeetingWorkflow>('SyncMeetingWorkflow', {
    workflowId: syncMeetingWorkflowId('acme', meetingId),
    taskQueue,
    args: [{ workspaceId: 'acme', meetingId, ...input }],
    signal: 'resync' satisfies (typeof resync)['name'],
    signalArgs: [],
  });
  return {
    handle,
    result: () => handle.result(),
    resync: () => handle.signal('resync'),
    status: () => handle.query<SyncState>('status' satisfies (typeof status)['name']),
    attributes: async () => (await handle.describe()).searchAttributes,
  };
}

/** Polls until the condition holds. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- polling
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
