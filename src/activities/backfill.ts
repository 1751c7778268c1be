import type { BackfillAction } from '../meeting/backfill';
import type { ReasonCode } from '../meeting/status';
import { waitReasonOf } from '../store/jobs/backfill-documents';
import {
  backgroundUnderWay,
  changeBackfill,
  countMeetings,
  endBackfill,
  findRunning,
  handOverNext,
  linesLeft,
  underWayIn,
  type BackfillKey,
} from '../store/jobs/backfills';
import type { ActivityDependencies } from './dependencies';

/**
 * How many meetings of a workspace's backfills may be under way at once. It keeps bulk passes busy until the
 * backfill's next check, and few meetings queued behind HubSpot's limits.
 */
const ON_THEIR_WAY = 400;

/** Progress of a backfill. Contains only counts and codes. */
export interface BackfillProgress {
  /** Lines that are not handed over yet. */
  readonly waiting: number;
  /** Meetings of all the workspace's backfills that are handed over and not finished. */
  readonly onTheirWay: number;
  readonly done: boolean;
  /** What keeps lines from being handed over now: a reason code, or `paused`. */
  readonly held: string | null;
}

/**
 * Hands over as many of the file's next meetings as there is room for. Ends the backfill when none is under way any
 * more. Without HubSpot the lines wait here, so that the meetings do not stop one by one. The API may have paused or
 * stopped the backfill since the last call.
 */
export function handOverMeetings({ db, tokens }: ActivityDependencies) {
  return async (key: BackfillKey): Promise<BackfillProgress> => {
    const running = await findRunning(db, key);
    const held = running?.paused === true ? 'paused' : await waitReason(key.workspaceId);
    if (held === null) await handOverNext(db, key, ON_THEIR_WAY - (await backgroundUnderWay(db, key.workspaceId)));
    const waiting = await linesLeft(db, key.backfillId);
    const onTheirWay = await backgroundUnderWay(db, key.workspaceId);
    // Counting a large file takes a moment, so count only when the backfill may be done.
    const done = running === null || (waiting === 0 && underWayIn(await countMeetings(db, key)) === 0);
    if (done) await endBackfill(db, key, 'done');
    return { waiting, onTheirWay, done, held };
  };

  async function waitReason(workspaceId: string): Promise<ReasonCode | null> {
    const reason = await waitReasonOf(db, workspaceId);
    if (reason !== null) return reason.code;
    return (await tokens.lackKey(workspaceId)) ? 'key_missing' : null;
  }
}

/** Pauses or resumes a backfill. Has no effect on one that has ended. */
export function pauseOrResumeBackfill({ db }: ActivityDependencies) {
  return async ({
    action,
    ...key
  }: BackfillKey & { readonly action: Exclude<BackfillAction, 'stop'> }): Promise<void> => {
    await changeBackfill(db, key, action);
  };
}

/** Stops a cancelled backfill. Meetings already handed over continue; the others are never handed over. */
export function stopBackfill({ db }: ActivityDependencies) {
  return async (key: BackfillKey): Promise<void> => {
    await endBackfill(db, key, 'stopped');
  };
}
