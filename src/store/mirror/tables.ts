import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { CreatedAt, Timestamp } from '../columns';

export interface MirrorTables {
  crm_records: CrmRecordsTable;
  crm_associations: CrmAssociationsTable;
  crm_pipelines: CrmPipelinesTable;
  crm_stages: CrmStagesTable;
  crm_object_types: CrmObjectTypesTable;
  crm_owners: CrmOwnersTable;
  crm_catalogues: CrmCataloguesTable;
  hubspot_owners: HubspotOwnersTable;
  known_contacts: KnownContactsTable;
  contact_claims: ContactClaimsTable;
  searched_answers: SearchedAnswersTable;
  open_deal_lists: OpenDealListsTable;
}

interface CrmRecordsTable {
  portal_id: number;
  object_type: string;
  record_id: string;
  properties: JSONColumnType<Record<string, string | null>, string | null, string | null> | null;
  archived: Generated<boolean>;
  merged_into: string | null;
  /** E-mail addresses and phone numbers of a contact as last read. They stay until a privacy deletion. */
  addresses: Generated<string[]>;
  /** When the record was added for its first meeting. */
  sighted_at: CreatedAt;
  read_at: Timestamp | null;
  /**
   * When a list of the account's open deals last had this deal. Null for records of meetings, which stay in the mirror
   * and are read every night.
   */
  listed_at: Timestamp | null;
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

interface CrmOwnersTable {
  portal_id: number;
  owner_id: string;
  email: string | null;
  name: string | null;
  archived: boolean;
}

interface CrmCataloguesTable {
  portal_id: number;
  read_at: Timestamp;
  /** Whether the stored custom object types are complete. */
  object_types_known: boolean;
}

interface HubspotOwnersTable {
  portal_id: number;
  email: string;
  /** Null when HubSpot has no active owner with this address. */
  owner_id: string | null;
  fetched_at: Timestamp;
}

/** The contact that was found for a participant's address. */
interface KnownContactsTable {
  workspace_id: string;
  portal_id: number;
  record_id: string;
  email: string;
}

interface ContactClaimsTable {
  portal_id: number;
  /** SHA-256 of the address, so that the table keeps no personal data. */
  email_hash: string;
  claimed_until: Timestamp;
  /** Id of the contact; null until it is created. */
  record_id: string | null;
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

/** How far the list of an account's open deals has been read. */
interface OpenDealListsTable {
  portal_id: number;
  /** The reconciliation that read it last. */
  run_id: string;
  /** Calls of that reconciliation. */
  calls: Generated<number>;
  form: Generated<'search' | 'pages'>;
  /** Where it continues; null at its beginning. */
  after_place: string | null;
  /** Null while no list is under way. */
  begun_at: Timestamp | null;
  /** When the last complete list ended. */
  completed_at: Timestamp | null;
  /** Whether HubSpot refused to list deals the last time. */
  refused: Generated<boolean>;
}
