import type { Db } from './database';
import { memberLabel } from './members';

/** What a key made that still opens the workspace, by itself or through what it made. */
export interface KeyDescendants {
  /** The key itself and every key below it, revoked ones included. */
  readonly keyIds: readonly string[];
  readonly keys: readonly { readonly id: string; readonly name: string }[];
  readonly members: readonly { readonly id: string; readonly label: string }[];
}

/** The ids of a key and of all below it. */
export function withDescendants(
  id: string,
  keys: readonly { readonly id: string; readonly made_by_key: string | null }[],
): string[] {
  const found = new Set([id]);
  // A set that grows is walked to its end: whatever was made by what was found is found.
  for (const parent of found) for (const key of keys) if (key.made_by_key === parent) found.add(key.id);
  return [...found];
}

/**
 * Finds what a key made: directly, through browsers that its sign-in links signed in, and through keys and members that
 * came of those.
 */
export async function keyDescendants(db: Db, workspaceId: string, id: string): Promise<KeyDescendants> {
  const keys = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'made_by_key', 'revoked_at'])
    .where('workspace_id', '=', workspaceId)
    .execute();
  const keyIds = withDescendants(id, keys);
  const members = await db
    .selectFrom('members')
    .select(['id', 'email', 'name'])
    .where('workspace_id', '=', workspaceId)
    .where('made_by_key', 'in', keyIds)
    .orderBy('email')
    .execute();
  return {
    keyIds,
    keys: keys
      .filter((key) => key.id !== id && key.revoked_at === null && keyIds.includes(key.id))
      .map((key) => ({ id: key.id, name: key.name })),
    members: members.map((member) => ({ id: member.id, label: memberLabel(member) })),
  };
}
