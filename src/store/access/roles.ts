import { sql, type Transaction } from 'kysely';
import type { AuditAction } from '../audit/actions';
import type { Actor } from '../audit/actor';
import { recordAudit } from '../audit/record-audit';
import type { DbPool } from '../database';
import type { Database } from '../schema';
import { createAccess, isUnexpired, requireScopesOf, type Creator } from './creator';
import { narrowKeys, type NarrowedKeys } from './member-keys';
import { findMember, memberLabel } from './members';
import { ROLE_SCOPES, type Role } from './scopes';
import { rememberRemoved } from '../sign-in/removed-people';
import { isUuid } from './uuid';

/** The workspace would be left without an admin. Nothing was changed. */
export class LastAdminError extends Error {
  override readonly name = 'LastAdminError';
}

/** A change of a member's role, and what became of the keys that the member had created. */
export interface ChangedRole extends NarrowedKeys {
  readonly before: Role;
}

/**
 * Changes the role of a member. A member who loses scopes keeps their sessions, with the new role. The keys that they
 * created lose these scopes too, and those that are left without any are revoked.
 *
 * @returns null when the workspace has no such member
 * @throws {@link LastAdminError} when no admin would be left
 * @throws AccessEndedError when the access of the caller has ended
 * @throws AccessExceededError when the role may do more than the caller
 */
export async function changeRole(
  db: DbPool,
  changer: Creator,
  { id, role }: { readonly id: string; readonly role: Role },
): Promise<ChangedRole | null> {
  if (!isUuid(id)) return null;
  const { workspaceId, actor } = changer;
  return await createAccess(db, changer, async (transaction, limits) => {
    requireScopesOf(role, limits);
    return await setRole(transaction, { workspaceId, id, role, actor });
  });
}

/**
 * {@link changeRole} in a transaction that holds `lockAccess` of the workspace, without a check of who asks for it.
 *
 * @param actor - as histories name it
 */
export async function setRole(
  transaction: Transaction<Database>,
  { workspaceId, id, role, actor }: { workspaceId: string; id: string; role: Role; actor: Actor },
): Promise<ChangedRole | null> {
  const member = await findMember(transaction, workspaceId, id);
  if (member === null) return null;
  const { role: before } = member;
  if (before === role) return { before, narrowed: [], revoked: [] };
  await transaction.updateTable('members').set({ role }).where('id', '=', id).execute();
  if (before === 'admin') await requireAdmin(transaction, workspaceId);
  const label = memberLabel(member);
  await recordAudit(transaction, actor, {
    workspaceId,
    action: 'member.role',
    object: { type: 'member', id, label },
    before: { role: before },
    after: { role },
  });
  const keys = await narrowKeys(transaction, workspaceId, id, ROLE_SCOPES[role]);
  await recordKeys(transaction, actor, { workspaceId, action: 'key.narrow', names: keys.narrowed, member: label });
  await recordKeys(transaction, actor, { workspaceId, action: 'key.revoke_made', names: keys.revoked, member: label });
  if (before === 'admin') {
    await endAdminLinks(transaction, id);
    await transaction.deleteFrom('sign_in_links').where('maker_member', '=', id).where('used_at', 'is', null).execute();
  }
  return { before, ...keys };
}

/**
 * Removes a member with their sessions and open links.
 *
 * @param member - `withKeys`: also revokes the keys that the member created, and those that were created with these
 * @returns the names of revoked keys; null when the workspace has no such member
 * @throws {@link LastAdminError} when no admin would be left
 * @throws AccessEndedError when the access of the caller has ended
 */
export async function removeMember(
  db: DbPool,
  remover: Creator,
  { id, withKeys = false }: { readonly id: string; readonly withKeys?: boolean },
): Promise<{ readonly revoked: readonly string[] } | null> {
  if (!isUuid(id)) return null;
  const { workspaceId, actor } = remover;
  return await createAccess(db, remover, async (transaction) => {
    const member = await findMember(transaction, workspaceId, id);
    if (member === null) return null;
    const keys = withKeys ? await narrowKeys(transaction, workspaceId, id, []) : { revoked: [] };
    await endAdminLinks(transaction, id);
    await rememberRemoved(transaction, workspaceId, [id]);
    await transaction.deleteFrom('members').where('id', '=', id).execute();
    if (member.role === 'admin') await requireAdmin(transaction, workspaceId);
    const label = memberLabel(member);
    const object = { type: 'member', id, label };
    await recordAudit(transaction, actor, {
      workspaceId,
      action: 'member.remove',
      object,
      before: { role: member.role },
    });
    await recordKeys(transaction, actor, {
      workspaceId,
      action: 'key.revoke_made',
      names: keys.revoked,
      member: label,
    });
    return { revoked: keys.revoked };
  });
}

/** Records what became of the keys of a member. */
async function recordKeys(
  transaction: Transaction<Database>,
  actor: Actor,
  {
    workspaceId,
    action,
    names,
    member,
  }: {
    readonly workspaceId: string;
    readonly action: AuditAction;
    readonly names: readonly string[];
    readonly member: string;
  },
): Promise<void> {
  for (const label of names)
    // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
    await recordAudit(transaction, actor, {
      workspaceId,
      action,
      object: { type: 'key', id: null, label },
      before: { origin: member },
    });
}

/**
 * A workspace keeps an admin among its members. One without members is administered with an API key.
 *
 * @throws {@link LastAdminError}
 */
async function requireAdmin(transaction: Transaction<Database>, workspaceId: string): Promise<void> {
  const members = await transaction
    .selectFrom('members')
    .select(sql<boolean>`coalesce(bool_or(role = 'admin'), false)`.as('hasAdmin'))
    .select(sql<boolean>`count(*) > 0`.as('hasMembers'))
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  if (members.hasAdmin) return;
  if (members.hasMembers) throw new LastAdminError('the workspace would have members and no admin among them');
  const key = await transaction
    .selectFrom('api_keys')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('revoked_at', 'is', null)
    .where(isUnexpired())
    .where(sql<boolean>`'admin' = any(scopes)`)
    .limit(1)
    .executeTakeFirst();
  if (key === undefined) throw new LastAdminError('the workspace would have neither a member nor an admin key');
}

/** Ends the links with which a HubSpot admin may still connect an account in the name of a member. */
async function endAdminLinks(transaction: Transaction<Database>, memberId: string): Promise<void> {
  await transaction
    .updateTable('admin_links')
    .set({ revoked_at: sql<Date>`now()` })
    .where('member_id', '=', memberId)
    .where('revoked_at', 'is', null)
    .execute();
}
