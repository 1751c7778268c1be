import { DatabaseError } from 'pg';

/**
 * Why PostgreSQL could not do its work, where neither the request nor the code that sent it is at fault. All of them pass
 * once the database, or whoever runs it, has recovered.
 */
export type DatabaseFailure = 'away' | 'full' | 'read_only' | 'busy' | 'broken';

/** One sentence for each, for answers, pages and `/readyz`. None names an address. */
export const DATABASE_FAILURES: Readonly<Record<DatabaseFailure, string>> = {
  away: 'PostgreSQL cannot be reached.',
  full: 'PostgreSQL has run out of disk space or memory.',
  read_only: 'PostgreSQL is read-only, as a standby is after a failover.',
  busy: 'PostgreSQL did not finish in time, or another transaction was in the way.',
  broken: 'PostgreSQL refuses work that this version needs: see the log.',
};

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** pg and pg-pool give these no code. */
const UNCODED: readonly (readonly [string, DatabaseFailure])[] = [
  ['timeout exceeded when trying to connect', 'away'],
  ['Connection terminated', 'away'],
  ['Client has encountered a connection error', 'away'],
  ['Connection ended unexpectedly', 'away'],
  ['Query read timeout', 'busy'],
];

/** SQLSTATEs that say something else than their class does (PostgreSQL's appendix A). */
const STATES: Readonly<Record<string, DatabaseFailure | null>> = {
  '25006': 'read_only', // read_only_sql_transaction
  '25P03': 'busy', // idle_in_transaction_session_timeout
  '25P04': 'busy', // transaction_timeout
  '3D000': 'away', // no such database: it is being restored, or DATABASE_URL is wrong
  '40002': null, // transaction_integrity_constraint_violation
  '42501': 'broken', // insufficient_privilege
  '42703': 'broken', // undefined_column: a schema of another version
  '42P01': 'broken', // undefined_table
  '53300': 'busy', // too_many_connections
  '55P03': 'busy', // lock_not_available
  '57014': 'busy', // query_canceled: statement_timeout, lock_timeout
};

const CLASSES: Readonly<Record<string, DatabaseFailure>> = {
  '08': 'away', // connection exception
  '28': 'away', // the user or its password is refused
  '40': 'busy', // deadlock, serialisation failure
  '53': 'full', // insufficient resources
  '57': 'away', // shut down, starting up, recovering
  '58': 'broken', // system error: input or output
  XX: 'broken', // internal error, corrupted data
};

/** Judges an error of a database call; null when the call itself is at fault, or the error is no database's. */
export function databaseFailure(error: unknown): DatabaseFailure | null {
  if (typeof error !== 'object' || error === null) return null;
  // Node tries every address of a host, and gives all that went wrong.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.some((one) => databaseFailure(one) !== null))
    return 'away';
  const code = codeOf(error);
  if (code === null) {
    const message = 'message' in error ? String(error.message) : '';
    return UNCODED.find(([known]) => message.startsWith(known))?.[1] ?? null;
  }
  if (NETWORK_CODES.has(code) || isMissingSocket(error, code)) return 'away';
  if (!isDatabaseError(error, code)) return null;
  return code in STATES ? (STATES[code] ?? null) : (CLASSES[code.slice(0, 2)] ?? null);
}

/** Whether PostgreSQL cannot do its work now, which passes, as against a fault of what it was asked. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return databaseFailure(error) !== null;
}

/** Awaits a write that only notes something, such as a last use. While the database takes none, reading goes on. */
export async function noted(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
  }
}

/** Whether PostgreSQL could not read a value as the type that it should have: class 22, data exceptions. */
export function isDataException(error: unknown): boolean {
  return /^22...$/.test(codeOf(error) ?? '');
}

/** Whether PostgreSQL refused a character: U+0000 in a text, or an escape in JSON that is no character. */
export function isUnstorableText(error: unknown): boolean {
  return ['22021', '22P05'].includes(codeOf(error) ?? '');
}

/** Whether a row with the same unique value stands already. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === '23505';
}

/** Whether a table or column of this version is missing. */
export function isSchemaMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === '42P01' || code === '42703';
}

/** A file of ours that is missing has the same code: only PostgreSQL's socket is connected to. */
function isMissingSocket(error: object, code: string): boolean {
  return code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect';
}

/** Other libraries have codes of five characters too. */
function isDatabaseError(error: object, code: string): boolean {
  return error instanceof DatabaseError || ('severity' in error && /^[0-9A-Z]{5}$/.test(code));
}

function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
