import { sql } from 'kysely';
import { hashToken, randomToken } from '../../secrets';
import type { Db } from '../database';
import type { FlowPurpose } from './tables';

/** Time to log in at HubSpot or at a provider, with a second factor. */
const FLOW_SECONDS = 10 * 60;

/** A sign-in that a browser has begun at HubSpot or at a provider. */
export interface SignInFlow {
  readonly method: 'hubspot' | 'oidc';
  /** Null for a sign-in with HubSpot, whose account names the workspace. */
  readonly workspaceId: string | null;
  readonly purpose: FlowPurpose;
  /** The session that the person confirms; null unless `purpose` is `confirm`. */
  readonly sessionHash: Buffer | null;
}

/** A flow that came back. */
export interface ReturnedFlow extends SignInFlow {
  readonly begunAt: Date;
}

/** Begins a sign-in. @returns its `state`, for a single use by this browser */
export async function createFlow(db: Db, flow: SignInFlow, ticket: string): Promise<string> {
  const state = randomToken();
  // Expired flows are kept for a day, so that the way back can report that they expired.
  await db
    .deleteFrom('sign_in_flows')
    .where('expires_at', '<', sql<Date>`now() - interval '1 day'`)
    .execute();
  await db
    .insertInto('sign_in_flows')
    .values({
      state_hash: hashToken(state),
      method: flow.method,
      browser_hash: hashToken(ticket),
      workspace_id: flow.workspaceId,
      purpose: flow.purpose,
      session_hash: flow.sessionHash,
      expires_at: sql<Date>`now() + make_interval(secs => ${FLOW_SECONDS})`,
    })
    .execute();
  return state;
}

/** Whether a `state` was created for signing in with HubSpot. Does not consume it. */
export async function isHubSpotFlow(db: Db, state: string): Promise<boolean> {
  const row = await db
    .selectFrom('sign_in_flows')
    .select('method')
    .where('state_hash', '=', hashToken(state))
    .executeTakeFirst();
  return row?.method === 'hubspot';
}

/** Why a `state` is refused. `unknown`: already used, or not ours. */
export type FlowProblem = 'unknown' | 'expired' | 'other_browser';

/**
 * Consumes a `state` even when it is refused, so that it cannot be used a second time.
 *
 * @param ticket - the secret of the browser's cookie; null without one
 */
export async function takeFlow(
  db: Db,
  state: string,
  ticket: string | null,
): Promise<ReturnedFlow | { readonly problem: FlowProblem }> {
  const row = await db
    .deleteFrom('sign_in_flows')
    .where('state_hash', '=', hashToken(state))
    .returningAll()
    .returning(sql<boolean>`expires_at <= now()`.as('expired'))
    .executeTakeFirst();
  if (row === undefined) return { problem: 'unknown' };
  if (ticket === null || !row.browser_hash.equals(hashToken(ticket))) return { problem: 'other_browser' };
  if (row.expired) return { problem: 'expired' };
  return {
    method: row.method,
    workspaceId: row.workspace_id,
    purpose: row.purpose,
    sessionHash: row.session_hash,
    begunAt: row.created_at,
  };
}
