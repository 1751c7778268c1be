import type { ColumnType, Generated } from 'kysely';
import type { ReviewState } from '../../meeting/fields/review';
import type { CreatedAt, Timestamp } from '../columns';

export interface FieldTables {
  field_records: FieldRecordsTable;
  field_candidates: FieldCandidatesTable;
  field_writes: FieldWritesTable;
  field_reviews: FieldReviewsTable;
}

interface FieldRecordKey {
  workspace_id: string;
  portal_id: number;
  object_type: string;
  record_id: string;
}

/** Who writes values to a record: one pass at a time, so that an older value never follows a newer one. */
interface FieldRecordsTable extends FieldRecordKey {
  /** How often values of the record were requested to be written, and how many of these requests are done. */
  wanted: Generated<number>;
  done: Generated<number>;
  claim: string | null;
  claimed_until: Timestamp | null;
}

/**
 * `pending`: not decided yet. `none`: the meeting has no value. The others are those of the status document
 * (docs/reference.md).
 */
export type CandidateState = 'pending' | 'none' | 'written' | 'kept' | 'review' | 'refused' | 'older';

/** The value of a meeting for a property of a linked record. */
interface FieldCandidatesTable extends FieldRecordKey {
  meeting_id: string;
  property: string;
  field: string;
  started_at: Timestamp;
  /** For people. */
  value: string | null;
  /** As HubSpot takes it; null if it does not fit. */
  fits: string | null;
  quote: string | null;
  start_seconds: number | null;
  state: CandidateState;
  /** What HubSpot had before this meeting's value was written. */
  before: string | null;
  reason: string | null;
}

/** What was written to a property of a record, or may have been. */
interface FieldWritesTable extends FieldRecordKey {
  property: string;
  /** The property's name for people; null if it was written by an earlier version. */
  label: string | null;
  /** Null once the meeting is deleted or no longer linked to the record. */
  meeting_id: string | null;
  started_at: Timestamp;
  /** What HubSpot had before the first write. */
  before: string | null;
  /** Digest of HubSpot's answer to the last write; null before the first answer. */
  written_digest: string | null;
  /** Digest of a value whose write is under way, or whose answer was lost. */
  sending_digest: string | null;
  written_at: Timestamp | null;
}

/** A suggestion that waits for a person, or what became of it. */
interface FieldReviewsTable extends FieldRecordKey {
  id: Generated<string>;
  meeting_id: string;
  property: string;
  field: string;
  /** The property's name for people; null in rows of an earlier version. */
  label: string | null;
  /** What HubSpot had when it was last read. */
  present: string | null;
  /** Null once the meeting's content is deleted. */
  proposed: string | null;
  quote: string | null;
  start_seconds: number | null;
  state: Generated<ReviewState>;
  /** What the person accepted, if not the proposed value. */
  value: string | null;
  /** Why it was replaced or ended, or is open again. */
  reason: string | null;
  created_at: CreatedAt;
  decided_at: Timestamp | null;
  decided_by: string | null;
  /** When the accepted value was written. */
  applied_at: ColumnType<Date | null, Date | undefined, Date>;
}
