import { expect, test } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { reasons } from '../../../src/meeting/reasons';
import { FAILURE } from '../../../src/temporal/failures';
import { recordedActivities, until, withSync } from './syncs';

const needsAttention = (code: 'not_connected' | 'reauthorize' = 'not_connected') =>
  ApplicationFailure.create({
    message: 'x',
    type: FAILURE.needsAttention,
    nonRetryable: true,
    details: [reasons[code]()],
  });

test('a first sync runs every step once, although a signal starts it', async () => {
  const { calls, activities } = recordedActivities();
  await withSync(activities, async (sync) => {
    expect(await sync.result()).toEqual({ status: 'synced', code: null, reason: null });
    expect(await sync.attributes()).toMatchObject({ SyncStatus: ['synced'], HubSpotPortalId: [7] });
  });
  expect(calls.toSorted()).toEqual([
    'associate',
    'beginSync',
    'expandCascades',
    'recordOutcome',
    'resolveParticipants',
    'writeNotes',
    'writeSummary',
  ]);
});

test('a run with a short history writes few events, and its outcome is recorded in the workflow task', async () => {
  const { activities } = recordedActivities();
  await withSync(activities, async (sync) => {
    await sync.result();
    const { events } = await sync.handle.fetchHistory();
    const scheduled = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
    expect(scheduled.map((each) => each.activityType?.name ?? '').toSorted()).toEqual([
      'associate',
      'beginSync',
      'expandCascades',
      'resolveParticipants',
      'writeNotes',
      'writeSummary',
    ]);
    // The patch, and the local activity.
    expect(events?.filter((event) => event.markerRecordedEventAttributes)).toHaveLength(2);
    // The patch, and, since the start did not name the account: one update when the pass begins, and one when it ends.
    expect(events?.filter((event) => event.upsertWorkflowSearchAttributesEventAttributes)).toHaveLength(3);
  });
});

test('an outcome that cannot be recorded at once is recorded by an activity, which waits for the database', async () => {
  let failures = 0;
  const { calls, activities } = recordedActivities({
    recordOutcome: () => {
      failures += 1;
      return failures < 3 ? Promise.reject(new Error('the database is away')) : Promise.resolve({ goOn: false });
    },
  });
  await withSync(activities, async (sync) => {
    expect(await sync.result()).toMatchObject({ status: 'synced' });
    expect(await sync.attributes()).toMatchObject({ SyncStatus: ['synced'] });
  });
  expect(calls.filter((call) => call === 'recordOutcome')).toHaveLength(3);
});

test('a resync during a pass leads to one more pass', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { calls, activities } = recordedActivities({
    associate: async () => (await released, { added: 0, removed: 0, refused: 0 }),
  });
  await withSync(activities, async (sync) => {
    await until(() => Promise.resolve(calls.includes('associate')));
    await Promise.all([sync.resync(), sync.resync()]);
    release();
    await sync.result();
  });
  expect(calls.filter((call) => call === 'beginSync')).toHaveLength(2);
});

test('a meeting without a match is skipped, and nothing is written', async () => {
  const { calls, activities } = recordedActivities({
    resolveParticipants: () =>
      Promise.resolve({ roots: { manual: [], participant: [], domain: [] }, skip: { code: 'no_crm_match' } }),
  });
  await withSync(activities, async (sync) => {
    expect(await sync.result()).toMatchObject({ status: 'skipped', code: 'no_crm_match' });
  });
  expect(calls).not.toContain('writeSummary');
});

test('a run that needs attention reports it, and a signal continues it', async () => {
  let connected = false;
  const { activities } = recordedActivities({
    beginSync: () =>
      connected
        ? Promise.resolve({ portalId: 7, task: 'sync', rewrite: false, rewrites: 0, recordedTwice: false })
        : Promise.reject(needsAttention()),
  });
  await withSync(activities, async (sync) => {
    await until(async () => (await sync.status()).status === 'needs_attention');
    expect(await sync.status()).toMatchObject({
      code: 'not_connected',
      reason: { action: expect.stringContaining('Connect HubSpot') },
    });
    expect(await sync.attributes()).toMatchObject({ SyncStatus: ['needs_attention'], SyncReason: ['not_connected'] });
    connected = true;
    await sync.resync();
    expect(await sync.result()).toMatchObject({ status: 'synced' });
    expect((await sync.attributes())['SyncReason']).toEqual([null]);
  });
});

test('a run whose problem was resolved before it waits continues without a signal', async () => {
  let tries = 0;
  const { activities } = recordedActivities({
    beginSync: () =>
      ++tries === 1
        ? Promise.reject(needsAttention('reauthorize'))
        : Promise.resolve({ portalId: 7, task: 'sync', rewrite: false, rewrites: 0, recordedTwice: false }),
    recordOutcome: ({ outcome }) => Promise.resolve({ goOn: outcome.status === 'needs_attention' }),
  });
  await withSync(activities, async (sync) => {
    expect(await sync.result()).toMatchObject({ status: 'synced' });
  });
});

test('the workflow sleeps through a long wait and then continues', async () => {
  let tries = 0;
  const outcomes: string[] = [];
  const wait = { ms: 50, reason: reasons.daily_limit({ until: '2026-11-04T00:00:00Z' }) };
  const { activities } = recordedActivities({
    resolveParticipants: () =>
      ++tries === 1
        ? Promise.reject(
            ApplicationFailure.create({ message: 'x', type: FAILURE.wait, nonRetryable: true, details: [wait] }),
          )
        : Promise.resolve({
            roots: { manual: [], participant: [{ objectType: 'contacts', id: '1' }], domain: [] },
            skip: null,
          }),
    recordOutcome: ({ outcome }) => {
      outcomes.push(outcome.status);
      return Promise.resolve({ goOn: false });
    },
  });
  await withSync(activities, async (sync) => {
    expect(await sync.result()).toMatchObject({ status: 'synced' });
  });
  expect(outcomes).toEqual(['waiting', 'synced']);
});

test('a run that needs attention is given up after 30 days and says why', async () => {
  const { activities } = recordedActivities({ beginSync: () => Promise.reject(needsAttention()) });
  const oneSecond = 1 / (30 * 24 * 3_600);
  await withSync(
    activities,
    async (sync) => {
      const failure = await sync.result().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(WorkflowFailedError);
      expect(failure).toMatchObject({
        cause: { type: FAILURE.givenUp, message: expect.stringContaining('not connected') },
      });
    },
    { timeScale: oneSecond },
  );
});

test('a deletion removes both activities from HubSpot and writes nothing', async () => {
  const { calls, activities } = recordedActivities({
    beginSync: () => Promise.resolve({ portalId: 7, task: 'erase', rewrite: false, rewrites: 0, recordedTwice: false }),
  });
  await withSync(activities, async (sync) => {
    expect(await sync.result()).toMatchObject({ status: 'deleted' });
  });
  expect(calls).toEqual(['beginSync', 'takeBack', 'erase']);
});
