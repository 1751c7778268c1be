import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import type { LinkVia } from '../../meeting/linking/cascade';
import type { ReasonCode, SyncReason, SyncStatus, UnmatchedPerson } from '../../meeting/status';
import type { Warning } from '../../meeting/warnings/warnings';
import type { Timestamp } from '../columns';

/** Why a pass is requested. It decides what the pass does apart from comparing the meeting with HubSpot. */
export type RequeueReason =
  | 'hubspot_changed'
  | 'late_match'
  | 'other_recording'
  /** A person accepted a suggestion for a property. */
  | 'review_accepted'
  | 'reconciliation'
  /** Values have to be written into properties that were not mapped before. */
  | 'mapping_added'
  | 'run_lost'
  | 'backup_restored'
  /** A person, or the end of the cause, continues what needs attention or waits. */
  | 'retry'
  /** A person requests a pass that writes both activities again. */
  | 'resync'
  /** As `resync`. The pass also replaces what people changed in HubSpot. */
  | 'overwrite'
  /** The content changed. What people wrote in HubSpot may name the person: the pass replaces it this once. */
  | 'person_erased';

/** Meetings of a workspace, possibly all of them. Stored as JSON, so that the server can go on with the next page. */
export type RequeueSelection =
  | { readonly kind: 'reason'; readonly code: ReasonCode }
  | { readonly kind: 'without_progress' | 'unfinished' | 'reconcilable' }
  /** Those with content and a link to a record of these types. */
  | { readonly kind: 'linked'; readonly objectTypes: readonly string[] };

export interface MeetingTables {
  meetings: MeetingsTable;
  meeting_participants: MeetingParticipantsTable;
  meeting_listings: MeetingListingsTable;
  meeting_facts: MeetingFactsTable;
  meeting_next_steps: MeetingNextStepsTable;
  meeting_recordings: MeetingRecordingsTable;
  links: LinksTable;
  manual_links: ManualLinksTable;
  sync_attempts: SyncPassesTable;
  sync_steps: SyncStepsTable;
  requeues: RequeuesTable;
}

interface MeetingsTable {
  workspace_id: string;
  meeting_id: string;
  /** Null after the meeting was deleted. */
  body: JSONColumnType<ProcessedMeeting, string, string | null> | null;
  body_hash: string;
  title: string;
  started_at: Timestamp;
  status: SyncStatus;
  reason: JSONColumnType<SyncReason, string | null, string | null> | null;
  unmatched: JSONColumnType<UnmatchedPerson[], string | undefined>;
  /** Warnings about the posted content, replaced with it. */
  intake_warnings: JSONColumnType<Warning[], string | undefined>;
  /** Warnings by step of a pass. Each step replaces its own. */
  pass_warnings: JSONColumnType<Record<string, Warning[]>, string | undefined>;
  /** The HubSpot account of the last sync; null before the first. */
  portal_id: number | null;
  run_id: string | null;
  /** The outbox: set when a sync is requested, cleared once Temporal has accepted the request. */
  sync_requested_at: Timestamp | null;
  /** Whether a bulk pass may serve the request. */
  sync_in_bulk: Generated<boolean>;
  /** No person waits for the request, so its sync has a lower priority. */
  sync_in_background: Generated<boolean>;
  /** The bulk pass that claimed the meeting, and until when. */
  bulk_token: string | null;
  bulk_until: Timestamp | null;
  /** Since when the sync is unfinished; null once it has ended or needs attention. Maintained by a trigger. */
  unfinished_since: ColumnType<Date | null, never, never>;
  /** When the sync was last compared with its run in Temporal. */
  run_checked_at: Timestamp | null;
  /** The newest request that Temporal has accepted. A pass that began after it satisfies it. */
  asked_at: Timestamp | null;
  begun_at: Timestamp | null;
  /** A person requested the sync, so both activities are written again even without changes. */
  rewrite: ColumnType<boolean, never, never>;
  /** The number of rewrite requests, and how many of them are done. */
  rewrites_wanted: Generated<number>;
  rewrites_done: Generated<number>;
  /** The newest rewrite request that also replaces what people changed in HubSpot; 0 for none. */
  overwrite_wanted: Generated<number>;
  /** Digest of the calendar event's id, or null. */
  event_key: ColumnType<string | null, never, never>;
  /** When HubSpot was last searched for a calendar meeting that duplicates the summary, or null. */
  calendar_checked_at: Timestamp | null;
  beside_calendar_meeting: Generated<boolean>;
  /** A `LinkBasis`: what the links were computed from. Read it with `readLinkBasis`. */
  link_basis: ColumnType<unknown, string | null, string | null>;
  /** The meeting has to be deleted, and its activities removed from HubSpot. */
  erasing: Generated<boolean>;
  /** Whether a person was erased from this content. */
  person_erased: Generated<boolean>;
  /** Backfilled, and not requested by a person since, so its sync has a lower priority. */
  background: Generated<boolean>;
  /** When its content was posted or its deletion requested; for a backfilled meeting, when the file was received. */
  posted_at: Generated<Date>;
  accepted_at: ColumnType<Date, Date | string | undefined, Date | string>;
  /** The outcome that the meeting had last. The same one again is no news. Maintained by a trigger. */
  settled_as: ColumnType<string | null, never, never>;
  synced_at: Timestamp | null;
  updated_at: Timestamp;
}

interface MeetingParticipantsTable {
  workspace_id: string;
  meeting_id: string;
  email: string;
  /** Registrable domain; null for free mail. */
  domain: string | null;
  /** A person requested that the next pass creates the contact. */
  contact_requested: Generated<boolean>;
}

/** The parts of a meeting that lists and searches read instead of its body. Maintained by a trigger. */
interface MeetingListingsTable {
  workspace_id: string;
  meeting_id: string;
  participants: JSONColumnType<string[]>;
  participant_count: number;
  score: number | null;
  score_max: number | null;
  search_text: string;
}

/** The parts of a meeting that reports read instead of its body (see `analytics/`). Maintained by a trigger. */
interface MeetingFactsTable {
  workspace_id: string;
  meeting_id: string;
  started_at: Timestamp;
  skipped: boolean;
  host_email: string;
  host_name: string | null;
  /** In percent of the maximum. */
  score: number | null;
  topics: string[];
  /** The key under which each of `topics` is counted, without case and accents. */
  topic_keys: string[];
  categories: string[];
  category_keys: string[];
  /** Deals that are linked and not refused. `deal_portals` has the account of each at the same index. */
  deal_ids: string[];
  deal_portals: number[];
  people: string[];
}

/** Finds a meeting by the address of its recording. Maintained by a trigger. */
interface MeetingRecordingsTable {
  workspace_id: string;
  meeting_id: string;
  /** A digest of the address without its query. */
  recording_key: string;
}

interface MeetingNextStepsTable {
  workspace_id: string;
  meeting_id: string;
  position: number;
  text: string;
  owner: string | null;
  /** `2026-11-06`. */
  due_date: string | null;
}

interface LinksTable {
  workspace_id: string;
  meeting_id: string;
  portal_id: number;
  object_type: string;
  record_id: string;
  via: LinkVia;
  from_object_type: string | null;
  from_record_id: string | null;
  position: number;
  /** HubSpot's message when it refused this association, or null. */
  refused: string | null;
}

interface ManualLinksTable {
  workspace_id: string;
  meeting_id: string;
  portal_id: number;
  object_type: string;
  record_id: string;
  choice: 'linked' | 'unlinked';
  chosen_at: Timestamp;
  /** For `unlinked`: the record was linked by hand before. */
  was_linked: Generated<boolean>;
}

interface SyncPassesTable {
  id: Generated<number>;
  workspace_id: string;
  meeting_id: string;
  run_id: string;
  /** Null for the meeting's own workflow. */
  workflow_id: string | null;
  begun_by: string;
  started_at: Timestamp;
  ended_at: Timestamp | null;
  outcome: SyncStatus | null;
  reason: JSONColumnType<SyncReason, string | null, string | null> | null;
}

interface SyncStepsTable {
  attempt_id: number;
  activity: string;
  tries: number;
  started_at: Timestamp;
  ended_at: Timestamp;
  done: JSONColumnType<Record<string, unknown>, string | null, string | null> | null;
  failure: string | null;
  requests: JSONColumnType<unknown[]>;
  requests_left_out: Generated<number>;
}

/** A request of passes for many meetings, processed page by page. */
interface RequeuesTable {
  id: Generated<number>;
  workspace_id: string;
  selection: JSONColumnType<RequeueSelection, string, never>;
  reason: RequeueReason;
  /** The last meeting of the pages that are done. */
  after_meeting: string;
  /** Meetings requested so far. */
  requested: number;
  created_at: Generated<Date>;
}
