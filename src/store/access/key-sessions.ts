import type { Db } from '../database';
import type { Session } from './sessions';

/**
 * Ends the sessions and sign-in links that keys created directly.
 *
 * @param ownSession - stays; null for none
 */
export async function endKeyAccess(
  db: Db,
  keyIds: readonly string[],
  ownSession: Pick<Session, 'idHash'> | null,
): Promise<void> {
  await db.deleteFrom('sign_in_links').where('api_key_id', 'in', keyIds).execute();
  await db
    .deleteFrom('sessions')
    .where('api_key_id', 'in', keyIds)
    .$if(ownSession !== null, (query) => query.where('id_hash', '!=', ownSession?.idHash ?? Buffer.alloc(0)))
    .execute();
}
