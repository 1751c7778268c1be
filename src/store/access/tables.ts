import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { CreatedAt, Timestamp } from '../columns';
import type { OriginColumns } from './origins';
import type { Role, Scope } from './scopes';

export interface AccessTables {
  workspaces: WorkspacesTable;
  members: MembersTable;
  api_keys: ApiKeysTable;
  sign_in_links: SignInLinksTable;
  sessions: SessionsTable;
  admin_links: AdminLinksTable;
}

/** The way in which a browser was signed in. */
export type SignInMethod = 'link' | 'hubspot' | 'oidc';

interface WorkspacesTable {
  /** A readable slug of the name. It is part of every workflow id. */
  id: string;
  name: string;
  settings: JSONColumnType<Record<string, unknown>, string | undefined>;
  created_at: CreatedAt;
  /** When the workspace began to create tasks; null while it never did. */
  tasks_since: Timestamp | null;
}

interface MembersTable extends OriginColumns {
  id: Generated<string>;
  workspace_id: string;
  /** Lower case. */
  email: string;
  name: string | null;
  invited_by: string;
  invited_at: CreatedAt;
  signed_in_at: Timestamp | null;
  role: Role;
}

interface ApiKeysTable extends OriginColumns {
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
  /** At least one. */
  scopes: ColumnType<Scope[], readonly Scope[], readonly Scope[]>;
  /** Null for a key that does not expire. */
  expires_at: Timestamp | null;
  /** The member in whose session it was created; null for others, and when the member was removed. */
  maker_member: string | null;
  /** The key with which it was created, or whose link signed its creator in. */
  maker_key: string | null;
}

interface SignInLinksTable extends OriginColumns {
  token_hash: Buffer;
  workspace_id: string;
  expires_at: Timestamp;
  used_at: Timestamp | null;
  /** The member that the link signs in; null for an anonymous session. */
  member_id: string | null;
  /** The API key that created it; null when it was created on a page. */
  api_key_id: string | null;
  /** A link of the operator. It works also where links are switched off. */
  rescue: Generated<boolean>;
  /** The member who created it, with whom it ends; null when a key or the operator created it. */
  maker_member: string | null;
}

interface SessionsTable extends OriginColumns {
  id_hash: Buffer;
  workspace_id: string;
  created_at: CreatedAt;
  expires_at: Timestamp;
  id: Generated<string>;
  member_id: string | null;
  api_key_id: string | null;
  /** Precise to one minute. */
  seen_at: Generated<Date>;
  /** `Chrome on macOS`; null for an unknown browser, and for sessions of earlier versions. */
  device: string | null;
  method: Generated<SignInMethod>;
  /** The network address of the sign-in; null for sessions of earlier versions. */
  address: string | null;
  /** When the person last proved who they are. */
  authenticated_at: Generated<Date>;
  /** When a person last used it, precise to one minute. Unlike `seen_at`, it does not count open pages that poll. */
  active_at: Generated<Date>;
}

interface AdminLinksTable extends OriginColumns {
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
}
