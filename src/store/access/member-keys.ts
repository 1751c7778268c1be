import { sql, type Transaction } from 'kysely';
import type { Db } from '../database';
import type { Database } from '../schema';
import { endKeyAccess } from './key-sessions';
import { derivesFrom } from './origins';
import { commonScopes, scopesBeyond, type Scope } from './scopes';

/** A valid key that a member created, directly or with another key of theirs. */
export interface MemberKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Names of the keys that lost scopes, and of those that lost all and were revoked. */
export interface NarrowedKeys {
  readonly narrowed: readonly string[];
  readonly revoked: readonly string[];
}

/** A key with its creators. */
interface MadeKey {
  readonly id: string;
  readonly makerMember: string | null;
  readonly makerKey: string | null;
}

/** The keys that a member created, and those that were created with these, at any depth. */
export function madeBy<Key extends MadeKey>(memberId: string, keys: readonly Key[]): Key[] {
  const found = new Set(keys.filter((key) => key.makerMember === memberId));
  // Iterating a Set also visits elements added during the loop.
  for (const { id } of found) for (const key of keys) if (key.makerKey === id) found.add(key);
  return [...found];
}

/** The valid keys that a member created, directly or with keys of theirs, oldest first. */
export async function memberKeys(db: Db, workspaceId: string, memberId: string): Promise<MemberKey[]> {
  const keys = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'scopes', 'revoked_at', 'maker_member as makerMember', 'maker_key as makerKey'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  // A key that was created with a revoked one is still found.
  return madeBy(memberId, keys).filter((key) => key.revoked_at === null);
}

/**
 * Limits the keys of {@link memberKeys} to some scopes, and revokes those that are left without any. What is stored never
 * widens again, so a key cannot regain scopes by a later change.
 */
export async function narrowKeys(
  transaction: Transaction<Database>,
  workspaceId: string,
  memberId: string,
  limit: readonly Scope[],
): Promise<NarrowedKeys> {
  const keys = (await memberKeys(transaction, workspaceId, memberId)).filter(
    ({ scopes }) => scopesBeyond(scopes, limit).length > 0,
  );
  const [narrowed, revoked] = [keys.filter(isLeft), keys.filter((key) => !isLeft(key))];
  for (const { id, scopes } of narrowed)
    // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
    await transaction
      .updateTable('api_keys')
      .set({ scopes: commonScopes(scopes, limit) })
      .where('id', '=', id)
      .execute();
  const now = sql<Date>`now()`;
  const ended = revoked.map(({ id }) => id);
  if (ended.length > 0) {
    await transaction.updateTable('api_keys').set({ revoked_at: now }).where('id', 'in', ended).execute();
    await endKeyAccess(transaction, ended, null);
  }
  const withoutAdmin = keys.filter(({ scopes }) => scopes.includes('admin') && !limit.includes('admin'));
  await transaction
    .updateTable('admin_links')
    .set({ revoked_at: now })
    .where(derivesFrom(withoutAdmin.map(({ id }) => id)))
    .where('revoked_at', 'is', null)
    .execute();
  return { narrowed: narrowed.map(({ name }) => name), revoked: revoked.map(({ name }) => name) };

  function isLeft({ scopes }: MemberKey): boolean {
    return commonScopes(scopes, limit).length > 0;
  }
}
