import { randomBytes, randomUUID } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { DATABASE_FAILURES, databaseFailure, isSchemaMissing } from './failures';
import type { Database } from './schema';

/** What a start without tables of this version ends with. */
export const MIGRATION_DUE = 'The database has no tables of this version: run hubspot-meeting-sync migrate.';

const ANSWER_WITHIN_MS = 4_000;
/** More than PostgreSQL keeps in the row itself, so that the file grows: a full disk refuses that, and not a small row. */
const PROBE_BYTES = 1_500;

/** Ends the probe's transaction without an error of the database. */
class ProbeEnds extends Error {}

/**
 * What keeps the database from taking a meeting, in one sentence, or null when it is fine. It writes one as
 * `POST /api/v1/meetings` does and takes it back: a database that answers reads may be read-only or full. Takes 5 s at most.
 *
 * @throws what is no failure of the database
 */
export async function databaseProblem(db: Kysely<Database>): Promise<string | null> {
  try {
    await db.transaction().execute(writeAndTakeBack);
    return null;
  } catch (error) {
    if (error instanceof ProbeEnds) return null;
    if (isSchemaMissing(error)) return MIGRATION_DUE;
    const failure = databaseFailure(error);
    if (failure === null) throw error;
    return DATABASE_FAILURES[failure];
  }
}

async function writeAndTakeBack(transaction: Kysely<Database>): Promise<never> {
  await sql`select set_config('statement_timeout', ${String(ANSWER_WITHIN_MS)}, true)`.execute(transaction);
  const id = randomUUID();
  await transaction.insertInto('workspaces').values({ id, name: id }).execute();
  await transaction
    .insertInto('meetings')
    .values({
      workspace_id: id,
      meeting_id: id,
      // Random, so that it is not compressed into the row.
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
