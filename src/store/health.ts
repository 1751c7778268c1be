import { sql } from 'kysely';
import type { Db } from './database';

/** What keeps the database from being used, in one sentence, or null when it is fine. Takes 5 s at most to say so. */
export async function databaseProblem(db: Db): Promise<string | null> {
  try {
    await sql`select 1 from meetings limit 1`.execute(db);
    return null;
  } catch (error) {
    if (isDatabaseUnavailable(error)) return 'PostgreSQL cannot be reached.';
    if (codeOf(error) === UNDEFINED_TABLE)
      return 'The database has no tables of this version: run hubspot-meeting-sync migrate.';
    throw error;
  }
}

const UNDEFINED_TABLE = '42P01';
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
// admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout, database_dropped; too_many_connections.
const PASSING_STATES = new Set(['57P01', '57P02', '57P03', '57P04', '57P05', '53300']);
/** pg and pg-pool give these no code. */
const PG_MESSAGES = [
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Client has encountered a connection error',
  'Connection ended unexpectedly',
];

/** Whether PostgreSQL is away, which passes, as against a fault of ours. For errors of database calls only. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  // Node tries every address of a host, and gives all that went wrong.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.some(isDatabaseUnavailable)) return true;
  const code = codeOf(error);
  // Class 08: connection exceptions.
  if (code !== null) return NETWORK_CODES.has(code) || PASSING_STATES.has(code) || /^08...$/.test(code);
  const message = 'message' in error ? String(error.message) : '';
  return PG_MESSAGES.some((known) => message.startsWith(known));
}

/** Whether PostgreSQL could not read a value as the type that it should have: class 22, data exceptions. */
export function isDataException(error: unknown): boolean {
  return /^22...$/.test(codeOf(error) ?? '');
}

/** Whether a row with the same unique value stands already. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === '23505';
}

function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
