import { sql } from 'kysely';
import { hashToken, randomToken } from '../secrets';
import type { Db } from './database';
import type { Session } from './sessions';

/** Life of an OAuth `state`: time enough to log in at HubSpot and ask an admin. */
export const OAUTH_STATE_SECONDS = 10 * 60;

/** The browser that goes to HubSpot: a session's, or one with an admin's link. */
export type StateHolder = Pick<Session, 'workspaceId' | 'idHash'> & { readonly adminLinkId?: string };

/** Makes the `state` of one authorisation: single use, for this browser only. */
export async function createOauthState(db: Db, { workspaceId, idHash, adminLinkId }: StateHolder): Promise<string> {
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
      workspace_id: workspaceId,
      session_hash: idHash,
      admin_link_id: adminLinkId ?? null,
      expires_at: sql<Date>`now() + make_interval(secs => ${OAUTH_STATE_SECONDS})`,
    })
    .execute();
  return state;
}

/** Whether a `state` was begun with an admin's link, without using it up. */
export async function isAdminLinkState(db: Db, state: string): Promise<boolean> {
  const row = await db
    .selectFrom('oauth_states')
    .select('admin_link_id')
    .where('state_hash', '=', hashToken(state))
    .executeTakeFirst();
  return row !== undefined && row.admin_link_id !== null;
}

/** Whether a callback's `state` fits: `unknown` is used already or none of ours. */
export type OauthStateCheck = 'fits' | 'unknown' | 'expired' | 'other_session';

/** Uses a `state` up, whatever the outcome: a second callback with it finds nothing. */
export async function consumeOauthState(
  db: Db,
  { workspaceId, idHash, adminLinkId }: StateHolder,
  state: string,
): Promise<OauthStateCheck> {
  const row = await db
    .deleteFrom('oauth_states')
    .where('state_hash', '=', hashToken(state))
    .returning(['session_hash', 'workspace_id', 'admin_link_id', sql<boolean>`expires_at <= now()`.as('expired')])
    .executeTakeFirst();
  if (row === undefined) return 'unknown';
  const same =
    row.session_hash.equals(idHash) && row.workspace_id === workspaceId && row.admin_link_id === (adminLinkId ?? null);
  if (!same) return 'other_session';
  return row.expired ? 'expired' : 'fits';
}
