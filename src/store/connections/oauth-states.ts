import { sql } from 'kysely';
import { hashToken, randomToken } from '../../secrets';
import type { Db } from '../database';
import type { Session } from '../access/sessions';

/** Lifetime of an OAuth `state`: enough to log in to HubSpot and to ask an admin. */
const OAUTH_STATE_SECONDS = 10 * 60;

/** The browser that goes to HubSpot, identified by a session or an admin link. */
export type StateHolder = Pick<Session, 'workspaceId' | 'idHash'> & { readonly adminLinkId?: string };

/** Creates the `state` of one authorisation, for a single use by this browser. */
export async function createOauthState(db: Db, { workspaceId, idHash, adminLinkId }: StateHolder): Promise<string> {
  const state = randomToken();
  // Expired states are kept for a day, so that the callback can report that they expired.
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

/** Whether a `state` was created with an admin link. Does not consume it. */
export async function isAdminLinkState(db: Db, state: string): Promise<boolean> {
  const row = await db
    .selectFrom('oauth_states')
    .select('admin_link_id')
    .where('state_hash', '=', hashToken(state))
    .executeTakeFirst();
  return row !== undefined && row.admin_link_id !== null;
}

/** The result of checking a callback's `state`. `unknown`: already used, or not ours. */
export type OauthStateCheck = 'fits' | 'unknown' | 'expired' | 'other_session';

/** Consumes a `state` even when it is invalid, so that it cannot be used a second time. */
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
