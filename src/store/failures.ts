import { DatabaseError } from 'pg';

/**
 * Why PostgreSQL could not do its work, although both the request and our code are correct. Each of these ends when the
 * database recovers or its operator intervenes.
 */
export type DatabaseFailure = 'away' | 'full' | 'read_only' | 'busy' | 'broken';

/** Shown in API responses, on pages and by `/readyz`, so no sentence contains an address. */
export const DATABASE_FAILURES: Readonly<Record<DatabaseFailure, string>> = {
  away: 'PostgreSQL cannot be reached.',
  full: 'PostgreSQL has run out of disk space or memory.',
  read_only: 'PostgreSQL is read-only, as a standby is after a failover.',
  busy: 'PostgreSQL did not finish in time, or another transaction blocked it.',
  broken: 'PostgreSQL rejects statements that this version needs: see the log.',
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

/** Errors of pg and pg-pool without a code. */
const UNCODED: readonly (readonly [string, DatabaseFailure])[] = [
  ['timeout exceeded when trying to connect', 'away'],
  ['Connection terminated', 'away'],
  ['Client has encountered a connection error', 'away'],
  ['Connection ended unexpectedly', 'away'],
  ['Query read timeout', 'busy'],
];

/** SQLSTATEs that differ from their class (PostgreSQL's appendix A). */
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

/**
 * Classifies an error of a database call.
 *
 * @returns null when the statement itself is wrong, or the error does not come from the database
 */
export function databaseFailure(error: unknown): DatabaseFailure | null {
  if (typeof error !== 'object' || error === null) return null;
  // Node tries every address of a host, and reports all failures in one AggregateError.
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

/** Whether PostgreSQL cannot do its work now. False when it rejected an invalid statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return databaseFailure(error) !== null;
}

/** Awaits an optional write, such as a last-used time. Ignores failures while the database accepts no writes. */
export async function noted(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
  }
}

/** Whether PostgreSQL could not convert a value to its type: class 22, data exceptions. */
export function isDataException(error: unknown): boolean {
  return /^22...$/.test(codeOf(error) ?? '');
}

/** Whether PostgreSQL rejected a character: U+0000 in a text, or an invalid escape in JSON. */
export function isUnstorableText(error: unknown): boolean {
  return ['22021', '22P05'].includes(codeOf(error) ?? '');
}

/** Whether a row with the same unique value already exists. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === '23505';
}

/** Whether a table or column that this version needs is missing. */
export function isSchemaMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === '42P01' || code === '42703';
}

/** A missing file has the same code, but only PostgreSQL's socket fails in `connect`. */
function isMissingSocket(error: object, code: string): boolean {
  return code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect';
}

/** Other libraries also use codes of five characters. */
function isDatabaseError(error: object, code: string): boolean {
  return error instanceof DatabaseError || ('severity' in error && /^[0-9A-Z]{5}$/.test(code));
}

function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
