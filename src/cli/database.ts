import { DATABASE_FAILURES, databaseFailure, isSchemaMissing } from '../store/failures';
import { MIGRATION_DUE } from '../store/health';

/** PostgreSQL's codes for a connection that will never come about as it is asked for. */
const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'does not take this user and password',
  '28000': 'does not let this user in',
  '3D000': 'has no such database',
};

/**
 * Runs a command that works on the database, and puts what PostgreSQL says into a sentence for whoever typed it.
 *
 * @throws Error that says what to do; errors of other kinds pass
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
  // Without its query and password, which nobody wants in a log.
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
