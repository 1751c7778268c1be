import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Pool, types, type PoolConfig } from 'pg';
import type { Database } from './schema';

/** A connection pool or a transaction: repositories take either. */
export type Db = Kysely<Database> | Transaction<Database>;

// HubSpot's account ids are below 2^53, and so is every count of ours: numbers are safe and read better than strings.
types.setTypeParser(types.builtins.INT8, Number);

/**
 * Opens the pool that a process shares. Close it with `db.destroy()`.
 *
 * @param databaseUrl - `postgres://…`
 * @param options - `max` connections (default 10)
 */
export function openDatabase(
  databaseUrl: string,
  options: Pick<PoolConfig, 'max' | 'application_name'> = {},
): Kysely<Database> {
  const pool = new Pool({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, keepAlive: true, ...options });
  // A connection that PostgreSQL closes while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  // The same for one that is in use: its statement rejects, but between two statements of a transaction nothing does.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
