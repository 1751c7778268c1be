import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApplicationFailure, Client, type Connection } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { FollowedJournal } from '../../../src/activities/follow-journal';
import { reasons } from '../../../src/meeting/reasons';
import { FAILURE } from '../../../src/temporal/failures';
import type { FollowJournalWorkflow } from '../../../src/workflows/follow-journal';
import { recordHistory } from '../../support/histories';
import { connectToTemporal, temporalAddress, testTaskQueue } from '../../support/temporal';

let connection: Connection;
let native: NativeConnection;
let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  connection = await connectToTemporal();
  native = await NativeConnection.connect({ address: temporalAddress() });
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../../src/workflows'),
    logger: new DefaultLogger('ERROR'),
  });
});
afterAll(async () => {
  await connection.close();
  await native.close();
});

/** Runs the workflow over activities that come out as given. @returns how many it called */
async function run(...outcomes: readonly (FollowedJournal | ApplicationFailure)[]): Promise<number> {
  const taskQueue = testTaskQueue();
  let calls = 0;
  const followJournal = async (): Promise<FollowedJournal> => {
    const outcome = outcomes[calls++];
    if (outcome === undefined || outcome instanceof ApplicationFailure) throw outcome ?? new Error('no more');
    return outcome;
  };
  const activities = { followJournal };
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle, activities, identity: 'worker' });
  const client = new Client({ connection, identity: 'starter' });
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

test('a look that cannot be had ends its run well: the next one is due soon', async () => {
  const reason = reasons.internal_error({ reference: 'x' });
  const details = { type: FAILURE.parked, nonRetryable: true, details: [reason] };
  expect(await run(ApplicationFailure.create({ message: 'x', ...details }))).toBe(1);
});
