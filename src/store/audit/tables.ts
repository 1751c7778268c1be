import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { CreatedAt, Timestamp } from '../columns';
import type { ActorKind, ActorWay } from './actor';

/** Values before or after an act, by name. */
export type AuditValues = Readonly<Record<string, unknown>>;

type Values = JSONColumnType<AuditValues | null, string | null, string | null>;

export interface AuditTables {
  audit_events: AuditEventsTable;
}

/** A trigger refuses every other change and deletion than those that the migration names. */
interface AuditEventsTable {
  id: GeneratedAlways<number>;
  /** Null for what belongs to no workspace. */
  workspace_id: string | null;
  at: CreatedAt;
  actor_kind: ActorKind;
  actor_id: string | null;
  actor_label: string;
  /** `actor_id`, else `actor_label`. */
  actor_key: GeneratedAlways<string>;
  ip: string | null;
  way: ActorWay;
  action: string;
  /** The part of `action` before the dot. */
  action_group: GeneratedAlways<string>;
  object_type: string | null;
  object_id: string | null;
  object_label: string | null;
  before: Values;
  after: Values;
  /** More than 1 for refusals of one kind that followed each other. */
  count: Generated<number>;
  /** Time of the last one of `count`; null for a single one. */
  last_at: Timestamp | null;
  /** Identifies the refusals that one row counts; null for all other acts. */
  burst: ColumnType<string | null, string | null | undefined, never>;
}
