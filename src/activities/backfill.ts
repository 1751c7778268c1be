import type { ReasonCode } from '../meeting/status';
import { waitReasonOf } from '../store/jobs/backfill-documents';
import {
  backgroundUnderWay,
  countMeetings,
  endBackfill,
  handOverNext,
  linesLeft,
  underWayIn,
  type BackfillKey,
} from '../store/jobs/backfills';
import type { ActivityDependencies } from './dependencies';

/**
 * As many meetings of a workspace's backfills are on their way at once. Enough to keep workers and batch calls full; so
 * few that those which wait for HubSpot's limits do not pile up.
 */
const ON_THEIR_WAY = 200;

/** How far a backfill has come: counts and codes only. */
export interface BackfillProgress {
  /** Lines that are not handed over yet. */
  readonly waiting: number;
  /** Meetings of the workspace's backfills that are. */
  readonly onTheirWay: number;
  readonly done: boolean;
  /** Why nothing is handed over now: a reason's code. */
  readonly held: string | null;
}

/**
 * Hands over as many of the file's next meetings as there is room for, and ends the backfill once all have come to rest.
 * What cannot be written without HubSpot waits here instead of stopping meeting by meeting.
 */
export function handOverMeetings({ db, tokens }: ActivityDependencies) {
  return async (key: BackfillKey): Promise<BackfillProgress> => {
    const held = await heldFor(key.workspaceId);
    if (held === null) await handOverNext(db, key, ON_THEIR_WAY - (await backgroundUnderWay(db, key.workspaceId)));
    const waiting = await linesLeft(db, key.backfillId);
    const onTheirWay = await backgroundUnderWay(db, key.workspaceId);
    // Counting a large file takes a moment: not before it can be the end.
    const done = waiting === 0 && underWayIn(await countMeetings(db, key)) === 0;
    if (done) await endBackfill(db, key, 'done');
    return { waiting, onTheirWay, done, held };
  };

  async function heldFor(workspaceId: string): Promise<ReasonCode | null> {
    const reason = await waitReasonOf(db, workspaceId);
    if (reason !== null) return reason.code;
    return (await tokens.lackKey(workspaceId)) ? 'key_missing' : null;
  }
}

/** Somebody cancelled it: the meetings that are handed over go on, the others stay out. */
export function stopBackfill({ db }: ActivityDependencies) {
  return async (key: BackfillKey): Promise<void> => {
    await endBackfill(db, key, 'stopped');
  };
}
