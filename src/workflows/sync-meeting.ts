import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Outcome } from '../activities/record-outcome';
import type { Written } from '../activities/write-engagement';
import { takesBack } from '../meeting/skips';
import type { SyncReason, SyncStatus } from '../meeting/status';
import { FAILURE } from '../temporal/failures';
import { searchAttribute } from '../temporal/search-attributes';
import {
  associate,
  beginSync,
  erase,
  expandCascades,
  recordOutcome,
  resolveParticipants,
  takeBack,
  writeNotes,
  writeSummary,
} from './activities';
import { Pauses, summaryOf, type Pause } from './pauses';
import { failureOf, type StepFailure } from './step-failure';

export interface SyncMeetingInput {
  readonly workspaceId: string;
  readonly meetingId: string;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`); 1 when absent. */
  readonly timeScale?: number;
}

/** What the `status` query answers and what the run ends with. */
export interface SyncState {
  readonly status: SyncStatus;
  /** Why it is not synced: a reason's code, and in sentences where it waits for somebody or something. */
  readonly code: string | null;
  readonly reason: SyncReason | null;
}

/** Run the sync again: wakes a parked one, and makes a running one go round once more. */
export const resync = defineSignal('resync');
/** Like `resync`, but does not wait for the pass that runs: a meeting that is to be erased is not kept by its retries. */
export const interrupt = defineSignal('interrupt');
export const status = defineQuery<SyncState>('status');

/** A person has this long to mend what parked a sync. */
const PARKED_FOR_MS = 30 * 24 * 3_600_000;

/**
 * Puts one meeting on the timelines of its contacts, companies and deals, and keeps it right: a first sync, a changed
 * meeting, a re-sync and a mended one all run the same steps on what should be. One run at a time a meeting.
 */
export async function SyncMeetingWorkflow(input: SyncMeetingInput): Promise<SyncState> {
  const { workspaceId, meetingId, timeScale = 1 } = input;
  const key = { workspaceId, meetingId };
  let state: SyncState = { status: 'accepted', code: null, reason: null };
  let requested = false;
  let rewrites = 0;
  let pass: CancellationScope | null = null;
  const pauses = new Pauses(timeScale);
  setHandler(status, () => state);
  setHandler(resync, () => {
    requested = true;
  });
  setHandler(interrupt, () => {
    requested = true;
    pass?.cancel();
  });
  try {
    return await untilAtRest();
  } catch (error) {
    // Cancelled in Temporal: the meeting says so, and a resync brings it back.
    if (isCancellation(error))
      await CancellationScope.nonCancellable(() => record({ status: 'skipped', code: 'cancelled' }));
    throw error;
  }

  async function untilAtRest(): Promise<SyncState> {
    for (;;) {
      // What the signal that started this run asks for is the pass that begins now: it is delivered before this resolves.
      await Promise.resolve();
      requested = false;
      const failure = await interruptible(syncOnce);
      if (failure === null) {
        pauses.reset();
        if (!requested) return state;
      } else {
        await rest(failure.next === 'wait' ? pauses.next(failure.wait, Date.now()) : failure);
      }
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof SyncMeetingWorkflow>(input);
    }
  }

  /** Runs a pass that `interrupt` ends at once. @returns null when it came to its end, or was interrupted */
  async function interruptible(work: () => Promise<void>): Promise<StepFailure | null> {
    const scope = new CancellationScope();
    pass = scope;
    try {
      return await scope.run(() => failureOf(work));
    } catch (error) {
      if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
      return null;
    } finally {
      pass = null;
    }
  }

  /** Waits for HubSpot, or for a person. @throws when no person came within 30 days */
  async function rest(pause: Pause): Promise<void> {
    const summary = summaryOf(pause.reason);
    if (pause.next === 'wait') {
      await record({ status: 'waiting', reason: pause.reason });
      await condition(() => requested, pause.ms, { summary });
      return;
    }
    const { goOn } = await record({ status: 'needs_attention', reason: pause.reason });
    const mended = goOn || (await condition(() => requested, PARKED_FOR_MS * timeScale, { summary }));
    if (!mended)
      throw ApplicationFailure.nonRetryable(`Given up after 30 days. ${pause.reason.message}`, FAILURE.givenUp);
  }

  async function syncOnce(): Promise<void> {
    const begun = await beginSync(key);
    const { portalId, task, rewrite } = begun;
    rewrites = begun.rewrites;
    upsertSearchAttributes([{ key: searchAttribute.portalId, value: portalId }]);
    show({ status: 'syncing', code: null, reason: null });
    if (task === 'erase') {
      await takeBack(key);
      await erase(key);
      return show({ status: 'deleted', code: null, reason: null });
    }
    if (begun.recordedTwice) {
      await takeBack(key);
      return void (await record({ status: 'skipped', code: 'recorded_twice' }));
    }
    const { roots, skip } = await resolveParticipants(key);
    if (skip !== null) {
      // What was written before stays in HubSpot, on nobody's timeline, until somebody is known again.
      await (takesBack(skip) ? takeBack(key) : associate(key));
      return void (await record({ status: 'skipped', ...skip }));
    }
    await expandCascades({ ...key, roots });
    const written = await Promise.all([writeSummary({ ...key, rewrite }), writeNotes({ ...key, rewrite })]);
    await associate(key);
    if (!written.some(isDeleted)) return void (await record({ status: 'synced' }));
    // A person deleted one of the two: the other is kept right all the same.
    await record({ status: written.some(stands) ? 'synced' : 'skipped', code: 'deleted_in_hubspot' });
  }

  /** Writes down where the sync has come to: for the API and the pages, and for whoever looks in Temporal's UI. */
  async function record(outcome: Outcome): Promise<{ readonly goOn: boolean }> {
    const reason = 'reason' in outcome ? outcome.reason : null;
    show({ status: outcome.status, code: ('code' in outcome ? outcome.code : reason?.code) ?? null, reason });
    return await recordOutcome({ ...key, outcome, rewrites });
  }

  function show(next: SyncState): void {
    state = next;
    upsertSearchAttributes([
      { key: searchAttribute.status, value: next.status },
      { key: searchAttribute.reason, value: next.code },
    ]);
    setCurrentDetails(
      next.reason === null ? next.status : `**${next.status}**: ${next.reason.message}\n\n${next.reason.action}`,
    );
  }
}

function isDeleted({ written }: { readonly written: Written }): boolean {
  return written === 'deleted';
}

function stands({ written }: { readonly written: Written }): boolean {
  return written !== 'deleted' && written !== 'none' && written !== 'taken_back';
}
