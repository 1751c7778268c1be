import { Client, DatabaseError } from 'pg';

const CONNECT_WITHIN_MS = 5_000;
const DUPLICATE_DATABASE = '42P04';

/** Connects to a server once. @throws the error of `pg`, whose `code` is PostgreSQL's or Node's */
export async function checkServer(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Creates the database if it does not exist. @param url - another database of the same server */
export async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === DUPLICATE_DATABASE)) throw error;
  } finally {
    await client.end();
  }
}
