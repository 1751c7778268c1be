import { sql, type Kysely } from 'kysely';
import { hashToken, randomToken } from '../secrets';
import type { Db } from './database';
import { noted } from './failures';
import type { Database } from './schema';
import { isUuid } from './uuid';

/** So that secret scanners can tell our keys. */
const API_KEY_PREFIX = 'hms_';

/** An API key as it may be shown: never the key itself, which is known only when it is made. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** Null for the key that came with the workspace. */
  readonly madeBy: string | null;
  readonly createdAt: Date;
  /** To the minute; null before its first use. */
  readonly lastUsedAt: Date | null;
}

/**
 * Makes an API key of a workspace. Only its hash is stored: the key is known only now.
 *
 * @param id - a UUID that the caller chose, so that a form that is sent twice makes one key; made here when absent
 * @returns null when there is a key with this id already
 */
export async function createApiKey(
  db: Db,
  { workspaceId, name, madeBy, id }: { workspaceId: string; name: string; madeBy: string | null; id?: string },
): Promise<(ApiKey & { readonly key: string }) | null> {
  const key = API_KEY_PREFIX + randomToken();
  const row = await db
    .insertInto('api_keys')
    .values({
      ...(id === undefined ? {} : { id }),
      workspace_id: workspaceId,
      name,
      key_hash: hashToken(key),
      made_by: madeBy,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning(['id', 'created_at'])
    .executeTakeFirst();
  if (row === undefined) return null;
  return { id: row.id, name, madeBy, createdAt: row.created_at, lastUsedAt: null, key };
}

/** The keys of a workspace that open it, oldest first. */
export async function listApiKeys(db: Db, workspaceId: string): Promise<ApiKey[]> {
  const rows = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'made_by', 'created_at', 'last_used_at'])
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
  }));
}

/**
 * Ends a key at once, with the sign-in links that it made and the sessions that they began: whoever stole a key must
 * not stay in through the door that it opened.
 *
 * @param spared - `idHash` of the session of whoever revokes it, which goes on
 * @returns the key's name, or null when the workspace has no such key (any more)
 */
export async function revokeApiKey(
  db: Kysely<Database>,
  { workspaceId, id, spared = null }: { workspaceId: string; id: string; spared?: Buffer | null },
): Promise<string | null> {
  if (!isUuid(id)) return null;
  return await db.transaction().execute(async (transaction) => {
    const row = await transaction
      .updateTable('api_keys')
      .set({ revoked_at: sql<Date>`now()` })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('name')
      .executeTakeFirst();
    if (row === undefined) return null;
    await transaction.deleteFrom('sign_in_links').where('api_key_id', '=', id).execute();
    await transaction
      .deleteFrom('sessions')
      .where('api_key_id', '=', id)
      .$if(spared !== null, (query) => query.where('id_hash', '!=', spared))
      .execute();
    return row.name;
  });
}

/** The key that a request brings, or null. `last_used_at` is kept to the minute: no write for every request. */
export async function findApiKey(
  db: Db,
  apiKey: string,
): Promise<{ readonly id: string; readonly name: string; readonly workspaceId: string } | null> {
  const key = await db
    .selectFrom('api_keys')
    .select([
      'id',
      'name',
      'workspace_id',
      sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`.as('stale'),
    ])
    .where('key_hash', '=', hashToken(apiKey))
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (key === undefined) return null;
  if (key.stale) {
    const use = db
      .updateTable('api_keys')
      .set({ last_used_at: sql<Date>`now()` })
      .where('id', '=', key.id);
    await noted(use.execute());
  }
  return { id: key.id, name: key.name, workspaceId: key.workspace_id };
}
