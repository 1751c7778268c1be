import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Pool, types, type PoolConfig } from 'pg';
import type { Database } from './schema';

/** A connection pool or a transaction: repositories take either. */
export type Db = Kysely<Database> | Transaction<Database>;

// HubSpot's account ids are below 2^53, and so is every count of ours: numbers are safe and read better than strings.
types.setTypeParser(types.builtins.INT8, Number);

/** Our slowest statement takes seconds. A longer one would keep its connection and locks from all others. */
export const STATEMENT_TIMEOUT_MS = 30_000;
/** Releases the locks of a transaction that idles too long. A token refresh idles up to HubSpot's timeout of 20 s. */
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000;
/** After a failover, a connection to the old primary would otherwise stay open, and read-only. */
const CONNECTION_LIFE_SECONDS = 60;

/**
 * Opens the pool that a process shares. Close it with `db.destroy()`.
 *
 * @param databaseUrl - `postgres://…`
 * @param options - `max` connections (default 10); `statement_timeout` in milliseconds, `false` for none
 */
export function openDatabase(
  databaseUrl: string,
  options: Pick<PoolConfig, 'max' | 'application_name' | 'statement_timeout'> = {},
): Kysely<Database> {
  const pool = new Pool({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    maxLifetimeSeconds: CONNECTION_LIFE_SECONDS,
    ...options,
  });
  // A connection that PostgreSQL closes while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  // The same for one that is in use: its statement rejects, but between two statements of a transaction nothing does.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
