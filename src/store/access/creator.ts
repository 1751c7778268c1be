import { sql, type Transaction } from 'kysely';
import type { DbPool } from '../database';
import type { Database } from '../schema';

/** The access with which a key, member, session or link is created. A {@link Session} is one, too. */
export interface Creator {
  readonly workspaceId: string;
  /** The name in histories of changes. */
  readonly actor: string;
  /** The API key itself, or the keys from which the session derives. */
  readonly keyIds: readonly string[];
  /** Identifies the session; null for an API key. */
  readonly idHash: Buffer | null;
}

/** The access of a request was revoked after the request had begun. Nothing was created. */
export class AccessEndedError extends Error {
  override readonly name = 'AccessEndedError';
}

/**
 * Creates access to a workspace in a transaction, if the creator still has access itself. A revocation that runs at the
 * same time comes before, and this fails, or after, and revokes what this creates.
 *
 * @throws {@link AccessEndedError} when the key is revoked or the session has ended
 */
export async function createAccess<T>(
  db: DbPool,
  creator: Creator,
  create: (transaction: Transaction<Database>) => Promise<T>,
): Promise<T> {
  return await db.transaction().execute(async (transaction) => {
    await lockAccess(transaction, creator.workspaceId);
    if (!(await isValid(transaction, creator))) throw new AccessEndedError('the access of the request was revoked');
    return await create(transaction);
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

async function isValid(transaction: Transaction<Database>, { workspaceId, keyIds, idHash }: Creator): Promise<boolean> {
  if (idHash === null) {
    const keys = transaction.selectFrom('api_keys').select('id').where('workspace_id', '=', workspaceId);
    const key = await keys.where('id', 'in', keyIds).where('revoked_at', 'is', null).executeTakeFirst();
    return key !== undefined;
  }
  const sessions = transaction.selectFrom('sessions').select('id').where('workspace_id', '=', workspaceId);
  const session = await sessions
    .where('id_hash', '=', idHash)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return session !== undefined;
}
