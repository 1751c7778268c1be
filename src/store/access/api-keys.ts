import { sql } from 'kysely';
import { hashToken, randomToken } from '../../secrets';
import { OPERATOR, type Actor } from '../audit/actor';
import { createdEvent } from './key-events';
import { recordAudit, type AuditEvent } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import { noted } from '../failures';
import { AccessExceededError, createAccess, lockAccess, quoted, type Creator, type CreatorLimits } from './creator';
import { derivesFrom, originValues } from './origins';
import { endKeyAccess } from './key-sessions';
import { keyDescendants, type KeyDescendants } from './key-descendants';
import type { Session } from './sessions';
import { SCOPES, scopesBeyond, type Scope } from './scopes';
import { rememberRemoved } from '../sign-in/removed-people';
import { isUuid } from './uuid';

/** Lets secret scanners recognise our keys. */
const API_KEY_PREFIX = 'hms_';

/** An API key without its secret, which is known only when the key is created. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** Null for the key that was created with the workspace. */
  readonly madeBy: string | null;
  readonly createdAt: Date;
  /** Precise to one minute; null before the first use. */
  readonly lastUsedAt: Date | null;
  readonly scopes: readonly Scope[];
  /** Null for a key that does not expire. */
  readonly expiresAt: Date | null;
}

/** The valid key of a request. */
export interface KeyAccess {
  readonly id: string;
  readonly name: string;
  readonly workspaceId: string;
  readonly scopes: readonly Scope[];
}

/** A key that was valid until it expired. */
export interface ExpiredKey {
  readonly expiredAt: Date;
}

type CreatedApiKey = ApiKey & { readonly key: string };

/**
 * Creates an API key of a workspace. Only its hash is stored, so the key cannot be shown again.
 *
 * @param key - `id`: a UUID chosen by the caller, so that a form submitted twice creates one key (`@default` random).
 *   `scopes`, `expiresAt`: `@default` those of the creator
 * @returns null when a key with this id exists already
 * @throws AccessEndedError when the creator's own access has ended
 * @throws AccessExceededError when the key would have more scopes than its creator, or a longer life
 */
export async function createApiKey(
  db: DbPool,
  creator: Creator,
  key: Pick<NewKey, 'name' | 'id' | 'scopes' | 'expiresAt'>,
): Promise<CreatedApiKey | null> {
  const { workspaceId, actor } = creator;
  return await createAccess(db, creator, async (transaction, limits) => {
    const { scopes = limits.scopes, expiresAt = limits.expiresAt } = key;
    requireWithin(limits, { scopes, expiresAt });
    const created = await insertApiKey(transaction, { workspaceId, ...key, scopes, expiresAt, maker: creator });
    if (created !== null) await recordAudit(transaction, actor, createdEvent(workspaceId, created));
    return created;
  });
}

/** @throws {@link AccessExceededError} when a key would have more than its creator */
function requireWithin(
  limits: CreatorLimits,
  { scopes, expiresAt }: { readonly scopes: readonly Scope[]; readonly expiresAt: Date | null },
): void {
  const beyond = scopesBeyond(scopes, limits.scopes);
  if (beyond.length > 0)
    throw new AccessExceededError(
      'scopes',
      `A key never has more than its creator, which has ${quoted(limits.scopes)} and not ${quoted(beyond)}.`,
    );
  if (limits.expiresAt !== null && (expiresAt === null || expiresAt > limits.expiresAt))
    throw new AccessExceededError(
      'expiresAt',
      `A key never outlives its creator, whose key expires at ${limits.expiresAt.toISOString()}.`,
    );
}

/** Creates an API key of a workspace for the operator, and records it among the changes of access. */
export async function createOperatorKey(
  db: DbPool,
  { workspaceId, name, ...access }: Pick<NewKey, 'workspaceId' | 'name' | 'scopes' | 'expiresAt'>,
): Promise<CreatedApiKey> {
  return await db.transaction().execute(async (transaction) => {
    const created = await insertApiKey(transaction, { workspaceId, name, ...access, madeBy: OPERATOR.label });
    if (created === null) throw new Error('a new key has the id of an old one');
    await recordAudit(transaction, OPERATOR, createdEvent(workspaceId, created));
    return created;
  });
}

interface NewKey {
  readonly workspaceId: string;
  readonly name: string;
  readonly id?: string;
  /** `@default` all */
  readonly scopes?: readonly Scope[];
  /** `@default` null: it does not expire */
  readonly expiresAt?: Date | null;
  /** `@default` null: no one whose access could end */
  readonly maker?: Pick<Creator, 'actor' | 'keyIds' | 'memberId' | 'keyId'> | null;
  /** `@default` the maker's */
  readonly madeBy?: string | null;
}

/** Creates an API key. Without a maker, it derives from no other access, as for the operator. */
export async function insertApiKey(
  db: Db,
  {
    workspaceId,
    name,
    id,
    scopes = SCOPES,
    expiresAt = null,
    maker = null,
    madeBy = maker?.actor.label ?? null,
  }: NewKey,
): Promise<CreatedApiKey | null> {
  const key = API_KEY_PREFIX + randomToken();
  const row = await db
    .insertInto('api_keys')
    .values({
      ...(id === undefined ? {} : { id }),
      workspace_id: workspaceId,
      name,
      key_hash: hashToken(key),
      made_by: madeBy,
      ...originValues(maker?.keyIds ?? []),
      scopes,
      expires_at: expiresAt,
      maker_member: maker?.memberId ?? null,
      maker_key: maker?.keyId ?? null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning(['id', 'created_at'])
    .executeTakeFirst();
  if (row === undefined) return null;
  return { id: row.id, name, madeBy, createdAt: row.created_at, lastUsedAt: null, scopes, expiresAt, key };
}

/** The keys of a workspace that were not revoked, oldest first. Expired ones are among them. */
export async function listApiKeys(db: Db, workspaceId: string): Promise<ApiKey[]> {
  const rows = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'made_by', 'created_at', 'last_used_at', 'scopes', 'expires_at'])
    .where('workspace_id', '=', workspaceId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    madeBy: row.made_by,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    scopes: row.scopes,
    expiresAt: row.expires_at,
  }));
}

/** A revoked key, and the access that was revoked with it. */
export interface RevokedKey {
  readonly name: string;
  /** Names of further keys. */
  readonly keys: readonly string[];
  /** Labels of the removed members. */
  readonly members: readonly string[];
}

/**
 * Revokes a key at once, with the sign-in links that it created and their sessions. Otherwise a thief of the key could
 * keep access through a session.
 *
 * @param withWhatItMade - also revokes the keys, members, sessions and links that derive from it, at any depth
 * @param ownSession - the session that revokes it. It stays valid, and its member stays
 * @returns null if the workspace has no such key, or it is revoked already
 */
export async function revokeApiKey(
  db: DbPool,
  {
    workspaceId,
    id,
    actor,
    withWhatItMade = false,
    ownSession = null,
  }: {
    workspaceId: string;
    id: string;
    actor: Actor;
    withWhatItMade?: boolean;
    ownSession?: Pick<Session, 'idHash' | 'member'> | null;
  },
): Promise<RevokedKey | null> {
  if (!isUuid(id)) return null;
  return await db.transaction().execute(async (transaction) => {
    await lockAccess(transaction, workspaceId);
    const row = await transaction
      .updateTable('api_keys')
      .set({ revoked_at: sql<Date>`now()` })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('name')
      .executeTakeFirst();
    if (row === undefined) return null;
    const note = (event: Omit<AuditEvent, 'workspaceId'>) => recordAudit(transaction, actor, { workspaceId, ...event });
    await note({ action: 'key.revoke', object: { type: 'key', id, label: row.name } });
    await endKeyAccess(transaction, [id], ownSession);
    if (!withWhatItMade) return { name: row.name, keys: [], members: [] };
    const made = await keyDescendants(transaction, workspaceId, id);
    const members = made.members.filter((member) => member.id !== ownSession?.member?.id);
    await rememberRemoved(
      transaction,
      workspaceId,
      members.map((member) => member.id),
    );
    await revokeDescendants(transaction, made, members, ownSession);
    const before = { origin: row.name };
    for (const key of made.keys)
      await note({ action: 'key.revoke_derived', object: { type: 'key', id: key.id, label: key.name }, before });
    for (const { id: member, label } of members)
      await note({ action: 'member.remove_derived', object: { type: 'member', id: member, label }, before });
    return { name: row.name, keys: made.keys.map(({ name }) => name), members: members.map(({ label }) => label) };
  });
}

async function revokeDescendants(
  db: Db,
  { keyIds }: KeyDescendants,
  members: KeyDescendants['members'],
  ownSession: Pick<Session, 'idHash'> | null,
): Promise<void> {
  const now = sql<Date>`now()`;
  await db
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('id', 'in', keyIds)
    .where('revoked_at', 'is', null)
    .execute();
  await db
    .updateTable('admin_links')
    .set({ revoked_at: now })
    .where(derivesFrom(keyIds))
    .where('revoked_at', 'is', null)
    // Revokes used links too, because a link whose connection fails can be used again.
    .execute();
  await endKeyAccess(db, keyIds, ownSession);
  await db.deleteFrom('sign_in_links').where(derivesFrom(keyIds)).execute();
  await db
    .deleteFrom('sessions')
    .where(derivesFrom(keyIds))
    .$if(ownSession !== null, (query) => query.where('id_hash', '!=', ownSession?.idHash ?? Buffer.alloc(0)))
    .execute();
  const ids = members.map(({ id }) => id);
  if (ids.length > 0) await db.deleteFrom('members').where('id', 'in', ids).execute();
}

/**
 * @returns the valid or expired key of a request, or null. `last_used_at` is precise to one minute to save a write per
 *   request
 */
export async function findApiKey(db: Db, apiKey: string): Promise<KeyAccess | ExpiredKey | null> {
  const key = await db
    .selectFrom('api_keys')
    .select([
      'id',
      'name',
      'workspace_id',
      'scopes',
      'expires_at',
      sql<boolean>`coalesce(expires_at <= now(), false)`.as('expired'),
      sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`.as('stale'),
    ])
    .where('key_hash', '=', hashToken(apiKey))
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (key === undefined) return null;
  if (key.expired && key.expires_at !== null) return { expiredAt: key.expires_at };
  if (key.stale) {
    const use = db
      .updateTable('api_keys')
      .set({ last_used_at: sql<Date>`now()` })
      .where('id', '=', key.id);
    await noted(use.execute());
  }
  return { id: key.id, name: key.name, workspaceId: key.workspace_id, scopes: key.scopes };
}
