import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { BackfillState } from '../meeting/backfill';
import type { FieldError } from '../meeting/faults';
import type { ProcessedMeeting } from '../meeting/schema';
import type { SyncReason, SyncStatus, UnmatchedPerson } from '../meeting/status';
import type { Warning } from '../meeting/warnings';

/** Kysely's view of the tables; the migrations are the truth. */
export interface Database {
  processes: ProcessesTable;
  restores: RestoresTable;
  workspaces: WorkspacesTable;
  api_keys: ApiKeysTable;
  sign_in_links: SignInLinksTable;
  sessions: SessionsTable;
  members: MembersTable;
  access_changes: AccessChangesTable;
  admin_links: AdminLinksTable;
  hubspot_calls: HubspotCallsTable;
  hubspot_answers: HubspotAnswersTable;
  oauth_states: OauthStatesTable;
  connections: ConnectionsTable;
  meetings: MeetingsTable;
  links: LinksTable;
  manual_links: ManualLinksTable;
  meeting_listings: MeetingListingsTable;
  meeting_facts: MeetingFactsTable;
  meeting_next_steps: MeetingNextStepsTable;
  sync_attempts: SyncAttemptsTable;
  sync_steps: SyncStepsTable;
  settings_changes: SettingsChangesTable;
  crm_events: CrmEventsTable;
  taken_deliveries: TakenDeliveriesTable;
  known_contacts: KnownContactsTable;
  privacy_deletions: PrivacyDeletionsTable;
  crm_records: CrmRecordsTable;
  crm_associations: CrmAssociationsTable;
  crm_pipelines: CrmPipelinesTable;
  crm_stages: CrmStagesTable;
  crm_object_types: CrmObjectTypesTable;
  crm_owners: CrmOwnersTable;
  crm_catalogues: CrmCataloguesTable;
  meeting_participants: MeetingParticipantsTable;
  reconciliations: ReconciliationsTable;
  backfills: BackfillsTable;
  backfill_lines: BackfillLinesTable;
  engagements: EngagementsTable;
  engagement_associations: EngagementAssociationsTable;
  hubspot_budgets: HubspotBudgetsTable;
  hubspot_owners: HubspotOwnersTable;
  searched_answers: SearchedAnswersTable;
  search_forms: SearchFormsTable;
  webhooks_journal: WebhooksJournalTable;
}

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type CreatedAt = ColumnType<Date, Date | string | undefined, never>;

interface WorkspacesTable {
  /** A readable slug of the name: it stands in every workflow id. */
  id: string;
  name: string;
  settings: JSONColumnType<Record<string, unknown>, string | undefined>;
  created_at: CreatedAt;
}

interface ApiKeysTable {
  id: Generated<string>;
  workspace_id: string;
  name: string;
  /** SHA-256 of the key: the key itself is shown once and never stored. */
  key_hash: Buffer;
  created_at: CreatedAt;
  last_used_at: Timestamp | null;
  revoked_at: Timestamp | null;
  /** Null for the key that came with the workspace. */
  made_by: string | null;
  /** The API key from which the creator's access derives; null if there is none. */
  made_by_key: ColumnType<string | null, string | null | undefined, string | null>;
}

interface SignInLinksTable {
  token_hash: Buffer;
  workspace_id: string;
  expires_at: Timestamp;
  used_at: Timestamp | null;
  /** The member whom it signs in; null for an unnamed session. */
  member_id: string | null;
  /** The API key that made it; null when it was made on a page. */
  api_key_id: string | null;
  /** The API key from which the creator's access derives; null if there is none. */
  made_by_key: ColumnType<string | null, string | null | undefined, string | null>;
}

interface SessionsTable {
  id_hash: Buffer;
  workspace_id: string;
  created_at: CreatedAt;
  expires_at: Timestamp;
  id: Generated<string>;
  member_id: string | null;
  api_key_id: string | null;
  /** To the minute. */
  seen_at: Generated<Date>;
  /** The API key from which the creator's access derives; null if there is none. */
  made_by_key: ColumnType<string | null, string | null | undefined, string | null>;
}

interface MembersTable {
  id: Generated<string>;
  workspace_id: string;
  /** Lower case. */
  email: string;
  name: string | null;
  invited_by: string;
  invited_at: CreatedAt;
  signed_in_at: Timestamp | null;
  /** The API key from which the creator's access derives; null if there is none. */
  made_by_key: ColumnType<string | null, string | null | undefined, string | null>;
}

interface AccessChangesTable {
  id: Generated<number>;
  workspace_id: string;
  changed_at: CreatedAt;
  actor: string;
  action: string;
}

interface AdminLinksTable {
  id: Generated<string>;
  workspace_id: string;
  token_hash: Buffer;
  made_by: string;
  member_id: string | null;
  made_at: CreatedAt;
  expires_at: Timestamp;
  /** When a connection was made through it. */
  used_at: Timestamp | null;
  revoked_at: Timestamp | null;
  /** The API key from which the creator's access derives; null if there is none. */
  made_by_key: ColumnType<string | null, string | null | undefined, string | null>;
}

interface OauthStatesTable {
  state_hash: Buffer;
  workspace_id: string;
  /** Of the session; of the browser's cookie for a state that was begun with an admin's link. */
  session_hash: Buffer;
  expires_at: Timestamp;
  admin_link_id: string | null;
}

interface HubspotCallsTable {
  portal_id: number;
  /** `2026-11-23`, in the account's time zone. */
  day: ColumnType<Date, string, string>;
  calls: number;
}

interface HubspotAnswersTable {
  portal_id: number;
  answered_at: Timestamp | null;
  silent_since: Timestamp | null;
  failures: Generated<number>;
  tried_at: Timestamp;
}

interface ProcessesTable {
  id: string;
  started_at: CreatedAt;
  seen_at: Generated<Date>;
  polls: Generated<boolean>;
  stopped_at: Timestamp | null;
}

interface RestoresTable {
  id: Generated<string>;
  since: Date;
  noted_at: CreatedAt;
  lifted_at: Timestamp | null;
}

export type ConnectionState = 'connected' | 'reauthorize';

interface ConnectionsTable {
  workspace_id: string;
  portal_id: number;
  state: ConnectionState;
  hub_domain: string | null;
  ui_domain: string;
  time_zone: string;
  account_type: string | null;
  /** Who pressed "Connect app": the connection depends on this HubSpot user. */
  user_id: number | null;
  user_email: string | null;
  scopes: string[];
  /** Sealed (see `secrets.ts`). */
  access_token: string;
  refresh_token: string;
  access_token_issued_at: Timestamp;
  access_token_expires_at: Timestamp;
  last_error: string | null;
  connected_at: Timestamp;
  updated_at: Timestamp;
}

interface MeetingsTable {
  workspace_id: string;
  meeting_id: string;
  /** Null once the meeting was erased. */
  body: JSONColumnType<ProcessedMeeting, string, string | null> | null;
  body_hash: string;
  title: string;
  started_at: Timestamp;
  status: SyncStatus;
  reason: JSONColumnType<SyncReason, string | null, string | null> | null;
  unmatched: JSONColumnType<UnmatchedPerson[], string | undefined>;
  /** About the posted content; replaced with it. */
  intake_warnings: JSONColumnType<Warning[], string | undefined>;
  /** By step of the passes; each step replaces its own. */
  pass_warnings: JSONColumnType<Record<string, Warning[]>, string | undefined>;
  /** The HubSpot account of the last sync; null before the first. */
  portal_id: number | null;
  run_id: string | null;
  /** The outbox: set when a sync is due, cleared once Temporal has taken it. */
  sync_requested_at: Timestamp | null;
  /** Since when it is under way; null once it has ended or needs attention. Maintained by a trigger. */
  unfinished_since: ColumnType<Date | null, never, never>;
  /** When it was last compared with its run in Temporal. */
  run_checked_at: Timestamp | null;
  /** The newest request that Temporal has taken; a pass that began after it has fulfilled it. */
  asked_at: Timestamp | null;
  begun_at: Timestamp | null;
  /** A person asked for the sync: both activities are written again, even if nothing changed here. */
  rewrite: ColumnType<boolean, never, never>;
  /** How often that was asked for, and up to which of these wishes it is done. */
  rewrites_wanted: Generated<number>;
  rewrites_done: Generated<number>;
  /** The newest of these wishes that also replaces what people changed in HubSpot; 0 for none. */
  overwrite_wanted: Generated<number>;
  /** Digest of the calendar event's id; null without one. */
  event_key: ColumnType<string | null, never, never>;
  /** When HubSpot was last asked for a calendar meeting beside the summary; null: never. */
  calendar_checked_at: Timestamp | null;
  beside_calendar_meeting: Generated<boolean>;
  /** What the links were computed from: `body_hash` of that content, and how settings narrowed them (`linkBasis`). */
  linked_body_hash: string | null;
  /** The activities are to be taken back and the content erased. */
  erasing: Generated<boolean>;
  /** Whether a person was erased from this content. */
  person_erased: Generated<boolean>;
  /** Came in with a backfill, and nobody asked for it since: its sync lets the others pass. */
  background: Generated<boolean>;
  /** When its content came in, or was to be erased; of a backfill, when that came in. */
  posted_at: Generated<Date>;
  accepted_at: ColumnType<Date, Date | string | undefined, Date | string>;
  synced_at: Timestamp | null;
  updated_at: Timestamp;
}

interface LinksTable {
  workspace_id: string;
  meeting_id: string;
  portal_id: number;
  object_type: string;
  record_id: string;
  via: 'participant' | 'domain' | 'cascade' | 'manual';
  from_object_type: string | null;
  from_record_id: string | null;
  position: number;
  /** HubSpot's words when it refused this association; null while it stands or is due. */
  refused: string | null;
}

export type CrmEventKind =
  'creation' | 'propertyChange' | 'deletion' | 'privacyDeletion' | 'restore' | 'merge' | 'associationChange';

interface CrmEventsTable {
  id: Generated<number>;
  portal_id: number;
  event_key: string;
  kind: CrmEventKind;
  /** Each as `type/id`: the record, both ends of an association, all that were merged. */
  records: string[];
  property_name: string | null;
  property_value: string | null;
  occurred_at: Timestamp;
  received_at: CreatedAt;
  done_at: Timestamp | null;
}

interface TakenDeliveriesTable {
  /** As HubSpot sent it: it says nothing without the secret. */
  signature: string;
  taken_at: CreatedAt;
}

/** The contact that was found for a participant's address. */
interface KnownContactsTable {
  workspace_id: string;
  portal_id: number;
  record_id: string;
  email: string;
}

/** Contacts that privacy-deletion events name. */
interface PrivacyDeletionsTable {
  portal_id: number;
  record_id: string;
  told_at: CreatedAt;
  /** Whether the contact is to be checked with HubSpot. */
  due: Generated<boolean>;
  /** Null while HubSpot still has the contact, live or archived. */
  erased_at: Timestamp | null;
}

interface CrmRecordsTable {
  portal_id: number;
  object_type: string;
  record_id: string;
  properties: JSONColumnType<Record<string, string | null>, string | null, string | null> | null;
  archived: Generated<boolean>;
  merged_into: string | null;
  /** A contact's, as last read: kept when it is deleted, until a privacy deletion. */
  addresses: Generated<string[]>;
  /** When a meeting touched it first. */
  sighted_at: CreatedAt;
  read_at: Timestamp | null;
  /** HubSpot's `createdate` and `closedate`; null where the record has none that can be read. */
  record_created_at: ColumnType<Date | null, never, never>;
  record_closed_at: ColumnType<Date | null, never, never>;
  /** Of a deal: `pipeline`, `dealstage`, `hs_is_closed` and `hs_is_closed_won`; null where empty or not read. */
  pipeline_id: ColumnType<string | null, never, never>;
  stage_id: ColumnType<string | null, never, never>;
  is_closed: ColumnType<boolean | null, never, never>;
  is_won: ColumnType<boolean | null, never, never>;
}

interface CrmAssociationsTable {
  portal_id: number;
  from_object_type: string;
  from_record_id: string;
  to_object_type: string;
  to_record_id: string;
}

interface CrmPipelinesTable {
  portal_id: number;
  /** `deals`. */
  object_type: string;
  pipeline_id: string;
  label: string;
  position: number;
}

interface CrmStagesTable {
  portal_id: number;
  object_type: string;
  pipeline_id: string;
  stage_id: string;
  label: string;
  position: number;
  is_closed: boolean;
  /** From 0 to 1: HubSpot's `probability`. A closed stage with 1 is won. */
  probability: number | null;
}

interface CrmObjectTypesTable {
  portal_id: number;
  /** `2-…`. */
  object_type: string;
  singular: string;
  plural: string;
  /** The property that names a record. */
  primary_property: string | null;
  /** What reads of such records ask for. */
  properties: ColumnType<string[], string[] | undefined>;
}

interface CrmCataloguesTable {
  portal_id: number;
  read_at: Timestamp;
  /** Whether the custom object types that stand here are all that there are. */
  object_types_known: boolean;
}

interface CrmOwnersTable {
  portal_id: number;
  owner_id: string;
  email: string | null;
  name: string | null;
  archived: boolean;
}

interface MeetingParticipantsTable {
  workspace_id: string;
  meeting_id: string;
  email: string;
  /** Registrable domain; null for free mail. */
  domain: string | null;
}

interface ReconciliationsTable {
  id: Generated<string>;
  workspace_id: string;
  state: 'running' | 'done';
  started_at: CreatedAt;
  finished_at: Timestamp | null;
  links_before: JSONColumnType<Record<string, string>, string | undefined>;
  records_changed: Generated<number>;
  meetings_mended: Generated<number>;
}

interface BackfillsTable {
  id: Generated<string>;
  workspace_id: string;
  /** `receiving`: its lines come in, and nothing is promised yet. */
  state: BackfillState | 'receiving';
  created_at: CreatedAt;
  /** When Temporal took it. */
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
  /** Without empty ones. */
  lines: Generated<number>;
  /** One that several lines have counts once. */
  meetings: Generated<number>;
  faulty_lines: Generated<number>;
  lines_with_warnings: Generated<number>;
  /** At its end. */
  counts: JSONColumnType<Record<SyncStatus, number>, string | null, string | null> | null;
}

interface BackfillLinesTable {
  backfill_id: string;
  line: number;
  /** Null: the line cannot be taken. */
  meeting_id: string | null;
  /** JSON, until the meeting was handed over. */
  body: string | null;
  faults: JSONColumnType<FieldError[], string | null, string | null> | null;
  /** Until the meeting was handed over; null without any. */
  warnings: JSONColumnType<Warning[], string | null, string | null> | null;
}

interface SettingsChangesTable {
  id: Generated<number>;
  workspace_id: string;
  changed_by: string;
  changed_at: CreatedAt;
  before: JSONColumnType<Record<string, unknown>>;
  after: JSONColumnType<Record<string, unknown>>;
}

interface ManualLinksTable {
  workspace_id: string;
  meeting_id: string;
  portal_id: number;
  object_type: string;
  record_id: string;
  choice: 'linked' | 'unlinked';
  chosen_at: Timestamp;
  /** For `unlinked`: it had been linked by hand before. */
  was_linked: Generated<boolean>;
}

/** What lists and searches read of a meeting instead of its body; the database keeps it up to date by a trigger. */
interface MeetingListingsTable {
  workspace_id: string;
  meeting_id: string;
  participants: JSONColumnType<string[]>;
  participant_count: number;
  score: number | null;
  score_max: number | null;
  search_text: string;
}

/** What reports read of a meeting instead of its body; the database keeps it up to date by a trigger (see `analytics/`). */
interface MeetingFactsTable {
  workspace_id: string;
  meeting_id: string;
  started_at: Timestamp;
  skipped: boolean;
  host_email: string;
  host_name: string | null;
  /** In percent of its maximum. */
  score: number | null;
  topics: string[];
  /** What each of `topics` is counted under, whatever its case and accents. */
  topic_keys: string[];
  categories: string[];
  category_keys: string[];
  /** Linked and not refused, and at the same place the account of each. */
  deal_ids: string[];
  deal_portals: number[];
  people: string[];
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

interface SyncAttemptsTable {
  id: Generated<number>;
  workspace_id: string;
  meeting_id: string;
  run_id: string;
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

export type EngagementKind = 'summary' | 'notes';

interface EngagementsTable {
  workspace_id: string;
  meeting_id: string;
  portal_id: number;
  kind: EngagementKind;
  /** `writing`: a create may have reached HubSpot, its outcome is unknown. `written`: `hubspot_id` is HubSpot's. */
  state: 'writing' | 'written';
  object_type: 'meetings' | 'notes' | 'calls';
  hubspot_id: string | null;
  url: string | null;
  content_hash: string | null;
  /** Since when the outcome of the last create is unknown: when it was to be sent, or when its answer was lost. */
  writing_since: Timestamp | null;
  /** Recording link and start as that create said them: how its activity is known again. Null once it is written. */
  sought_url: string | null;
  sought_at: Timestamp | null;
  written_at: Timestamp | null;
  /** The activity is a person's calendar meeting that holds our part: never archived by us. */
  joined: Generated<boolean>;
  /** Since when it is known that a person deleted it in HubSpot; null while it stands. */
  deleted_at: Timestamp | null;
  /** When a reconciliation last looked whether it is still there. */
  checked_at: Timestamp | null;
  /** What HubSpot said of it after our last write; null for one that an earlier version wrote. */
  answered: JSONColumnType<AnsweredProperties, string | null, string | null> | null;
  /** A write whose outcome is not recorded yet: digests of the texts that it sends, by property; null: none. */
  sending: JSONColumnType<Record<string, string>, string | null, string | null> | null;
}

/** Digests of what HubSpot answered, by property, and when it says that the activity was last changed. */
export interface AnsweredProperties {
  readonly modified: string | null;
  readonly values: Readonly<Record<string, { readonly exact: string; readonly text: string }>>;
}

interface EngagementAssociationsTable {
  workspace_id: string;
  meeting_id: string;
  portal_id: number;
  kind: EngagementKind;
  object_type: string;
  record_id: string;
  /** About to be made by us; it did not stand before. */
  pending: Generated<boolean>;
  /** Since when the record is known to be gone while the association was to be taken away; null while it stands. */
  gone_at: Timestamp | null;
}

export type Budget = 'requests' | 'search' | 'associations';

interface HubspotBudgetsTable {
  portal_id: number;
  budget: Budget;
  /** When the next request may be sent: the theoretical arrival time of the generic cell rate algorithm. */
  next_at: Timestamp;
  /** Milliseconds between two requests, once HubSpot has told its limit; null before. */
  spacing_ms: number | null;
  closed_until: Timestamp | null;
  closed_reason: string | null;
  /** Requests a second after HubSpot last refused one; they rise from `slowed_at` on. Null: never refused. */
  slowed_rate: number | null;
  slowed_at: Timestamp | null;
}

/** What searches for participants found. */
interface SearchedAnswersTable {
  workspace_id: string;
  portal_id: number;
  kind: 'email' | 'domain';
  key: string;
  /** Empty: HubSpot knows no record. */
  records: JSONColumnType<{ id: string; properties: Record<string, string | null> }[]>;
  asked_at: Timestamp;
}

/** Whether a search of an object type takes many values of a list property at once. */
interface SearchFormsTable {
  portal_id: number;
  object_type: string;
  takes_lists: boolean;
  valid_until: Timestamp;
}

interface HubspotOwnersTable {
  portal_id: number;
  email: string;
  /** Null: HubSpot has no active owner with this address. */
  owner_id: string | null;
  fetched_at: Timestamp;
}

/** One row. */
interface WebhooksJournalTable {
  the_one: Generated<boolean>;
  cursor: string | null;
  subscribed: string | null;
  subscribed_at: Timestamp | null;
  refused: string | null;
  look_at: Generated<Date>;
  rest_ms: Generated<number>;
}
