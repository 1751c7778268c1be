import { sql, type RawBuilder } from 'kysely';
import { hashToken } from '../../secrets';
import type { Actor } from '../audit/actor';
import { audited, recordAudit } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import { noted } from '../failures';
import { isUnexpired, lockAccess, type Creator } from './creator';
import { isLive } from './live-sessions';
import { memberLabel, memberOf, type Member } from './members';
import { originsOf } from './origins';
import { roleOf, sessionScopes, type Role } from './scopes';
import { findSignInLink } from './sign-in-links';
import { endSession, startSession, type SigningBrowser, type StartedSession } from './start-session';
import type { SignInMethod } from './tables';
import { isUuid } from './uuid';

/** For this long after signing in, a person may do what needs a recent sign-in. */
const RECENT_MINUTES = 15;

/** A signed-in browser. Its access derives from `keyIds` through the link, its creator and the member's inviter. */
export interface Session extends Creator {
  readonly workspaceName: string;
  /** Identifies the session in the database. Only the browser has the token itself. */
  readonly idHash: Buffer;
  /** The signed-in member, or null for an anonymous session. */
  readonly member: Member | null;
  /** The greatest role whose scopes the session has; null for one that cannot even read. */
  readonly role: Role | null;
  readonly method: SignInMethod;
  /** Whether the person signed in within the last 15 minutes. */
  readonly isRecent: boolean;
}

/** A session in a list. */
export interface ListedSession {
  readonly id: string;
  /** The member, or the key whose sign-in link was used. */
  readonly actor: string;
  /** The browser and the system; null when unknown. */
  readonly device: string | null;
  readonly method: SignInMethod;
  /** The network address of the sign-in; null when unknown. */
  readonly address: string | null;
  readonly since: Date;
  /** Precise to one minute. */
  readonly seenAt: Date;
  readonly current: boolean;
}

/**
 * Signs a browser in with a link, which cannot be used again.
 *
 * @returns the new session, or null when the link was used, has expired or is unknown, or when links are switched off
 */
export async function redeemSignInLink(
  db: DbPool,
  token: string,
  browser: SigningBrowser,
): Promise<StartedSession | null> {
  const found = await findSignInLink(db, token);
  if (found === null || !found.isOpen) return null;
  return await db.transaction().execute(async (transaction) => {
    await lockAccess(transaction, found.workspaceId);
    const link = await transaction
      .updateTable('sign_in_links')
      .set({ used_at: sql<Date>`now()` })
      .where('token_hash', '=', hashToken(token))
      .where('used_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .returning(['workspace_id', 'member_id', 'api_key_id', 'made_by_key', 'made_by_keys'])
      .executeTakeFirst();
    if (link === undefined) return null;
    const started = await startSession(transaction, { ...link, method: 'link' }, browser);
    const { device, address: ip } = browser;
    const session = await findSession(transaction, started.token, { active: false, ip });
    const event = {
      workspaceId: found.workspaceId,
      action: 'sign_in.success',
      after: { device, method: 'link' },
    } as const;
    if (session !== null) await recordAudit(transaction, session.actor, event);
    return started;
  });
}

/**
 * @param use - `active`: whether a person uses the session. An open page that polls does not keep it from ending. `ip`:
 *   the address of the request; null without one
 * @returns the session of a browser's token, or null when it has ended
 */
export async function findSession(
  db: Db,
  token: string,
  { active, ip }: { readonly active: boolean; readonly ip: string | null },
): Promise<Session | null> {
  const used = active ? sql`least(sessions.seen_at, sessions.active_at)` : sql`sessions.seen_at`;
  const row = await sessions(db)
    .select(sql<boolean>`${used} < now() - interval '1 minute'`.as('stale'))
    .where('sessions.id_hash', '=', hashToken(token))
    .executeTakeFirst();
  if (row === undefined) return null;
  if (row.stale) {
    const use = db
      .updateTable('sessions')
      .set({ seen_at: sql<Date>`now()`, ...(active ? { active_at: sql<Date>`now()` } : {}) })
      .where('id_hash', '=', row.id_hash);
    await noted(use.execute());
  }
  const scopes = sessionScopes(row);
  return {
    workspaceId: row.workspace_id,
    workspaceName: row.workspaceName,
    idHash: row.id_hash,
    member: memberOf(row),
    memberId: row.memberId,
    keyId: row.api_key_id,
    scopes,
    role: roleOf(scopes),
    method: row.method,
    isRecent: row.isRecent,
    actor: actorOf(row, ip),
    keyIds: [
      ...new Set([...(row.api_key_id === null ? [] : [row.api_key_id]), ...row.ownOrigins, ...row.memberOrigins]),
    ],
  };
}

/** The sessions of a workspace, for an admin, or those of the member; newest first, 100 at most. */
export async function listSessions(db: Db, session: Session): Promise<ListedSession[]> {
  const rows = await sessions(db)
    .where('sessions.workspace_id', '=', session.workspaceId)
    .$if(!session.scopes.includes('admin'), (query) => query.where(isOwn(session)))
    .orderBy('sessions.created_at', 'desc')
    .limit(100)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    actor: sessionLabel(row),
    device: row.device,
    method: row.method,
    address: row.address,
    since: row.created_at,
    seenAt: row.seen_at,
    current: row.id_hash.equals(session.idHash),
  }));
}

/** Signs the browser of a person out who asks for it. */
export async function signOut(db: DbPool, session: Session): Promise<void> {
  const { workspaceId, actor } = session;
  const event = { workspaceId, action: 'sign_in.out' } as const;
  await audited(
    db,
    actor,
    (transaction) => endSession(transaction, session),
    () => event,
  );
}

/** Signs a browser of {@link listSessions} out. @returns false when it is not one of them, or no longer */
export async function endListedSession(db: DbPool, session: Session, id: string): Promise<boolean> {
  if (!isUuid(id)) return false;
  const { workspaceId, actor } = session;
  const end = async (transaction: Db) =>
    await transaction
      .deleteFrom('sessions')
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .$if(!session.scopes.includes('admin'), (query) => query.where(isOwn(session)))
      .returning('device')
      .executeTakeFirst();
  const ended = await audited(db, actor, end, (found) =>
    found === undefined
      ? null
      : { workspaceId, action: 'session.end', object: { type: 'session', id }, before: { device: found.device } },
  );
  return ended !== undefined;
}

/**
 * Signs all browsers of the workspace out and revokes its open sign-in links.
 *
 * @param options - `except`: a browser that stays signed in, with the authorisations that it had begun
 */
export async function endSessions(
  db: DbPool,
  {
    workspaceId,
    actor,
    except,
  }: Pick<Session, 'workspaceId' | 'actor'> & { readonly except?: Pick<Session, 'idHash'> },
): Promise<void> {
  const kept = except?.idHash ?? Buffer.alloc(0);
  await db.transaction().execute(async (transaction) => {
    await lockAccess(transaction, workspaceId);
    await transaction.deleteFrom('sign_in_links').where('workspace_id', '=', workspaceId).execute();
    await transaction
      .deleteFrom('oauth_states')
      .where('workspace_id', '=', workspaceId)
      .where('admin_link_id', 'is', null)
      .where('session_hash', '<>', kept)
      .execute();
    await transaction
      .deleteFrom('sessions')
      .where('workspace_id', '=', workspaceId)
      .where('id_hash', '<>', kept)
      .execute();
    const action = except === undefined ? 'session.end_all' : 'session.end_others';
    await recordAudit(transaction, actor, { workspaceId, action });
  });
}

/** Valid sessions with their members and API keys. A session ends with the API key whose link signed it in. */
function sessions(db: Db) {
  return db
    .selectFrom('sessions')
    .innerJoin('workspaces', 'workspaces.id', 'sessions.workspace_id')
    .leftJoin('members', 'members.id', 'sessions.member_id')
    .leftJoin('api_keys', 'api_keys.id', 'sessions.api_key_id')
    .select([
      'sessions.id',
      'sessions.id_hash',
      'sessions.workspace_id',
      'sessions.created_at',
      'sessions.seen_at',
      'sessions.device',
      'sessions.method',
      'sessions.address',
      sql<boolean>`sessions.authenticated_at > now() - make_interval(mins => ${RECENT_MINUTES})`.as('isRecent'),
      'workspaces.name as workspaceName',
      'members.id as memberId',
      'members.email',
      'members.name as person',
      'members.role',
      'api_keys.name as keyName',
      'api_keys.scopes as keyScopes',
      'sessions.api_key_id',
      originsOf('sessions').as('ownOrigins'),
      sql<string[]>`coalesce(${originsOf('members')}, '{}')`.as('memberOrigins'),
    ])
    .where(isLive())
    .where(isUnexpired());
}

function actorOf(row: Parameters<typeof sessionLabel>[0] & { id: string }, ip: string | null): Actor {
  const who =
    row.memberId === null
      ? ({ kind: 'session', id: row.id } as const)
      : ({ kind: 'member', id: row.memberId } as const);
  return { ...who, label: sessionLabel(row), ip, way: 'page' };
}

function sessionLabel(row: Parameters<typeof memberOf>[0] & { keyName: string | null }): string {
  const member = memberOf(row);
  if (member !== null) return memberLabel(member);
  return row.keyName === null ? 'a sign-in link' : `a person via API key "${row.keyName}"`;
}

/** Whether a session is one of the same member, or the same session of a browser without one. */
function isOwn({ memberId, idHash }: Pick<Session, 'memberId' | 'idHash'>): RawBuilder<boolean> {
  return memberId === null
    ? sql<boolean>`sessions.id_hash = ${idHash}`
    : sql<boolean>`sessions.member_id = ${memberId}::uuid`;
}
