import { sql, type Kysely } from 'kysely';
import { hashToken, randomToken } from '../secrets';
import type { Db } from './database';
import type { Database } from './schema';

/** Life of a sign-in link (contract section 3). */
export const SIGN_IN_LINK_SECONDS = 5 * 60;
/** Life of a browser session: a working day. */
export const SESSION_SECONDS = 12 * 60 * 60;
/** Life of an OAuth `state`: time enough to log in at HubSpot and ask an admin. */
export const OAUTH_STATE_SECONDS = 10 * 60;

/** A signed-in browser. */
export interface Session {
  readonly workspaceId: string;
  readonly workspaceName: string;
  /** Names the session in the database; the token itself is in the browser only. */
  readonly idHash: Buffer;
}

/** Makes a one-time sign-in link's token for a workspace. Only its hash is stored, as with every token here. */
export async function createSignInLink(db: Db, workspaceId: string): Promise<{ token: string; expiresAt: Date }> {
  const token = randomToken();
  await db
    .deleteFrom('sign_in_links')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
  const { expires_at: expiresAt } = await db
    .insertInto('sign_in_links')
    .values({ token_hash: hashToken(token), workspace_id: workspaceId, expires_at: inSeconds(SIGN_IN_LINK_SECONDS) })
    .returning('expires_at')
    .executeTakeFirstOrThrow();
  return { token, expiresAt };
}

/** The workspace that a sign-in link is for, without using it up. Null when it was used, is too old or unknown. */
export async function findSignInLink(
  db: Db,
  token: string,
): Promise<{ workspaceId: string; workspaceName: string } | null> {
  const row = await db
    .selectFrom('sign_in_links')
    .innerJoin('workspaces', 'workspaces.id', 'sign_in_links.workspace_id')
    .select(['workspaces.id', 'workspaces.name'])
    .where('sign_in_links.token_hash', '=', hashToken(token))
    .where('sign_in_links.used_at', 'is', null)
    .where('sign_in_links.expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row === undefined ? null : { workspaceId: row.id, workspaceName: row.name };
}

/**
 * Uses a sign-in link up.
 *
 * @param replaced - the session that the browser had: it ends with the new one's beginning
 * @returns the new session's token, or null when the link was used, is too old or unknown
 */
export async function redeemSignInLink(
  db: Kysely<Database>,
  token: string,
  replaced: Session | null,
): Promise<string | null> {
  return await db.transaction().execute(async (transaction) => {
    const link = await transaction
      .updateTable('sign_in_links')
      .set({ used_at: sql<Date>`now()` })
      .where('token_hash', '=', hashToken(token))
      .where('used_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .returning('workspace_id')
      .executeTakeFirst();
    if (link === undefined) return null;
    if (replaced !== null) await endSession(transaction, replaced);
    const session = randomToken();
    await transaction
      .deleteFrom('sessions')
      .where('expires_at', '<', sql<Date>`now()`)
      .execute();
    await transaction
      .insertInto('sessions')
      .values({ id_hash: hashToken(session), workspace_id: link.workspace_id, expires_at: inSeconds(SESSION_SECONDS) })
      .execute();
    return session;
  });
}

/** The session that a browser's token names, or null when it has ended. */
export async function findSession(db: Db, token: string): Promise<Session | null> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('workspaces', 'workspaces.id', 'sessions.workspace_id')
    .select(['sessions.id_hash', 'sessions.workspace_id', 'workspaces.name'])
    .where('sessions.id_hash', '=', hashToken(token))
    .where('sessions.expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { workspaceId: row.workspace_id, workspaceName: row.name, idHash: row.id_hash };
}

/** Signs a browser out, and voids what it had begun at HubSpot. */
export async function endSession(db: Db, session: Session): Promise<void> {
  await db.deleteFrom('oauth_states').where('session_hash', '=', session.idHash).execute();
  await db.deleteFrom('sessions').where('id_hash', '=', session.idHash).execute();
}

/** Makes the `state` of one authorisation: single use, for this session only. */
export async function createOauthState(db: Db, session: Session): Promise<string> {
  const state = randomToken();
  // Old ones are kept for a while, so that somebody who took too long is told so.
  await db
    .deleteFrom('oauth_states')
    .where('expires_at', '<', sql<Date>`now() - interval '1 day'`)
    .execute();
  await db
    .insertInto('oauth_states')
    .values({
      state_hash: hashToken(state),
      workspace_id: session.workspaceId,
      session_hash: session.idHash,
      expires_at: inSeconds(OAUTH_STATE_SECONDS),
    })
    .execute();
  return state;
}

/** Whether a callback's `state` fits: `unknown` is used already or none of ours. */
export type OauthStateCheck = 'fits' | 'unknown' | 'expired' | 'other_session';

/** Uses a `state` up, whatever the outcome: a second callback with it finds nothing. */
export async function consumeOauthState(db: Db, session: Session, state: string): Promise<OauthStateCheck> {
  const row = await db
    .deleteFrom('oauth_states')
    .where('state_hash', '=', hashToken(state))
    .returning(['session_hash', 'workspace_id', sql<boolean>`expires_at <= now()`.as('expired')])
    .executeTakeFirst();
  if (row === undefined) return 'unknown';
  if (!row.session_hash.equals(session.idHash) || row.workspace_id !== session.workspaceId) return 'other_session';
  return row.expired ? 'expired' : 'fits';
}

/** By the database's clock, which all servers share. */
function inSeconds(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`;
}
