import type { Db } from '../database';
import { memberLabel } from './members';
import { derivesFrom, originsOf } from './origins';

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
  keys: readonly { readonly id: string; readonly origins: readonly string[] }[],
): string[] {
  const found = new Set([id]);
  // Iterating a Set also visits elements added during the loop, so this finds descendants of any depth.
  for (const parent of found) for (const key of keys) if (key.origins.includes(parent)) found.add(key.id);
  return [...found];
}

/**
 * Finds the keys and members that derive from a key: created with it, in sessions of its sign-in links, or by keys and
 * members that derive from these.
 */
export async function keyDescendants(db: Db, workspaceId: string, id: string): Promise<KeyDescendants> {
  const keys = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'revoked_at', originsOf('api_keys').as('origins')])
    .where('workspace_id', '=', workspaceId)
    .execute();
  const keyIds = withDescendants(id, keys);
  const members = await db
    .selectFrom('members')
    .select(['id', 'email', 'name'])
    .where('workspace_id', '=', workspaceId)
    .where(derivesFrom(keyIds))
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
