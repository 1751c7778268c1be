import type { Generated, JSONColumnType } from 'kysely';
import type { SignInMethod } from '../access/tables';
import type { CreatedAt, Timestamp } from '../columns';

export interface SignInTables {
  sign_in_settings: SignInSettingsTable;
  sign_in_flows: SignInFlowsTable;
  pending_forms: PendingFormsTable;
  removed_people: RemovedPeopleTable;
  oidc_providers: OidcProvidersTable;
  oidc_domains: OidcDomainsTable;
  member_identities: MemberIdentitiesTable;
}

/** Without a row, a workspace has the defaults of the columns. */
interface SignInSettingsTable {
  workspace_id: string;
  links: Generated<boolean>;
  super_admins: Generated<boolean>;
  /** Null: a session does not end for being idle. */
  idle_minutes: number | null;
  member_hours: Generated<number>;
  anonymous_hours: Generated<number>;
  /** When an admin last signed in that way. Null before, and after the provider was changed. */
  hubspot_worked_at: Timestamp | null;
  oidc_worked_at: Timestamp | null;
}

/** What a person does at HubSpot or at a provider. */
export type FlowPurpose = 'sign_in' | 'confirm' | 'super_admin';

interface SignInFlowsTable {
  state_hash: Buffer;
  method: Exclude<SignInMethod, 'link'>;
  /** Hash of a cookie of the browser that began. */
  browser_hash: Buffer;
  /** Null for a sign-in with HubSpot, whose account names the workspace. */
  workspace_id: string | null;
  purpose: FlowPurpose;
  /** The session that is confirmed. */
  session_hash: Buffer | null;
  created_at: CreatedAt;
  expires_at: Timestamp;
}

interface PendingFormsTable {
  token_hash: Buffer;
  workspace_id: string;
  member_id: string | null;
  path: string;
  /** The sealed fields of the form. */
  fields: string;
  expires_at: Timestamp;
}

interface RemovedPeopleTable {
  workspace_id: string;
  /** SHA-256 of an e-mail address, or of an identity at a provider. */
  person_hash: Buffer;
  removed_at: CreatedAt;
}

interface OidcProvidersTable {
  workspace_id: string;
  issuer: string;
  client_id: string;
  /** Sealed. */
  client_secret: string;
  groups_claim: string;
  group_roles: JSONColumnType<Record<string, string>>;
  /** Null: only invited people may sign in. */
  default_role: string | null;
  updated_at: CreatedAt;
}

interface OidcDomainsTable {
  domain: string;
  workspace_id: string;
}

interface MemberIdentitiesTable {
  workspace_id: string;
  issuer: string;
  subject: string;
  member_id: string;
  role_from_groups: Generated<boolean>;
  linked_at: CreatedAt;
}
