import { sql } from 'kysely';
import { recordAudit } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import { createAccess, requireScopesOf, type Creator } from './creator';
import { originValues } from './origins';
import type { Role } from './scopes';
import { forgetRemoved } from '../sign-in/removed-people';
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
 * @param person - `name`: null keeps the stored name. `role`: an existing member keeps theirs
 * @throws AccessEndedError when the access of the inviter has ended
 * @throws AccessExceededError when the role may do more than the inviter
 */
export async function inviteMember(
  db: DbPool,
  inviter: Creator,
  person: { readonly email: string; readonly name: string | null; readonly role: Role },
): Promise<Member> {
  const { workspaceId, actor, keyIds } = inviter;
  return await createAccess(db, inviter, async (transaction, limits) => {
    requireScopesOf(person.role, limits);
    await forgetRemoved(transaction, workspaceId, person.email.toLowerCase());
    const { isNew, ...member } = await transaction
      .insertInto('members')
      .values({
        workspace_id: workspaceId,
        email: person.email.toLowerCase(),
        name: person.name,
        role: person.role,
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
    const object = { type: 'member', id: member.id, label: memberLabel(member) };
    if (isNew)
      await recordAudit(transaction, actor, {
        workspaceId,
        action: 'member.invite',
        object,
        after: { role: member.role },
      });
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

/** @returns the member who created an API key, in a session or with a link of theirs; null when no member did */
export async function findKeyMaker(db: Db, keyId: string): Promise<Member | null> {
  const row = await db
    .selectFrom('members')
    .innerJoin('api_keys', 'api_keys.maker_member', 'members.id')
    .select(['members.id', 'members.email', 'members.name', 'members.role'])
    .where('api_keys.id', '=', keyId)
    .executeTakeFirst();
  return row ?? null;
}

/** Changes the name of a member. */
export async function renameMember(db: Db, id: string, name: string): Promise<void> {
  await db.updateTable('members').set({ name }).where('id', '=', id).execute();
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
