import { sql } from 'kysely';
import { hashToken, randomToken } from '../../secrets';
import type { Actor } from '../audit/actor';
import { audited, recordAudit } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import { createAccess, type Creator } from './creator';
import { originValues } from './origins';
import { isUuid } from './uuid';

/** Lifetime of a link for a HubSpot admin. It covers a weekend, and a link in an old e-mail no longer works. */
const ADMIN_LINK_SECONDS = 72 * 60 * 60;

export type AdminLinkState = 'open' | 'used' | 'revoked' | 'expired';

/** A link with which a HubSpot admin, who has no account here, can connect HubSpot to one workspace. */
export interface AdminLink {
  readonly id: string;
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly madeBy: string;
  /** Name or e-mail address of the member who asks for the connection; null when an API key created the link. */
  readonly askedBy: string | null;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly state: AdminLinkState;
}

/** The actor of what a browser does that came with the link. */
export function adminLinkActor({ id, madeBy }: Pick<AdminLink, 'id' | 'madeBy'>, ip: string): Actor {
  return { kind: 'session', id, label: `a link for an admin, made by ${madeBy}`, ip, way: 'page' };
}

/** Creates a link. Only the hash of its token is stored. @throws AccessEndedError when the creator's access has ended */
export async function createAdminLink(
  db: DbPool,
  creator: Creator,
): Promise<{ readonly id: string; readonly token: string; readonly expiresAt: Date }> {
  const { workspaceId, actor, memberId, keyIds } = creator;
  const token = randomToken();
  return await createAccess(db, creator, async (transaction, { expiresAt }) => {
    const row = await transaction
      .insertInto('admin_links')
      .values({
        workspace_id: workspaceId,
        token_hash: hashToken(token),
        made_by: actor.label,
        member_id: memberId,
        ...originValues(keyIds),
        // `least` ignores null: a key that does not expire.
        expires_at: sql<Date>`least(now() + make_interval(secs => ${ADMIN_LINK_SECONDS}), ${expiresAt}::timestamptz)`,
      })
      .returning(['id', 'expires_at'])
      .executeTakeFirstOrThrow();
    const object = { type: 'admin_link', id: row.id };
    await recordAudit(transaction, actor, { workspaceId, action: 'admin_link.create', object });
    return { id: row.id, token, expiresAt: row.expires_at };
  });
}

/** @returns the link of a token in any state, or null */
export async function findAdminLink(db: Db, token: string): Promise<AdminLink | null> {
  const row = await adminLinks(db).where('admin_links.token_hash', '=', hashToken(token)).executeTakeFirst();
  return row ?? null;
}

/** The links of a workspace that were created in the last 30 days, newest first, 20 at most. */
export async function listAdminLinks(db: Db, workspaceId: string): Promise<AdminLink[]> {
  return await adminLinks(db)
    .where('admin_links.workspace_id', '=', workspaceId)
    .where('admin_links.made_at', '>', sql<Date>`now() - interval '30 days'`)
    .orderBy('admin_links.made_at', 'desc')
    .limit(20)
    .execute();
}

/** Revokes an open link. @returns false when the workspace has no open link with this id */
export async function revokeAdminLink(
  db: DbPool,
  { workspaceId, id, actor }: { readonly workspaceId: string; readonly id: string; readonly actor: Actor },
): Promise<boolean> {
  if (!isUuid(id)) return false;
  const event = { workspaceId, action: 'admin_link.revoke', object: { type: 'admin_link', id } } as const;
  const revoke = async (transaction: Db) => {
    const { numUpdatedRows } = await transaction
      .updateTable('admin_links')
      .set({ revoked_at: sql<Date>`now()` })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .where('used_at', 'is', null)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  };
  return await audited(db, actor, revoke, (revoked) => (revoked ? event : null));
}

/**
 * Marks an open link as used before the connection is made, so that only one of two browsers connects. Call
 * {@link releaseAdminLink} when the connection fails.
 *
 * @returns false when the link is not open
 */
export async function claimAdminLink(db: Db, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('admin_links')
    .set({ used_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Reopens a claimed link after the connection failed. */
export async function releaseAdminLink(db: Db, id: string): Promise<void> {
  await db.updateTable('admin_links').set({ used_at: null }).where('id', '=', id).execute();
}

function adminLinks(db: Db) {
  return db
    .selectFrom('admin_links')
    .innerJoin('workspaces', 'workspaces.id', 'admin_links.workspace_id')
    .leftJoin('members', 'members.id', 'admin_links.member_id')
    .select([
      'admin_links.id',
      'admin_links.workspace_id as workspaceId',
      'workspaces.name as workspaceName',
      'admin_links.made_by as madeBy',
      sql<string | null>`coalesce(members.name, members.email)`.as('askedBy'),
      'admin_links.made_at as madeAt',
      'admin_links.expires_at as expiresAt',
      sql<AdminLinkState>`case
        when used_at is not null then 'used'
        when revoked_at is not null then 'revoked'
        when expires_at <= now() then 'expired'
        else 'open'
      end`.as('state'),
    ]);
}
