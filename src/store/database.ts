import { Kysely, PostgresDialect, Transaction } from 'kysely';
import { Pool, types, type PoolConfig } from 'pg';
import type { Database } from './schema';

/** A connection pool. It can begin transactions. */
export type DbPool = Kysely<Database>;
/** A connection pool or a transaction. Repositories accept both. */
export type Db = DbPool | Transaction<Database>;

// HubSpot's account ids and all our counts are below 2^53, so that numbers are exact.
types.setTypeParser(types.builtins.INT8, Number);

/** Our slowest statement takes seconds. A longer one would block others with its connection and locks. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Releases the locks of a transaction that idles too long. A token refresh idles up to HubSpot's timeout of 20 s. */
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000;
/** Without a limit, a connection to the old primary would stay open and read-only after a failover. */
const CONNECTION_LIFE_SECONDS = 60;

/**
 * Opens the connection pool of a process. Close it with `db.destroy()`.
 *
 * @param databaseUrl - `postgres://…`
 * @param options - `max`: connections (`@default 10`); `statement_timeout`: milliseconds, or `false` for no limit
 *   (`@default 30,000`)
 */
export function openDatabase(
  databaseUrl: string,
  options: Pick<PoolConfig, 'max' | 'application_name' | 'statement_timeout'> = {},
): DbPool {
  const pool = new Pool({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    maxLifetimeSeconds: CONNECTION_LIFE_SECONDS,
    ...options,
  });
  // The pool replaces an idle connection that PostgreSQL closes. Without a listener, the error would end the process.
  pool.on('error', () => undefined);
  // A connection in use can also fail between two statements of a transaction, when no statement rejects.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/** Runs statements in the transaction of the caller, or in a new one. */
export async function inTransaction<Result>(
  db: Db,
  run: (transaction: Transaction<Database>) => Promise<Result>,
): Promise<Result> {
  return db instanceof Transaction ? await run(db) : await db.transaction().execute(run);
}
