import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { TaskKind } from '../../meeting/tasks/steps';
import type { CreatedAt, Timestamp } from '../columns';

export interface EngagementTables {
  engagements: EngagementsTable;
  engagement_associations: EngagementAssociationsTable;
  restores: RestoresTable;
  step_tasks: StepTasksTable;
}

/** The activities of a meeting: the Meeting Summary, the Smart Category Notes, and a task for each next step. */
export type EngagementKind = 'summary' | 'notes' | TaskKind;

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
  object_type: 'meetings' | 'notes' | 'calls' | 'tasks';
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
  /** We are about to remove it, or our part in it. If it is missing then, no person deleted it. */
  removing: Generated<boolean>;
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
  readonly values: Readonly<Record<string, { readonly exact: string; readonly text: string; readonly looks?: string }>>;
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

/** A next step that has, or may have, a task in HubSpot. The ledger says whether it has. */
interface StepTasksTable {
  workspace_id: string;
  meeting_id: string;
  portal_id: number;
  kind: TaskKind;
  /** The caller's id. */
  step_id: string | null;
  text_key: string;
  text: string;
  /** In the meeting's list of next steps. */
  position: number;
  /** Of the step, or else of the host. */
  owner_email: string;
  due_at: ColumnType<Date, string, string>;
  /** When a person completed it, according to HubSpot; null while it is open. */
  completed_at: Timestamp | null;
  /** A person was erased from the text, and HubSpot may still have the text from before. */
  erased: Generated<boolean>;
}

interface RestoresTable {
  id: Generated<string>;
  since: Date;
  noted_at: CreatedAt;
  lifted_at: Timestamp | null;
}
