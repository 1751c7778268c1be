import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ProcessedMeeting } from '../meeting/schema';
import type { SyncReason, SyncStatus, UnmatchedPerson } from '../meeting/status';

/** Kysely's view of the tables; the migrations are the truth. */
export interface Database {
  workspaces: WorkspacesTable;
  api_keys: ApiKeysTable;
  sign_in_links: SignInLinksTable;
  sessions: SessionsTable;
  oauth_states: OauthStatesTable;
  connections: ConnectionsTable;
  meetings: MeetingsTable;
  links: LinksTable;
  manual_links: ManualLinksTable;
  settings_changes: SettingsChangesTable;
  crm_events: CrmEventsTable;
  crm_records: CrmRecordsTable;
  crm_associations: CrmAssociationsTable;
  crm_pipelines: CrmPipelinesTable;
  crm_stages: CrmStagesTable;
  crm_object_types: CrmObjectTypesTable;
  crm_owners: CrmOwnersTable;
  meeting_participants: MeetingParticipantsTable;
  reconciliations: ReconciliationsTable;
  engagements: EngagementsTable;
  engagement_associations: EngagementAssociationsTable;
  hubspot_budgets: HubspotBudgetsTable;
  hubspot_owners: HubspotOwnersTable;
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
}

interface SignInLinksTable {
  token_hash: Buffer;
  workspace_id: string;
  expires_at: Timestamp;
  used_at: Timestamp | null;
}

interface SessionsTable {
  id_hash: Buffer;
  workspace_id: string;
  created_at: CreatedAt;
  expires_at: Timestamp;
}

interface OauthStatesTable {
  state_hash: Buffer;
  workspace_id: string;
  session_hash: Buffer;
  expires_at: Timestamp;
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
  /** The HubSpot account of the last sync; null before the first. */
  portal_id: number | null;
  run_id: string | null;
  /** The outbox: set when a sync is due, cleared once Temporal has taken it. */
  sync_requested_at: Timestamp | null;
  /** A person asked for the sync: both activities are written again, even if nothing changed here. */
  rewrite: Generated<boolean>;
  /** `body_hash` of the content that the links were computed from. */
  linked_body_hash: string | null;
  /** The activities are to be taken back and the content erased. */
  erasing: Generated<boolean>;
  accepted_at: CreatedAt;
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

interface CrmRecordsTable {
  portal_id: number;
  object_type: string;
  record_id: string;
  properties: JSONColumnType<Record<string, string | null>, string | null, string | null> | null;
  archived: Generated<boolean>;
  merged_into: string | null;
  /** When a meeting touched it first. */
  sighted_at: CreatedAt;
  read_at: Timestamp | null;
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
}

interface EngagementAssociationsTable {
  workspace_id: string;
  meeting_id: string;
  portal_id: number;
  kind: EngagementKind;
  object_type: string;
  record_id: string;
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
}

interface HubspotOwnersTable {
  portal_id: number;
  email: string;
  /** Null: HubSpot has no active owner with this address. */
  owner_id: string | null;
  fetched_at: Timestamp;
}
