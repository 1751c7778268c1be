import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { DATABASE_FAILURES, databaseFailure, isSchemaMissing } from './failures';
import type { DbPool } from './database';

/** The error of a start without the tables of this version. */
export const MIGRATION_DUE = 'The database has no tables of this version: run hubspot-meeting-sync migrate.';

const ANSWER_WITHIN_MS = 4_000;
/** Too large for PostgreSQL to store inline, so a file has to grow. A full disk still accepts small rows. */
const PROBE_BYTES = 1_500;

/** Rolls the probe's transaction back without a database error. */
class ProbeEnds extends Error {}

/**
 * Checks within 5 s whether the database accepts a meeting. It inserts one as `POST /api/v1/meetings` does and rolls
 * back, because a database that answers reads may still be read-only or full.
 *
 * @returns one sentence about the problem, or null
 * @throws errors that do not come from the database
 */
export async function databaseProblem(db: DbPool): Promise<string | null> {
  try {
    await db.transaction().execute(insertAndRollBack);
    return null;
  } catch (error) {
    if (error instanceof ProbeEnds) return null;
    if (isSchemaMissing(error)) return MIGRATION_DUE;
    const failure = databaseFailure(error);
    if (failure === null) throw error;
    return DATABASE_FAILURES[failure];
  }
}

async function insertAndRollBack(transaction: DbPool): Promise<never> {
  await sql`select set_config('statement_timeout', ${String(ANSWER_WITHIN_MS)}, true)`.execute(transaction);
  const id = randomUUID();
  await transaction.insertInto('workspaces').values({ id, name: id }).execute();
  await transaction
    .insertInto('meetings')
    .values({
      workspace_id: id,
      meeting_id: id,
      // Random bytes cannot be compressed to fit into the row.
      body: JSON.stringify({ probe: randomBytes(PROBE_BYTES).toString('hex') }),
      body_hash: '',
      title: '',
      started_at: sql<Date>`now()`,
      status: 'accepted',
      reason: null,
      sync_requested_at: null,
      updated_at: sql<Date>`now()`,
    })
    .execute();
  throw new ProbeEnds();
}
