import { sql, type Selectable } from 'kysely';
import type { Db } from './database';
import type { Database } from './schema';

/** A connection and the seconds left of its access token, by the database's clock: workers' clocks may differ. */
export type ConnectionRow = Selectable<Database['connections']> & { readonly access_token_seconds_left: number };

const secondsLeft = sql<number>`extract(epoch from access_token_expires_at - clock_timestamp())::float8`.as(
  'access_token_seconds_left',
);

/** The tokens of a connection, sealed already. */
export interface SealedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** The workspace's connection, or null when it has none. */
export async function findConnection(db: Db, workspaceId: string): Promise<ConnectionRow | null> {
  const query = db.selectFrom('connections').selectAll().select(secondsLeft).where('workspace_id', '=', workspaceId);
  return (await query.executeTakeFirst()) ?? null;
}

/** Like {@link findConnection}, holding the row's lock until the transaction ends: one refresh at a time. */
export async function lockConnection(db: Db, workspaceId: string): Promise<ConnectionRow | null> {
  const lock = db.selectFrom('connections').select('workspace_id').where('workspace_id', '=', workspaceId).forUpdate();
  if ((await lock.executeTakeFirst()) === undefined) return null;
  // Read under the lock: the remaining time changed while we waited for the lock.
  return await findConnection(db, workspaceId);
}

/** The workspace that a HubSpot account is connected to, or null. */
export async function findWorkspaceOfPortal(db: Db, portalId: number): Promise<string | null> {
  const row = await db
    .selectFrom('connections')
    .select('workspace_id')
    .where('portal_id', '=', portalId)
    .executeTakeFirst();
  return row?.workspace_id ?? null;
}

/** Stores a new connection, or new tokens and a new user for the one that stands. */
export async function saveConnection(
  db: Db,
  connection: {
    workspaceId: string;
    portalId: number;
    hubDomain: string | null;
    uiDomain: string;
    timeZone: string;
    accountType: string | null;
    userId: number | null;
    userEmail: string | null;
    scopes: readonly string[];
    tokens: SealedTokens;
  },
): Promise<void> {
  const values = {
    portal_id: connection.portalId,
    state: 'connected' as const,
    hub_domain: connection.hubDomain,
    ui_domain: connection.uiDomain,
    time_zone: connection.timeZone,
    account_type: connection.accountType,
    user_id: connection.userId,
    user_email: connection.userEmail,
    scopes: [...connection.scopes],
    ...tokenColumns(connection.tokens),
    last_error: null,
    connected_at: sql<Date>`now()`,
    updated_at: sql<Date>`now()`,
  };
  await db
    .insertInto('connections')
    .values({ workspace_id: connection.workspaceId, ...values })
    .onConflict((conflict) => conflict.column('workspace_id').doUpdateSet(values))
    .execute();
}

/** Stores refreshed tokens, both at once. */
export async function saveTokens(
  db: Db,
  workspaceId: string,
  tokens: SealedTokens,
  scopes: readonly string[] | null,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({
      ...tokenColumns(tokens),
      ...(scopes === null ? {} : { scopes: [...scopes] }),
      last_error: null,
      updated_at: sql<Date>`now()`,
    })
    .where('workspace_id', '=', workspaceId)
    .execute();
}

/**
 * Marks that only a person can bring the connection back (Reconnect). Does nothing when the refresh token was replaced
 * meanwhile: someone has just connected again.
 *
 * @param connection - the row whose refresh token HubSpot refused
 * @param why - the end of a sentence that people read
 */
export async function requireReauthorization(db: Db, connection: ConnectionRow, why: string): Promise<void> {
  await db
    .updateTable('connections')
    .set({ state: 'reauthorize', last_error: why, updated_at: sql<Date>`now()` })
    .where('workspace_id', '=', connection.workspace_id)
    .where('refresh_token', '=', connection.refresh_token)
    .execute();
}

/** Notes why the token could not be refreshed; the next refresh clears it. Does nothing when it was replaced meanwhile. */
export async function noteTokenError(db: Db, connection: ConnectionRow, said: string): Promise<void> {
  await db
    .updateTable('connections')
    .set({ last_error: said })
    .where('workspace_id', '=', connection.workspace_id)
    .where('refresh_token', '=', connection.refresh_token)
    .where('state', '=', 'connected')
    .execute();
}

/** The sealed tokens of every connection, to find the keys that they need. */
export async function listSealedTokens(
  db: Db,
): Promise<Pick<ConnectionRow, 'workspace_id' | 'access_token' | 'refresh_token'>[]> {
  return await db
    .selectFrom('connections')
    .select(['workspace_id', 'access_token', 'refresh_token'])
    .orderBy('workspace_id')
    .execute();
}

/** Stores the same tokens under another key. Their age and the connection stay unchanged. */
export async function saveResealedTokens(
  db: Db,
  workspaceId: string,
  tokens: Pick<SealedTokens, 'accessToken' | 'refreshToken'>,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ access_token: tokens.accessToken, refresh_token: tokens.refreshToken })
    .where('workspace_id', '=', workspaceId)
    .execute();
}

/** Forgets the connection and its tokens. Ledger, links and settings stay: they are keyed by portal. */
export async function deleteConnection(db: Db, workspaceId: string): Promise<void> {
  await db.deleteFrom('connections').where('workspace_id', '=', workspaceId).execute();
}

function tokenColumns({ accessToken, refreshToken, expiresInSeconds }: SealedTokens) {
  return {
    access_token: accessToken,
    refresh_token: refreshToken,
    access_token_issued_at: sql<Date>`now()`,
    // The database's clock alone counts: workers' clocks may differ.
    access_token_expires_at: sql<Date>`now() + make_interval(secs => ${expiresInSeconds})`,
  };
}
