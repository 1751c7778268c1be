import type { FieldError } from './validation-errors';
import type { SyncReason, SyncStatus } from './status';

/** `stopped`: a person or a program stopped it. Meetings that were not handed over by then are not synced. */
export type BackfillState = 'running' | 'done' | 'stopped';

/** What a person or a program can do with a running backfill. */
export type BackfillAction = 'pause' | 'resume' | 'stop';

/** A line with validation errors. It does not keep the other lines from being accepted. */
export interface FaultyLine {
  /** From 1. */
  readonly line: number;
  readonly errors: readonly FieldError[];
}

/** The progress of a backfill. Times are ISO 8601. */
export interface BackfillSummary {
  readonly backfillId: string;
  readonly state: BackfillState;
  /** No further meetings are handed over until it is resumed. False when it has ended. */
  readonly paused: boolean;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** The number of meetings in the accepted lines. A meeting that occurs in several lines counts once. */
  readonly meetings: number;
  /** How many of them are not handed over yet, or under way. */
  readonly left: number;
  /** Meetings by status when the backfill ended, without those that were never handed over; null before that. */
  readonly counts: Readonly<Record<SyncStatus, number>> | null;
  readonly faultyLines: number;
  /** The number of lines that were accepted in part. The meeting's status document lists what was excluded. */
  readonly linesWithWarnings: number;
  /** When it will finish at the rate of the last minutes. Null when there was no progress in them, when it is paused, and at its end. */
  readonly forecast: { readonly meetingsPerMinute: number; readonly finishesAt: string } | null;
  /** Why the backfill does not continue, and what to do; null when nothing blocks it. */
  readonly held: SyncReason | null;
}

/** `GET /api/v1/backfills/{id}`. */
export interface BackfillDocument extends BackfillSummary {
  /**
   * Meetings by their present status. Meetings that are not handed over yet are `accepted`. Forty days after its end, those
   * of its end.
   */
  readonly counts: Readonly<Record<SyncStatus, number>>;
  /** The number of lines in the file, without empty ones. */
  readonly lines: number;
  /** The first thousand. None forty days after its end. */
  readonly faults: readonly FaultyLine[];
}
