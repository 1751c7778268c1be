import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { runPass, type PassSteps } from '../meeting/pass';
import { FAILURE } from '../temporal/failures';
import {
  associate,
  beginSync,
  erase,
  expandCascades,
  takeBack,
  writeFields,
  writeNotes,
  writeSummary,
  writeTasks,
} from './activities';
import { Interruptible } from './interruptible';
import { LookUp } from './look-up';
import { Pauses, summaryOf, type Pause } from './pauses';
import { SyncProgress, type SyncState } from './sync-progress';

export interface SyncMeetingInput {
  readonly workspaceId: string;
  readonly meetingId: string;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`, `@default 1`). */
  readonly timeScale?: number;
}

/** Requests another pass: ends a wait, or follows the running pass. */
export const resync = defineSignal('resync');
/** Like `resync`, but interrupts the running pass, so that its retries do not delay the deletion of a meeting. */
export const interrupt = defineSignal('interrupt');
export const status = defineQuery<SyncState>('status');

/** How long a meeting that needs attention waits for a person. */
const NEEDS_ATTENTION_MS = 30 * 24 * 3_600_000;

/**
 * Puts one meeting on the timelines of its contacts, companies and deals, and keeps it up to date. A first sync, a changed
 * meeting and a resync run the same steps. Each meeting has at most one run at a time.
 */
export async function SyncMeetingWorkflow(input: SyncMeetingInput): Promise<SyncState> {
  const { workspaceId, meetingId, timeScale = 1 } = input;
  const key = { workspaceId, meetingId };
  const progress = new SyncProgress({ ...key, shortHistory: patched('short-history') });
  const passes = new Interruptible();
  const pauses = new Pauses(timeScale);
  const lookUp = new LookUp();
  let requested = false;
  setHandler(status, () => progress.state);
  setHandler(resync, () => {
    requested = true;
  });
  setHandler(interrupt, () => {
    requested = true;
    passes.interrupt();
  });
  try {
    return await untilDone();
  } catch (error) {
    // Cancelled in Temporal: record it as the meeting's reason. A resync starts it again.
    if (isCancellation(error))
      await CancellationScope.nonCancellable(() => progress.record({ status: 'skipped', code: 'cancelled' }));
    throw error;
  }

  async function untilDone(): Promise<SyncState> {
    for (;;) {
      // Yield once so that the signal that started this run is handled first; the first pass already satisfies it.
      await Promise.resolve();
      requested = false;
      const failure = await passes.run(() => syncOnce(key, progress, lookUp, () => requested));
      if (failure === null) {
        pauses.reset();
        if (!(await lookUp.isAgainDue(() => requested, timeScale))) return progress.state;
      } else {
        await waitFor(failure.status === 'waiting' ? pauses.next(failure.wait, Date.now()) : failure);
      }
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof SyncMeetingWorkflow>(input);
    }
  }

  /** Waits for HubSpot or for a person. @throws if no person resolved it within 30 days */
  async function waitFor(pause: Pause): Promise<void> {
    const summary = summaryOf(pause.reason);
    if (pause.status === 'waiting') {
      await progress.record({ status: pause.status, reason: pause.reason });
      await condition(() => requested, pause.ms, { summary });
      return;
    }
    const { goOn } = await progress.record({ status: pause.status, reason: pause.reason });
    const resolved = goOn || (await condition(() => requested, NEEDS_ATTENTION_MS * timeScale, { summary }));
    if (!resolved)
      throw ApplicationFailure.nonRetryable(`Given up after 30 days. ${pause.reason.message}`, FAILURE.givenUp);
  }
}

const passSteps = {
  beginSync,
  expandCascades,
  writeSummary,
  writeNotes,
  writeTasks,
  associate,
  writeFields,
  takeBack,
  erase,
};

/** One pass through the steps. It ends early when another pass is requested while it waits for searches. */
async function syncOnce(
  key: { readonly workspaceId: string; readonly meetingId: string },
  progress: SyncProgress,
  lookUp: LookUp,
  isRequested: () => boolean,
): Promise<void> {
  const steps: PassSteps = { ...passSteps, resolveParticipants: () => lookUp.run(key, progress, isRequested) };
  await runPass(key, steps, {
    begun(begun) {
      progress.begun(begun);
      if (begun.task === 'sync' && !begun.recordedTwice) lookUp.begin(begun);
    },
    record: (outcome) => progress.record(outcome),
    erased: () => progress.show({ status: 'deleted', code: null, reason: null }),
  });
}
