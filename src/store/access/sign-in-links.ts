import { sql } from 'kysely';
import { hashToken, randomToken } from '../../secrets';
import { OPERATOR } from '../audit/actor';
import { recordAudit } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import { linksWork } from '../sign-in/policy';
import { forgetRemoved } from '../sign-in/removed-people';
import { createAccess, isUnexpired, lockAccess, requireScopesOf, type Creator } from './creator';
import { memberLabel, memberOf, type Member } from './members';
import { originValues } from './origins';

/** Lifetime of a sign-in link. */
const SIGN_IN_LINK_SECONDS = 5 * 60;
/** Lifetime of an invitation, which has to be sent by one person and read by another. */
export const INVITATION_SECONDS = 72 * 60 * 60;

/** A valid sign-in link. */
export interface SignInLink {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly member: Member | null;
  /** Whether it works. Where links are switched off, only those of the operator do. */
  readonly isOpen: boolean;
}

/** A session that an API key signed in asked for a link that signs in as another member. Nothing was created. */
export class ForeignLinkError extends Error {
  override readonly name = 'ForeignLinkError';
}

/**
 * Creates the token of a one-time sign-in link to a workspace. Only its hash is stored, as with every token here. Revokes
 * earlier unused links of the same member.
 *
 * A session that an API key signed in cannot create a link for another member who has signed in before: the holder of the
 * key would sign in as another person.
 *
 * @param options - `seconds`: lifetime (`@default` {@link SIGN_IN_LINK_SECONDS})
 * @returns null when the member was removed
 * @throws {@link ForeignLinkError}
 * @throws AccessEndedError when the creator's own access has ended
 * @throws AccessExceededError when the member may do more than the creator
 */
export async function createSignInLink(
  db: DbPool,
  creator: Creator,
  { memberId = null, seconds = SIGN_IN_LINK_SECONDS }: { memberId?: string | null; seconds?: number } = {},
): Promise<{ token: string; expiresAt: Date } | null> {
  const { workspaceId, actor, keyIds, idHash } = creator;
  const token = randomToken();
  return await createAccess(db, creator, async (transaction, limits) => {
    await transaction
      .deleteFrom('sign_in_links')
      .where('expires_at', '<', sql<Date>`now()`)
      .execute();
    if (memberId !== null) {
      const members = transaction
        .selectFrom('members')
        .select(['email', 'name', 'role', 'signed_in_at'])
        .where('id', '=', memberId);
      const member = await members.forKeyShare().executeTakeFirst();
      if (member === undefined) return null;
      // A key's own link signs in the key's creator, with the scopes of the key at most.
      if (idHash !== null) requireScopesOf(member.role, limits);
      const isOther = memberId !== creator.memberId && member.signed_in_at !== null;
      if (idHash !== null && creator.keyId !== null && isOther) throw new ForeignLinkError();
      const object = { type: 'member', id: memberId, label: memberLabel(member) };
      await recordAudit(transaction, actor, { workspaceId, action: 'member.link', object });
      await transaction
        .deleteFrom('sign_in_links')
        .where('member_id', '=', memberId)
        .where('used_at', 'is', null)
        .execute();
    } else await recordAudit(transaction, actor, { workspaceId, action: 'sign_in.link' });
    const { expires_at: expiresAt } = await transaction
      .insertInto('sign_in_links')
      .values({
        token_hash: hashToken(token),
        workspace_id: workspaceId,
        member_id: memberId,
        api_key_id: idHash === null ? (keyIds[0] ?? null) : null,
        ...originValues(idHash === null ? [] : keyIds),
        maker_member: creator.memberId,
        expires_at: inSeconds(seconds),
      })
      .returning('expires_at')
      .executeTakeFirstOrThrow();
    return { token, expiresAt };
  });
}

/**
 * Creates a link of the operator, which works also where links are switched off. It makes the person an admin.
 *
 * @param email - lower case
 */
export async function createRescueLink(
  db: DbPool,
  workspaceId: string,
  email: string,
): Promise<{ token: string; expiresAt: Date }> {
  const token = randomToken();
  return await db.transaction().execute(async (transaction) => {
    await lockAccess(transaction, workspaceId);
    await forgetRemoved(transaction, workspaceId, email);
    const { id } = await transaction
      .insertInto('members')
      .values({ workspace_id: workspaceId, email, name: null, role: 'admin', invited_by: OPERATOR.label })
      .onConflict((conflict) => conflict.columns(['workspace_id', 'email']).doUpdateSet({ role: 'admin' }))
      .returning('id')
      .executeTakeFirstOrThrow();
    const { expires_at: expiresAt } = await transaction
      .insertInto('sign_in_links')
      .values({
        token_hash: hashToken(token),
        workspace_id: workspaceId,
        member_id: id,
        rescue: true,
        expires_at: inSeconds(SIGN_IN_LINK_SECONDS),
      })
      .returning('expires_at')
      .executeTakeFirstOrThrow();
    const object = { type: 'member', id, label: email };
    await recordAudit(transaction, OPERATOR, { workspaceId, action: 'member.link', object });
    return { token, expiresAt };
  });
}

/** Finds a sign-in link without using it. @returns null when it was used, has expired or is unknown */
export async function findSignInLink(db: Db, token: string): Promise<SignInLink | null> {
  const row = await db
    .selectFrom('sign_in_links')
    .innerJoin('workspaces', 'workspaces.id', 'sign_in_links.workspace_id')
    .leftJoin('members', 'members.id', 'sign_in_links.member_id')
    .leftJoin('api_keys', 'api_keys.id', 'sign_in_links.api_key_id')
    .select([
      'workspaces.id',
      'workspaces.name',
      'members.id as memberId',
      'members.email',
      'members.name as person',
      'members.role',
      'sign_in_links.rescue',
    ])
    .where('sign_in_links.token_hash', '=', hashToken(token))
    .where('sign_in_links.used_at', 'is', null)
    .where('sign_in_links.expires_at', '>', sql<Date>`now()`)
    .where(isUnexpired())
    .executeTakeFirst();
  if (row === undefined) return null;
  const isOpen = row.rescue || (await linksWork(db, row.id));
  return { workspaceId: row.id, workspaceName: row.name, member: memberOf(row), isOpen };
}

/** A time by the database's clock, which all servers share. */
function inSeconds(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`;
}
