import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { BackfillState } from '../meeting/backfill';
import type { FieldError } from '../meeting/faults';
import type { ProcessedMeeting } from '../meeting/intake/schema';
import type { SyncReason, SyncStatus, UnmatchedPerson } from '../meeting/status';
import type { Warning } from '../meeting/warnings';

/** The tables as Kysely sees them. The migrations define them. */
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
  named_records: NamedRecordsTable;
  contact_claims: ContactClaimsTable;
  webhooks_journal: WebhooksJournalTable;
}

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type CreatedAt = ColumnType<Date, Date | string | undefined, never>;

interface ContactClaimsTable {
  portal_id: number;
  /** SHA-256 of the address, so that the table keeps no personal data. */
  email_hash: string;
  claimed_until: Timestamp;
  /** Id of the contact; null until it is created. */
  record_id: string | null;
}

interface WorkspacesTable {
  /** A readable slug of the name. It is part of every workflow id. */
  id: string;
  name: string;
  settings: JSONColumnType<Record<string, unknown>, string | undefined>;
  created_at: CreatedAt;
}

interface ApiKeysTable {
  id: Generated<string>;
  workspace_id: string;
  name: string;
  /** SHA-256 of the key. The key itself is shown once and never stored. */
  key_hash: Buffer;
  created_at: CreatedAt;
  last_used_at: Timestamp | null;
  revoked_at: Timestamp | null;
  /** Null for the key that was created with the workspace. */
  made_by: string | null;
  /** The API key from which the creator's access derives; null if there is none. */
  made_by_key: ColumnType<string | null, string | null | undefined, string | null>;
}

interface SignInLinksTable {
  token_hash: Buffer;
  workspace_id: string;
  expires_at: Timestamp;
  used_at: Timestamp | null;
  /** The member that the link signs in; null for an anonymous session. */
  member_id: string | null;
  /** The API key that created it; null when it was created on a page. */
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
  /** Precise to one minute. */
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
  /** When a connection was made with it. */
  used_at: Timestamp | null;
  revoked_at: Timestamp | null;
  /** The API key from which the creator's access derives; null if there is none. */
  made_by_key: ColumnType<string | null, string | null | undefined, string | null>;
}

interface OauthStatesTable {
  state_hash: Buffer;
  workspace_id: string;
  /** Hash of the session, or of the browser's cookie when the state was created with an admin link. */
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
  /** Its data center; null where HubSpot names none, and for accounts connected by an earlier version. */
  data_location: string | null;
  /** Whether it erases activities for good; null until it was asked. */
  erases_activities: boolean | null;
  /** The HubSpot user who pressed "Connect app". The connection depends on this user. */
  user_id: number | null;
  user_email: string | null;
  scopes: string[];
  /** Encrypted (see `secrets.ts`). */
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
  /** The input of the links (`linkBasis`): `body_hash` of the content, and the settings that narrow them. */
  linked_body_hash: string | null;
  /** The meeting has to be deleted, and its activities removed from HubSpot. */
  erasing: Generated<boolean>;
  /** Whether a person was erased from this content. */
  person_erased: Generated<boolean>;
  /** Backfilled, and not requested by a person since, so its sync has a lower priority. */
  background: Generated<boolean>;
  /** When its content was posted or its deletion requested; for a backfilled meeting, when the file was received. */
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
  /** HubSpot's message when it refused this association, or null. */
  refused: string | null;
}

export type CrmEventKind =
  'creation' | 'propertyChange' | 'deletion' | 'privacyDeletion' | 'restore' | 'merge' | 'associationChange';

interface CrmEventsTable {
  id: Generated<number>;
  portal_id: number;
  event_key: string;
  kind: CrmEventKind;
  /** Each as `type/id`: the record, both ends of an association, or all merged records. */
  records: string[];
  property_name: string | null;
  property_value: string | null;
  occurred_at: Timestamp;
  received_at: CreatedAt;
  done_at: Timestamp | null;
}

interface TakenDeliveriesTable {
  /** As HubSpot sent it. It contains no data that can be read without the secret. */
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

/** Contacts of privacy deletion events. */
interface PrivacyDeletionsTable {
  portal_id: number;
  record_id: string;
  told_at: CreatedAt;
  /** Whether the contact has to be checked with HubSpot. */
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
  /** The addresses of a contact as last read. They stay after its deletion, until a privacy deletion. */
  addresses: Generated<string[]>;
  /** When the record was added for its first meeting. */
  sighted_at: CreatedAt;
  read_at: Timestamp | null;
  /** HubSpot's `createdate` and `closedate`; null when missing or unreadable. */
  record_created_at: ColumnType<Date | null, never, never>;
  record_closed_at: ColumnType<Date | null, never, never>;
  /** A deal's `pipeline`, `dealstage`, `hs_is_closed` and `hs_is_closed_won`; null when empty or not read. */
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
  /** For example `deals`. */
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
  /** HubSpot's `probability`, from 0 to 1. A closed stage with 1 is won. */
  probability: number | null;
}

interface CrmObjectTypesTable {
  portal_id: number;
  /** `2-…`. */
  object_type: string;
  singular: string;
  plural: string;
  /** The property with a record's name. */
  primary_property: string | null;
  /** The properties to read. */
  properties: ColumnType<string[], string[] | undefined>;
}

interface CrmCataloguesTable {
  portal_id: number;
  read_at: Timestamp;
  /** Whether the stored custom object types are complete. */
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
  /** `receiving`: the upload is not complete, and the file is not accepted. */
  state: BackfillState | 'receiving';
  created_at: CreatedAt;
  /** When its workflow was started. */
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
  /** Without empty lines. */
  lines: Generated<number>;
  /** A meeting on several lines counts once. */
  meetings: Generated<number>;
  faulty_lines: Generated<number>;
  lines_with_warnings: Generated<number>;
  /** Set when the backfill ends. */
  counts: JSONColumnType<Record<SyncStatus, number>, string | null, string | null> | null;
}

interface BackfillLinesTable {
  backfill_id: string;
  line: number;
  /** Null when the line is invalid. */
  meeting_id: string | null;
  /** JSON; null once the meeting is accepted. */
  body: string | null;
  faults: JSONColumnType<FieldError[], string | null, string | null> | null;
  /** Null without warnings, and once the meeting is accepted. */
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
  /** For `unlinked`: the record was linked by hand before. */
  was_linked: Generated<boolean>;
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
  /**
   * `writing`: a create may have reached HubSpot, and its outcome is unknown. `written`: the activity exists as
   * `hubspot_id`.
   */
  state: 'writing' | 'written';
  object_type: 'meetings' | 'notes' | 'calls';
  hubspot_id: string | null;
  url: string | null;
  content_hash: string | null;
  /** Since when the outcome of the last create is unknown: the time before it was sent, or when its response was lost. */
  writing_since: Timestamp | null;
  /** Recording link and start time in that create, which identify its activity. Null once it is written. */
  sought_url: string | null;
  sought_at: Timestamp | null;
  written_at: Timestamp | null;
  /** The activity is a person's calendar meeting with our part in it. We never archive it. */
  joined: Generated<boolean>;
  /** When we learned that a person deleted it in HubSpot; null while it exists. */
  deleted_at: Timestamp | null;
  /** When a reconciliation last checked that it exists. */
  checked_at: Timestamp | null;
  /** HubSpot's response to our last write; null when an earlier version wrote the activity. */
  answered: JSONColumnType<AnsweredProperties, string | null, string | null> | null;
  /** Digests of the texts of a pending write, by property; null without one. */
  sending: JSONColumnType<Record<string, string>, string | null, string | null> | null;
}

/** Digests of the properties in HubSpot's response, and the time of the activity's last change according to HubSpot. */
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
  /** We are about to create it; it did not exist before. */
  pending: Generated<boolean>;
  /** When its removal failed because the record is deleted; null otherwise. */
  gone_at: Timestamp | null;
}

export type Budget = 'requests' | 'search' | 'associations';

interface HubspotBudgetsTable {
  portal_id: number;
  budget: Budget;
  /** When the next request may be sent: the theoretical arrival time of the generic cell rate algorithm. */
  next_at: Timestamp;
  /** Milliseconds between two requests; null until HubSpot's headers have stated its limit. */
  spacing_ms: number | null;
  closed_until: Timestamp | null;
  closed_reason: string | null;
  /** The rate in requests per second after HubSpot last refused one. It rises from `slowed_at` on. Null if never refused. */
  slowed_rate: number | null;
  slowed_at: Timestamp | null;
}

/** Results of searches for participants. */
interface SearchedAnswersTable {
  workspace_id: string;
  portal_id: number;
  kind: 'email' | 'domain';
  key: string;
  /** Empty when HubSpot has no such record. */
  records: JSONColumnType<{ id: string; properties: Record<string, string | null> }[]>;
  asked_at: Timestamp;
}

/** The records of recent events, with the addresses and domains that match them. */
interface NamedRecordsTable {
  portal_id: number;
  kind: 'email' | 'domain';
  key: string;
  record_id: string;
  named_at: CreatedAt;
}

/** Whether one search of an object type may contain many values of a list property. */
interface SearchFormsTable {
  portal_id: number;
  object_type: string;
  takes_lists: boolean;
  valid_until: Timestamp;
}

interface HubspotOwnersTable {
  portal_id: number;
  email: string;
  /** Null when HubSpot has no active owner with this address. */
  owner_id: string | null;
  fetched_at: Timestamp;
}

/** A table with one row. */
interface WebhooksJournalTable {
  the_one: Generated<boolean>;
  cursor: string | null;
  subscribed: string | null;
  subscribed_at: Timestamp | null;
  refused: string | null;
  look_at: Generated<Date>;
  rest_ms: Generated<number>;
}
