import type { Backfill, Records, StatusDocument } from './documents';

export {
  MeetingSyncClient,
  type AuditQuery,
  type MeetingQuery,
  type ReviewQuery,
  type MeetingSyncClientOptions,
} from './client';
export { MeetingSyncError, type FieldError } from './errors';
export type * from './documents';
export type { Backfill as BackfillDocument, Reconciliation as ReconciliationDocument } from './documents';

/** Where a meeting is in its sync. */
export type SyncStatus = StatusDocument['status'];
/** Why a meeting is not synced: what happened, and what to do. */
export type SyncReason = NonNullable<StatusDocument['reason']>;
/** A stable code of a reason. */
export type ReasonCode = SyncReason['code'];
/** A line of a backfill with validation errors. */
export type FaultyLine = Backfill['faults'][number];
/** A page of records that can be linked by hand. */
export type PickedPage = Records;
export type PickedRecord = Records['results'][number];
