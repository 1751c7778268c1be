import { sql, type Transaction } from 'kysely';
import { hashToken, randomToken } from '../../secrets';
import type { Db } from '../database';
import type { Database } from '../schema';
import { findSignInPolicy } from '../sign-in/policy';
import type { SignInMethod } from './tables';

/** The browser that signs in. */
export interface SigningBrowser {
  /** Its previous session, which ends; null without one. */
  readonly replaced: { readonly idHash: Buffer } | null;
  /** Its name, such as `Chrome on macOS`; null when unknown. */
  readonly device: string | null;
  /** Its network address. */
  readonly address: string | null;
}

/** A new session. */
export interface StartedSession {
  /** The secret of the browser's cookie. */
  readonly token: string;
  /** Lifetime of the cookie. */
  readonly seconds: number;
}

/** Signs a browser in, with a token that was never used before, and ends its previous session. */
export async function startSession(
  transaction: Transaction<Database>,
  session: {
    readonly workspace_id: string;
    readonly member_id: string | null;
    readonly api_key_id: string | null;
    readonly made_by_key: string | null;
    readonly made_by_keys: readonly string[];
    readonly method: SignInMethod;
    /** When the person proved who they are. `@default` now */
    readonly authenticated_at?: Date;
  },
  { replaced, device, address }: SigningBrowser,
): Promise<StartedSession> {
  const { workspace_id: workspaceId, member_id: memberId } = session;
  const policy = await findSignInPolicy(transaction, workspaceId);
  const seconds = (memberId === null ? policy.anonymousHours : policy.memberHours) * 60 * 60;
  const token = randomToken();
  if (replaced !== null) await endSession(transaction, replaced);
  await transaction
    .deleteFrom('sessions')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
  const expiresAt = sql<Date>`now() + make_interval(secs => ${seconds})`;
  await transaction
    .insertInto('sessions')
    .values({ id_hash: hashToken(token), ...session, device, address, expires_at: expiresAt })
    .execute();
  if (memberId !== null)
    await transaction
      .updateTable('members')
      .set({ signed_in_at: sql<Date>`now()` })
      .where('id', '=', memberId)
      .execute();
  return { token, seconds };
}

/** Signs a browser out and voids the authorisations that it had begun at HubSpot. */
export async function endSession(db: Db, session: { readonly idHash: Buffer }): Promise<void> {
  await db.deleteFrom('oauth_states').where('session_hash', '=', session.idHash).execute();
  await db.deleteFrom('sessions').where('id_hash', '=', session.idHash).execute();
}
