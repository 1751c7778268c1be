import type { ColumnType, Generated } from 'kysely';
import type { Timestamp } from '../columns';

export interface ConnectionTables {
  connections: ConnectionsTable;
  oauth_states: OauthStatesTable;
  hubspot_budgets: HubspotBudgetsTable;
  hubspot_calls: HubspotCallsTable;
  hubspot_answers: HubspotAnswersTable;
  search_forms: SearchFormsTable;
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
  /** ISO 4217, of amounts without a currency of their own; null until it was read. */
  currency: string | null;
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

interface OauthStatesTable {
  state_hash: Buffer;
  workspace_id: string;
  /** Hash of the session, or of the browser's cookie when the state was created with an admin link. */
  session_hash: Buffer;
  expires_at: Timestamp;
  admin_link_id: string | null;
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
  /** How long it was closed last, in milliseconds, until a probe succeeds. Null if the end of the closure is known. */
  closed_ms: number | null;
  /** Whether a probe is under way. */
  probing: Generated<boolean>;
  /** The rate in requests per second after HubSpot last refused one. It rises from `slowed_at` on. Null if never refused. */
  slowed_rate: number | null;
  slowed_at: Timestamp | null;
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

/** Whether one search of an object type may contain many values of a list property. */
interface SearchFormsTable {
  portal_id: number;
  object_type: string;
  takes_lists: boolean;
  valid_until: Timestamp;
}
