import { expect, test } from '@jest/globals';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { reasons } from '../../../src/meeting/reasons';
import type { Outcome } from '../../../src/meeting/pass';
import { FAILURE } from '../../../src/temporal/failures';
import { recordedActivities, until, withSync } from './syncs';

const begun = (task: 'sync' | 'erase') => ({ portalId: 7, task, rewrite: false, rewrites: 0, recordedTwice: false });
const failing = (options: Parameters<typeof ApplicationFailure.create>[0]) =>
  Promise.reject(ApplicationFailure.create({ message: 'x', ...options }));

/** Collects the outcomes that the workflow stores. */
function outcomes() {
  const recorded: Outcome[] = [];
  const recordOutcome = ({ outcome }: { readonly outcome: Outcome }) => {
    recorded.push(outcome);
    return Promise.resolve({ goOn: false });
  };
  return { recorded, recordOutcome };
}

test('an interruption ends a pass whose step waits for its next try, and the meeting is erased', async () => {
  let erasing = false;
  const { calls, activities } = recordedActivities({
    beginSync: () => Promise.resolve(begun(erasing ? 'erase' : 'sync')),
    resolveParticipants: () => failing({ type: FAILURE.retry, nextRetryDelay: '1 hour' }),
  });
  await withSync(activities, async (sync) => {
    await until(() => Promise.resolve(calls.includes('resolveParticipants')));
    erasing = true;
    await sync.handle.signal('interrupt');
    expect(await sync.result()).toMatchObject({ status: 'deleted' });
  });
  expect(calls).toEqual(['beginSync', 'resolveParticipants', 'beginSync', 'takeBack', 'erase']);
});

test.each([
  ['a step', { resolveParticipants: () => failing({ type: FAILURE.retry, nextRetryDelay: '1 hour' }) }],
  [
    'a person',
    {
      resolveParticipants: () =>
        failing({ type: FAILURE.needsAttention, nonRetryable: true, details: [reasons.missing_scope({ scopes: [] })] }),
    },
  ],
])('a run that is cancelled while it waits for %s records that, and ends as cancelled', async (_, overrides) => {
  const { recorded, recordOutcome } = outcomes();
  const { calls, activities } = recordedActivities({ ...overrides, recordOutcome });
  await withSync(activities, async (sync) => {
    await until(() => Promise.resolve(calls.includes('resolveParticipants')));
    await sync.handle.cancel();
    const failure = await sync.result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect(failure).toMatchObject({ cause: expect.any(CancelledFailure) });
  });
  expect(recorded.at(-1)).toEqual({ status: 'skipped', code: 'cancelled' });
});

test('an outage pauses the run, longer each time, and says until when', async () => {
  const { recorded, recordOutcome } = outcomes();
  let tries = 0;
  const wait = { ms: 0, reason: reasons.hubspot_down({ until: null }), outage: { detail: '502' } };
  const { activities } = recordedActivities({
    writeNotes: () =>
      ++tries < 4
        ? failing({ type: FAILURE.wait, nonRetryable: true, details: [wait] })
        : Promise.resolve({ written: 'created' }),
    recordOutcome,
  });
  await withSync(
    activities,
    async (sync) => {
      expect(await sync.result()).toMatchObject({ status: 'synced' });
      const { events } = await sync.handle.fetchHistory();
      const timers = (events ?? []).flatMap(({ timerStartedEventAttributes, userMetadata }) =>
        timerStartedEventAttributes ? [Buffer.from(userMetadata?.summary?.data ?? '').toString()] : [],
      );
      expect(timers).toHaveLength(3);
      for (const summary of timers) expect(summary).toContain('hubspot_down: HubSpot is not responding');
    },
    { timeScale: 0.001 },
  );
  expect(recorded.map(({ status }) => status)).toEqual(['waiting', 'waiting', 'waiting', 'synced']);
});

const searching = {
  ms: 20,
  reason: reasons.rate_limited({ until: null, lookedUp: { people: 1, of: 2 } }),
  sameStep: true,
};
const someRoots = { roots: { manual: [], participant: [{ objectType: 'contacts', id: '1' }], domain: [] }, skip: null };

test('a step that waits for searches goes on in the same pass, with the answers since that began', async () => {
  const { recorded, recordOutcome } = outcomes();
  const since: (string | undefined)[] = [];
  const { calls, activities } = recordedActivities({
    beginSync: () => Promise.resolve({ ...begun('sync'), begunAt: 'now' }),
    resolveParticipants: (input) => {
      since.push(input.since);
      return since.length < 3
        ? failing({ type: FAILURE.wait, nonRetryable: true, details: [searching] })
        : Promise.resolve(someRoots);
    },
    recordOutcome,
  });
  await withSync(activities, async (sync) => {
    expect(await sync.result()).toMatchObject({ status: 'synced' });
  });
  expect(calls.filter((call) => call === 'beginSync')).toHaveLength(1);
  expect(since).toEqual(['now', 'now', 'now']);
  expect(recorded.map(({ status }) => status)).toEqual(['waiting', 'waiting', 'synced']);
});

test.each([
  ['an event', 0, ['first', 'first']],
  ['a person', 1, ['first', 'second']],
])(
  'another pass that %s asks for meanwhile begins at once, with the answers since %j',
  async (_, rewrites, expected) => {
    const since: (string | undefined)[] = [];
    let passes = 0;
    const { activities } = recordedActivities({
      beginSync: () =>
        Promise.resolve(
          ++passes === 1 ? { ...begun('sync'), begunAt: 'first' } : { ...begun('sync'), begunAt: 'second', rewrites },
        ),
      resolveParticipants: (input) => {
        since.push(input.since);
        const wait = { ...searching, ms: 3_600_000 };
        return since.length === 1
          ? failing({ type: FAILURE.wait, nonRetryable: true, details: [wait] })
          : Promise.resolve(someRoots);
      },
    });
    await withSync(activities, async (sync) => {
      await until(async () => (await sync.status()).status === 'waiting');
      await sync.resync();
      expect(await sync.result()).toMatchObject({ status: 'synced' });
    });
    expect(since).toEqual(expected);
  },
);

const named = {
  roots: { manual: [], participant: [], domain: [] },
  skip: { code: 'no_crm_match' as const },
  againInMs: 1_000,
};

test('a pass that the search index may have misled is followed by one more, and no third', async () => {
  const { calls, activities } = recordedActivities({ resolveParticipants: () => Promise.resolve(named) });
  await withSync(
    activities,
    async (sync) => {
      expect(await sync.result()).toMatchObject({ status: 'skipped' });
    },
    { timeScale: 0.001 },
  );
  expect(calls.filter((call) => call === 'beginSync')).toHaveLength(2);
});

test('a request ends the wait for the index, and its pass may look again', async () => {
  let looks = 0;
  const { activities } = recordedActivities({
    resolveParticipants: () => Promise.resolve({ ...named, ...(++looks < 3 ? {} : { againInMs: undefined }) }),
  });
  await withSync(
    activities,
    async (sync) => {
      for (const look of [1, 2]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await until(async () => looks === look && (await sync.status()).status === 'skipped');
        // oxlint-disable-next-line no-await-in-loop -- as above
        await sync.resync();
      }
      expect(await sync.result()).toMatchObject({ status: 'skipped' });
    },
    { timeScale: 3_600 },
  );
  expect(looks).toBe(3);
});

test('cancelled while it waits for the index, a complete sync stays what it is', async () => {
  const { recorded, recordOutcome } = outcomes();
  const { activities } = recordedActivities({ resolveParticipants: () => Promise.resolve(named), recordOutcome });
  await withSync(
    activities,
    async (sync) => {
      await until(async () => (await sync.status()).status === 'skipped');
      await sync.handle.cancel();
      expect(await sync.result()).toMatchObject({ status: 'skipped', code: 'no_crm_match' });
    },
    { timeScale: 3_600 },
  );
  expect(recorded.map(({ status }) => status)).toEqual(['skipped']);
});
