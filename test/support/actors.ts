import type { Creator } from '../../src/store/access/creator';
import { SCOPES } from '../../src/store/access/scopes';
import type { Actor } from '../../src/store/audit/actor';
import type { Db } from '../../src/store/database';

/** The actor of what tests do past the API and the pages. */
export const TEST_ACTOR: Actor = { kind: 'operator', id: null, label: 'a test', ip: null, way: 'cli' };

/** The access of a workspace's API key with which a test changes settings past the API and the pages. */
export async function adminOf(db: Db, workspaceId: string): Promise<Creator> {
  const keys = db.selectFrom('api_keys').select('id').where('workspace_id', '=', workspaceId);
  const { id } = await keys.orderBy('created_at').executeTakeFirstOrThrow();
  return { workspaceId, actor: TEST_ACTOR, keyIds: [id], idHash: null, scopes: SCOPES, memberId: null, keyId: id };
}
