import type { Db } from '../database';
import { memberLabel } from './members';

/** Valid keys and members that derive from a key, directly or indirectly. */
export interface KeyDescendants {
  /** The key itself and all keys that derive from it, including revoked ones. */
  readonly keyIds: readonly string[];
  readonly keys: readonly { readonly id: string; readonly name: string }[];
  readonly members: readonly { readonly id: string; readonly label: string }[];
}

/** The ids of a key and of all its descendants. */
export function withDescendants(
  id: string,
  keys: readonly { readonly id: string; readonly made_by_key: string | null }[],
): string[] {
  const found = new Set([id]);
  // Iterating a Set also visits elements added during the loop, so this finds descendants of any depth.
  for (const parent of found) for (const key of keys) if (key.made_by_key === parent) found.add(key.id);
  return [...found];
}

/**
 * Finds the keys and members that derive from a key: created with it, in sessions of its sign-in links, or by keys and
 * members that derive from these.
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
