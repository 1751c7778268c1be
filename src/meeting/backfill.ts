import type { FieldError } from './faults';
import type { SyncReason, SyncStatus } from './status';

/** `stopped`: somebody cancelled its workflow; what was not handed over by then stays out. */
export type BackfillState = 'running' | 'done' | 'stopped';

/** A line that cannot be taken; the others are. */
export interface FaultyLine {
  /** From 1. */
  readonly line: number;
  readonly errors: readonly FieldError[];
}

/** How far a backfill has come; times are ISO 8601. */
export interface BackfillSummary {
  readonly backfillId: string;
  readonly state: BackfillState;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** In the lines that were taken: a meeting that several lines have counts once. */
  readonly meetings: number;
  /** Of them, how many are not handed over yet, or on their way. */
  readonly left: number;
  /** Meetings by where they stood at its end, without those that were left out; null before. */
  readonly counts: Readonly<Record<SyncStatus, number>> | null;
  readonly faultyLines: number;
  /** Lines that were taken, but not all of what they had: the meeting's status document says what was left out. */
  readonly linesWithWarnings: number;
  /** When it will be done at the rate of the last minutes; null when nothing moved in them, and at its end. */
  readonly forecast: { readonly meetingsPerMinute: number; readonly finishesAt: string } | null;
  /** What keeps it from going on, and what to do; null when nothing does. */
  readonly held: SyncReason | null;
}

/** `GET /api/v1/backfills/{id}`. */
export interface BackfillDocument extends BackfillSummary {
  /** Meetings by where they stand now; those that are still to be handed over are `accepted`. */
  readonly counts: Readonly<Record<SyncStatus, number>>;
  /** Lines of the file, without empty ones. */
  readonly lines: number;
  /** The first thousand. */
  readonly faults: readonly FaultyLine[];
}
