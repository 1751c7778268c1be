import { sql } from 'kysely';
import { recordAccessChange } from './access-changes';
import type { Actor } from '../audit/actor';
import type { Db, DbPool } from '../database';
import { createAccess, lockAccess, type Creator } from './creator';
import { originValues } from './origins';
import type { Role } from './scopes';
import { isUuid } from './uuid';

/** A person who signs in to a workspace by name. */
export interface Member {
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
}

/** A member with the details of a list. */
export interface ListedMember extends Member {
  readonly invitedBy: string;
  readonly invitedAt: Date;
  /** Time of the last sign-in, or null. */
  readonly signedInAt: Date | null;
}

/**
 * Adds a member, or returns the existing one.
 *
 * @param person - `name`: null keeps the stored name
 * @throws AccessEndedError when the access of the inviter has ended
 */
export async function inviteMember(
  db: DbPool,
  inviter: Creator,
  person: { readonly email: string; readonly name: string | null },
): Promise<Member> {
  const { workspaceId, actor, keyIds } = inviter;
  return await createAccess(db, inviter, async (transaction) => {
    const { isNew, ...member } = await transaction
      .insertInto('members')
      .values({
        workspace_id: workspaceId,
        email: person.email.toLowerCase(),
        name: person.name,
        role: 'admin',
        invited_by: actor.label,
        ...originValues(keyIds),
      })
      .onConflict((conflict) =>
        conflict
          .columns(['workspace_id', 'email'])
          .doUpdateSet({ name: sql<string | null>`coalesce(excluded.name, members.name)` }),
      )
      .returning(['id', 'email', 'name', 'role', sql<boolean>`xmax = 0`.as('isNew')])
      .executeTakeFirstOrThrow();
    if (isNew) await recordAccessChange(transaction, { workspaceId, actor, action: `invited ${memberLabel(member)}` });
    return member;
  });
}

/** @returns a member of this workspace, or null */
export async function findMember(db: Db, workspaceId: string, id: string): Promise<Member | null> {
  if (!isUuid(id)) return null;
  const row = await db
    .selectFrom('members')
    .select(['id', 'email', 'name', 'role'])
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** The members of a workspace, sorted by address. */
export async function listMembers(db: Db, workspaceId: string): Promise<ListedMember[]> {
  const rows = await db
    .selectFrom('members')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('email')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    invitedBy: row.invited_by,
    invitedAt: row.invited_at,
    signedInAt: row.signed_in_at,
  }));
}

/** Removes a member with their sessions and open links. @returns false when the workspace has no such member */
export async function removeMember(
  db: DbPool,
  { workspaceId, id, actor }: { workspaceId: string; id: string; actor: Actor },
): Promise<boolean> {
  if (!isUuid(id)) return false;
  return await db.transaction().execute(async (transaction) => {
    await lockAccess(transaction, workspaceId);
    const member = await transaction
      .deleteFrom('members')
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .returning(['email', 'name'])
      .executeTakeFirst();
    if (member === undefined) return false;
    await recordAccessChange(transaction, { workspaceId, actor, action: `removed ${memberLabel(member)}` });
    return true;
  });
}

/** A unique label of a person: `Ana Ruiz (ana@northwind.example)`. */
export function memberLabel({ name, email }: Pick<Member, 'name' | 'email'>): string {
  return name === null ? email : `${name} (${email})`;
}

/** The member of a row that may have none. */
export function memberOf(row: {
  memberId: string | null;
  email: string | null;
  person: string | null;
  role: Role | null;
}): Member | null {
  const { memberId: id, email, person: name, role } = row;
  return id === null || email === null || role === null ? null : { id, email, name, role };
}
