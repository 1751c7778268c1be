import { expect, test } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { reasons } from '../../../src/meeting/reasons';
import { FAILURE } from '../../../src/temporal/failures';
import { recordedActivities, until, withSync } from './syncs';

const parked = (code: 'not_connected' | 'reauthorize' = 'not_connected') =>
  ApplicationFailure.create({ message: 'x', type: FAILURE.parked, nonRetryable: true, details: [reasons[code]()] });

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

test('a resync while it runs makes it go round once more', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { calls, activities } = recordedActivities({
    associate: async () => (await held, { added: 0, removed: 0, refused: 0 }),
  });
  await withSync(activities, async (sync) => {
    await until(() => Promise.resolve(calls.includes('associate')));
    await Promise.all([sync.resync(), sync.resync()]);
    release();
    await sync.result();
  });
  expect(calls.filter((call) => call === 'beginSync')).toHaveLength(2);
});

test('nothing to link to ends it as skipped, and nothing is written', async () => {
  const { calls, activities } = recordedActivities({
    resolveParticipants: () =>
      Promise.resolve({ roots: { manual: [], participant: [], domain: [] }, skip: { code: 'no_crm_match' } }),
  });
  await withSync(activities, async (sync) => {
    expect(await sync.result()).toMatchObject({ status: 'skipped', code: 'no_crm_match' });
  });
  expect(calls).not.toContain('writeSummary');
});

test('what needs a person parks it, says so, and a signal wakes it', async () => {
  let connected = false;
  const { activities } = recordedActivities({
    beginSync: () =>
      connected
        ? Promise.resolve({ portalId: 7, task: 'sync', rewrite: false, rewrites: 0, recordedTwice: false })
        : Promise.reject(parked()),
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

test('a sync that was mended while it parked goes on without a signal', async () => {
  let tries = 0;
  const { activities } = recordedActivities({
    beginSync: () =>
      ++tries === 1
        ? Promise.reject(parked('reauthorize'))
        : Promise.resolve({ portalId: 7, task: 'sync', rewrite: false, rewrites: 0, recordedTwice: false }),
    recordOutcome: ({ outcome }) => Promise.resolve({ goOn: outcome.status === 'needs_attention' }),
  });
  await withSync(activities, async (sync) => {
    expect(await sync.result()).toMatchObject({ status: 'synced' });
  });
});

test('a long wait is the workflow’s, and ends by itself', async () => {
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

test('a park that nobody ends is given up and says why', async () => {
  const { activities } = recordedActivities({ beginSync: () => Promise.reject(parked()) });
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

test('an erasure takes both activities back and writes nothing', async () => {
  const { calls, activities } = recordedActivities({
    beginSync: () => Promise.resolve({ portalId: 7, task: 'erase', rewrite: false, rewrites: 0, recordedTwice: false }),
  });
  await withSync(activities, async (sync) => {
    expect(await sync.result()).toMatchObject({ status: 'deleted' });
  });
  expect(calls).toEqual(['beginSync', 'takeBack', 'erase']);
});
