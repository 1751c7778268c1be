import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Actor } from '../audit/actor';
import type { DbPool } from '../database';
import type { Database } from '../schema';
import { isLive } from './live-sessions';
import { ROLE_SCOPES, scopesBeyond, sessionScopes, type Role, type Scope } from './scopes';

/** The access with which a key, member, session or link is created. A {@link Session} is one, too. */
export interface Creator {
  readonly workspaceId: string;
  readonly actor: Actor;
  /** The API key itself, or the keys from which the session derives. */
  readonly keyIds: readonly string[];
  /** Identifies the session; null for an API key. */
  readonly idHash: Buffer | null;
  /** What it may do. */
  readonly scopes: readonly Scope[];
  /** The signed-in member; null for an API key and for an anonymous session. */
  readonly memberId: string | null;
  /** The API key that limits it: the key itself, or the one whose link signed the session in; null without one. */
  readonly keyId: string | null;
}

/** What a creator may pass on, as it is at the moment of the creation. */
export interface CreatorLimits {
  readonly scopes: readonly Scope[];
  /** When the access of the creator's API key ends; null for a key that does not expire, and without a key. */
  readonly expiresAt: Date | null;
}

/** The access of a request was revoked or narrowed, or has expired, after the request had begun. Nothing was changed. */
export class AccessEndedError extends Error {
  override readonly name = 'AccessEndedError';
}

/** More was asked for than the creator has itself. Nothing was created. */
export class AccessExceededError extends Error {
  override readonly name = 'AccessExceededError';
  /** The part of the input that asks for too much. */
  readonly part: 'scopes' | 'expiresAt' | 'role';

  /** @param sentence - what was asked for, and what the creator has */
  constructor(part: AccessExceededError['part'], sentence: string) {
    super(sentence);
    this.part = part;
  }
}

/**
 * Creates or changes access to a workspace in a transaction, if the creator is still an admin. A revocation that runs at
 * the same time comes before, and this fails, or after, and revokes what this creates. The same holds for a demotion.
 *
 * @throws {@link AccessEndedError} when the key is revoked, the session has ended, or it may no longer administer
 */
export async function createAccess<T>(
  db: DbPool,
  creator: Creator,
  create: (transaction: Transaction<Database>, limits: CreatorLimits) => Promise<T>,
): Promise<T> {
  return await db.transaction().execute(async (transaction) => {
    await lockAccess(transaction, creator.workspaceId);
    const limits = await limitsOf(transaction, creator);
    if (limits?.scopes.includes('admin') !== true) throw new AccessEndedError('the access of the request was revoked');
    return await create(transaction, limits);
  });
}

/**
 * Serialises the transactions that create and revoke access to a workspace.
 *
 * The lock is on the workspace, because a revocation also ends what descendants of the key create meanwhile. It is
 * exclusive, because creations that share it could keep a revocation waiting for ever. It does not block the foreign keys
 * of other rows.
 */
export async function lockAccess(transaction: Transaction<Database>, workspaceId: string): Promise<void> {
  await transaction.selectFrom('workspaces').select('id').where('id', '=', workspaceId).forNoKeyUpdate().execute();
}

/** @throws {@link AccessExceededError} when a role may do more than the creator */
export function requireScopesOf(role: Role, { scopes }: CreatorLimits): void {
  const beyond = scopesBeyond(ROLE_SCOPES[role], scopes);
  if (beyond.length > 0)
    throw new AccessExceededError('role', `The role ${role} has ${quoted(beyond)}, which this access does not have.`);
}

/** `"read" and "admin"` */
export function quoted(scopes: readonly Scope[]): string {
  return scopes.map((scope) => `"${scope}"`).join(' and ');
}

/** @returns null when the key is revoked or has expired, or the session has ended */
async function limitsOf(
  transaction: Transaction<Database>,
  { workspaceId, keyId, idHash }: Creator,
): Promise<CreatorLimits | null> {
  if (idHash === null) {
    const key = await transaction
      .selectFrom('api_keys')
      .select(['scopes', 'expires_at'])
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', keyId)
      .where('revoked_at', 'is', null)
      .where(isUnexpired())
      .executeTakeFirst();
    return key === undefined ? null : { scopes: key.scopes, expiresAt: key.expires_at };
  }
  const session = await transaction
    .selectFrom('sessions')
    .leftJoin('members', 'members.id', 'sessions.member_id')
    .leftJoin('api_keys', 'api_keys.id', 'sessions.api_key_id')
    .select(['members.role', 'api_keys.scopes', 'api_keys.expires_at'])
    .where('sessions.workspace_id', '=', workspaceId)
    .where('sessions.id_hash', '=', idHash)
    .where(isLive())
    .where(isUnexpired())
    .executeTakeFirst();
  if (session === undefined) return null;
  const { role, scopes: keyScopes, expires_at: expiresAt } = session;
  return { scopes: sessionScopes({ role, keyScopes }), expiresAt };
}

/** Whether the API key of a row, if there is one, has not expired. */
export function isUnexpired(): RawBuilder<boolean> {
  return sql<boolean>`coalesce(api_keys.expires_at > now(), true)`;
}
