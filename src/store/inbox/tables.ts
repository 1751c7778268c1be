import type { Generated } from 'kysely';
import type { CreatedAt, Timestamp } from '../columns';

export interface InboxTables {
  crm_events: CrmEventsTable;
  taken_deliveries: TakenDeliveriesTable;
  named_records: NamedRecordsTable;
  privacy_deletions: PrivacyDeletionsTable;
  webhooks_journal: WebhooksJournalTable;
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

/** The records of recent events, with the addresses and domains that match them. */
interface NamedRecordsTable {
  portal_id: number;
  kind: 'email' | 'domain';
  key: string;
  record_id: string;
  named_at: CreatedAt;
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
