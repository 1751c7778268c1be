import type { Actor } from '../audit/actor';
import type { Db } from '../database';

/** A change of access to a workspace, or a deletion in it. */
export interface AccessChange {
  readonly actor: string;
  /** The action as a sentence without its subject: `revoked the API key "pipeline"`. */
  readonly action: string;
  readonly changedAt: Date;
}

/** Records who changed the access to a workspace. `action`: a sentence without its subject. */
export async function recordAccessChange(
  db: Db,
  { workspaceId, actor, action }: { readonly workspaceId: string; readonly actor: Actor; readonly action: string },
): Promise<void> {
  await db.insertInto('access_changes').values({ workspace_id: workspaceId, actor: actor.label, action }).execute();
}

/** The latest changes, newest first. @param limit - `@default 50` */
export async function listAccessChanges(db: Db, workspaceId: string, limit = 50): Promise<AccessChange[]> {
  return await db
    .selectFrom('access_changes')
    .select(['actor', 'action', 'changed_at as changedAt'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
