import { sql } from 'kysely';
import { hashToken } from '../../secrets';
import { OPERATOR } from '../audit/actor';
import { recordAudit } from '../audit/record-audit';
import { insertApiKey } from './api-keys';
import { SCOPES } from './scopes';
import type { Db, DbPool } from '../database';

/** The workspace that BOOTSTRAP_API_KEY belongs to. */
const DEFAULT_WORKSPACE = 'default';

const ID_LENGTH = 40;
const NAME_LENGTH = 100;

/** A workspace cannot be created as requested. The message says what to do. */
class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
}

/**
 * Creates a workspace and its first API key. Only the hash of the key is stored, so it cannot be shown again.
 *
 * @param name - 1 to 100 characters, unique. The id is derived from it (`Acme España` → `acme-espana`)
 * @throws {@link WorkspaceError} when the name is taken or cannot be used
 */
export async function createWorkspace(db: DbPool, name: string): Promise<{ workspaceId: string; apiKey: string }> {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > NAME_LENGTH || /\p{Cc}/u.test(trimmed)) {
    throw new WorkspaceError(
      `The name of a workspace must be 1 to ${NAME_LENGTH} visible characters: choose another one`,
    );
  }
  return await db.transaction().execute(async (transaction) => {
    // The lock serialises concurrent creations, so that both cannot choose the same name or id.
    await sql`lock table workspaces in share row exclusive mode`.execute(transaction);
    const taken = await transaction
      .selectFrom('workspaces')
      .select('id')
      .where('name', '=', trimmed)
      .executeTakeFirst();
    if (taken !== undefined)
      throw new WorkspaceError(`There is a workspace named "${trimmed}" already: choose another name`);
    const workspaceId = await freeId(transaction, trimmed);
    await transaction.insertInto('workspaces').values({ id: workspaceId, name: trimmed }).execute();
    const made = await insertApiKey(transaction, { workspaceId, name: 'first key' });
    if (made === null) throw new Error('a new key has the id of an old one');
    const object = { type: 'workspace', id: workspaceId, label: trimmed };
    await recordAudit(transaction, OPERATOR, { workspaceId, action: 'workspace.create', object });
    return { workspaceId, apiKey: made.key };
  });
}

/**
 * Gives the workspace `default` this API key if it has none. Creates the workspace if it does not exist. Several servers
 * may call this concurrently.
 *
 * @returns whether the key is valid now; false when the workspace has another one
 */
export async function ensureBootstrapKey(db: DbPool, apiKey: string): Promise<boolean> {
  const keyHash = hashToken(apiKey);
  return await db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('workspaces')
      .values({ id: DEFAULT_WORKSPACE, name: DEFAULT_WORKSPACE })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await transaction.selectFrom('workspaces').select('id').where('id', '=', DEFAULT_WORKSPACE).forUpdate().execute();
    const keys = await transaction
      .selectFrom('api_keys')
      .select('key_hash')
      .where('workspace_id', '=', DEFAULT_WORKSPACE)
      .where('revoked_at', 'is', null)
      .execute();
    if (keys.length > 0) return keys.some((key) => key.key_hash.equals(keyHash));
    const inserted = await transaction
      .insertInto('api_keys')
      .values({ workspace_id: DEFAULT_WORKSPACE, name: 'bootstrap', key_hash: keyHash, scopes: SCOPES })
      // Leaves a revoked key, or a key of another workspace, unchanged.
      .onConflict((conflict) => conflict.column('key_hash').doNothing())
      .executeTakeFirst();
    return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
  });
}

async function freeId(db: Db, name: string): Promise<string> {
  const slug = slugOf(name);
  const rows = await db
    .selectFrom('workspaces')
    .select('id')
    .where('id', 'like', `${slug.slice(0, ID_LENGTH - 4)}%`)
    .execute();
  const taken = new Set(rows.map((row) => row.id));
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const id = slug.slice(0, ID_LENGTH - suffix.length) + suffix;
    if (!taken.has(id)) return id;
  }
}

/** Lower-case ASCII letters, digits and dashes, because the id is part of every workflow id. */
function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, ID_LENGTH);
  return slug === '' ? 'workspace' : slug;
}
