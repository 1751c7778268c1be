import { hashToken } from '../../secrets';
import type { Db } from '../database';

/** What identifies a person: an address, and an account at a provider. */
interface Person {
  /** Lower case. */
  readonly email: string;
  readonly identities?: readonly { readonly issuer: string; readonly subject: string }[];
}

/**
 * Remembers that members are removed, so that single sign-on does not let them in again. Call it before they are deleted.
 * Only hashes are stored.
 */
export async function rememberRemoved(db: Db, workspaceId: string, memberIds: readonly string[]): Promise<void> {
  if (memberIds.length === 0) return;
  const rows = await db
    .selectFrom('members')
    .leftJoin('member_identities as identities', 'identities.member_id', 'members.id')
    .select(['members.email', 'identities.issuer', 'identities.subject'])
    .where('members.workspace_id', '=', workspaceId)
    .where('members.id', 'in', memberIds)
    .execute();
  const hashes = rows.flatMap(({ email, issuer, subject }) =>
    hashesOf({ email, identities: issuer === null || subject === null ? [] : [{ issuer, subject }] }),
  );
  if (hashes.length === 0) return;
  await db
    .insertInto('removed_people')
    .values(hashes.map((hash) => ({ workspace_id: workspaceId, person_hash: hash })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Forgets that a person was removed, because they are invited again. */
export async function forgetRemoved(db: Db, workspaceId: string, email: string): Promise<void> {
  await db
    .deleteFrom('removed_people')
    .where('workspace_id', '=', workspaceId)
    .where('person_hash', 'in', hashesOf({ email }))
    .execute();
}

/** Whether a person was removed and not invited again. */
export async function wasRemoved(db: Db, workspaceId: string, person: Person): Promise<boolean> {
  const row = await db
    .selectFrom('removed_people')
    .select('person_hash')
    .where('workspace_id', '=', workspaceId)
    .where('person_hash', 'in', hashesOf(person))
    .executeTakeFirst();
  return row !== undefined;
}

function hashesOf({ email, identities = [] }: Person): Buffer[] {
  return [
    hashToken(`email ${email}`),
    ...identities.map(({ issuer, subject }) => hashToken(`identity ${issuer} ${subject}`)),
  ];
}
