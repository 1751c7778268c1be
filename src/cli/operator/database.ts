import { DATABASE_FAILURES, databaseFailure, isSchemaMissing } from '../../store/failures';
import { MIGRATION_DUE } from '../../store/health';

/** PostgreSQL's codes for connections that fail until DATABASE_URL is corrected. */
const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'rejects this user and password',
  '28000': 'does not allow this user to connect',
  '3D000': 'has no such database',
};

/**
 * Runs a command that uses the database, and turns PostgreSQL's errors into sentences for the command line.
 *
 * @throws Error that says what to do. Rethrows errors that do not come from PostgreSQL
 */
export async function onDatabase<Result>(
  databaseUrl: string,
  run: (databaseUrl: string) => Promise<Result>,
): Promise<Result> {
  try {
    return await run(databaseUrl);
  } catch (error) {
    const sentence = sentenceOf(error, databaseUrl);
    if (sentence === null) throw error;
    throw new Error(sentence, { cause: error });
  }
}

function sentenceOf(error: unknown, databaseUrl: string): string | null {
  // Omits the password and the query, which must not reach a log.
  const { host, pathname, username } = new URL(databaseUrl);
  const where = `${username === '' ? '' : `${username}@`}${host}${pathname}`;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const refusal = REFUSALS[code];
  if (refusal !== undefined) return `PostgreSQL ${refusal} (${where}): correct DATABASE_URL.`;
  if (isSchemaMissing(error)) return MIGRATION_DUE;
  const failure = databaseFailure(error);
  if (failure === null || failure === 'broken') return null;
  return failure === 'away'
    ? `PostgreSQL cannot be reached at ${where}: start it, or correct DATABASE_URL.`
    : `${DATABASE_FAILURES[failure]} (${where})`;
}
