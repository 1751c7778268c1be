import { sql, type Selectable } from 'kysely';
import { merged } from '../merged';
import { HUBSPOT } from '../audit/actor';
import { audited } from '../audit/record-audit';
import type { Db } from '../database';
import type { Database } from '../schema';

/** A connection with the remaining seconds of its access token by the database's clock, because workers' clocks differ. */
export type ConnectionRow = Selectable<Database['connections']> & { readonly access_token_seconds_left: number };

const secondsLeft = sql<number>`extract(epoch from access_token_expires_at - clock_timestamp())::float8`.as(
  'access_token_seconds_left',
);

/** The encrypted tokens of a connection. */
export interface SealedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** @returns the workspace's connection, or null */
export async function findConnection(db: Db, workspaceId: string): Promise<ConnectionRow | null> {
  return await connectionsOf(db, workspaceId);
}

const connectionsOf = merged(async (db, workspaceIds: readonly string[]): Promise<(ConnectionRow | null)[]> => {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .select(secondsLeft)
    .where('workspace_id', 'in', [...new Set(workspaceIds)])
    .execute();
  return workspaceIds.map((workspaceId) => rows.find((row) => row.workspace_id === workspaceId) ?? null);
});

/** Like {@link findConnection}, but locks the row until the transaction ends, so that only one refresh runs at a time. */
export async function lockConnection(db: Db, workspaceId: string): Promise<ConnectionRow | null> {
  const lock = db.selectFrom('connections').select('workspace_id').where('workspace_id', '=', workspaceId).forUpdate();
  if ((await lock.executeTakeFirst()) === undefined) return null;
  // Read under the lock: the tokens may have changed while we waited for it.
  return await findConnection(db, workspaceId);
}

/** @returns the workspace that a HubSpot account is connected to, or null */
export async function findWorkspaceOfPortal(db: Db, portalId: number): Promise<string | null> {
  const row = await db
    .selectFrom('connections')
    .select('workspace_id')
    .where('portal_id', '=', portalId)
    .executeTakeFirst();
  return row?.workspace_id ?? null;
}

/** Stores a new connection, or the new tokens and user of an existing one. */
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

/** Stores both refreshed tokens in one statement. */
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
 * Marks a connection as one that a person has to reconnect. Does nothing when the refresh token was replaced in the
 * meantime, because a person has just reconnected.
 *
 * @param connection - the row whose refresh token HubSpot rejected
 * @param why - the reason as the end of a sentence that people read
 */
export async function requireReauthorization(db: Db, connection: ConnectionRow, why: string): Promise<void> {
  const { workspace_id: workspaceId, portal_id: portalId, state } = connection;
  const require = async (transaction: Db) =>
    await transaction
      .updateTable('connections')
      .set({ state: 'reauthorize', last_error: why, updated_at: sql<Date>`now()` })
      .where('workspace_id', '=', workspaceId)
      .where('refresh_token', '=', connection.refresh_token)
      .executeTakeFirstOrThrow();
  await audited(db, HUBSPOT, require, ({ numUpdatedRows }) =>
    numUpdatedRows === 0n || state === 'reauthorize'
      ? null
      : {
          workspaceId,
          action: 'connection.lost',
          object: { type: 'account', id: String(portalId) },
          before: { state },
          after: { state: 'reauthorize' },
        },
  );
}

/** Stores why a token refresh failed. The next successful refresh clears it. Does nothing after a reconnection. */
export async function recordTokenError(db: Db, connection: ConnectionRow, message: string): Promise<void> {
  await db
    .updateTable('connections')
    .set({ last_error: message })
    .where('workspace_id', '=', connection.workspace_id)
    .where('refresh_token', '=', connection.refresh_token)
    .where('state', '=', 'connected')
    .execute();
}

/** The ids of all workspaces with a working connection. */
export async function listConnectedWorkspaces(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('connections').select('workspace_id').where('state', '=', 'connected').execute();
  return rows.map((row) => row.workspace_id);
}

/** The encrypted tokens and the state of every connection, to find the keys that they need. */
export async function listSealedTokens(
  db: Db,
): Promise<Pick<ConnectionRow, 'workspace_id' | 'access_token' | 'refresh_token' | 'state'>[]> {
  return await db
    .selectFrom('connections')
    .select(['workspace_id', 'access_token', 'refresh_token', 'state'])
    .orderBy('workspace_id')
    .execute();
}

/** Stores the same tokens encrypted with another key. Their age and the rest of the connection stay unchanged. */
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

/**
 * Deletes the connection with its tokens. Ledger, links and settings stay, because they belong to the portal. Super Admins
 * of the next account are let in once an admin says so again.
 */
export async function deleteConnection(db: Db, workspaceId: string): Promise<void> {
  await db.deleteFrom('connections').where('workspace_id', '=', workspaceId).execute();
  await db
    .updateTable('sign_in_settings')
    .set({ super_admins: false, hubspot_worked_at: null })
    .where('workspace_id', '=', workspaceId)
    .execute();
}

function tokenColumns({ accessToken, refreshToken, expiresInSeconds }: SealedTokens) {
  return {
    access_token: accessToken,
    refresh_token: refreshToken,
    access_token_issued_at: sql<Date>`now()`,
    // By the database's clock, because workers' clocks differ.
    access_token_expires_at: sql<Date>`now() + make_interval(secs => ${expiresInSeconds})`,
  };
}
