import { sql } from 'kysely';
import type { Db } from './database';

/** A worker whose last heartbeat is older than this is taken for dead: three beats were missed. */
const DEAD_AFTER_SECONDS = 35;
/** Rows of workers that ended are kept for so long: a page says since when there is none. */
const KEPT_DAYS = 30;

/** Writes down that a worker lives, and whether it takes tasks from Temporal. */
export async function beat(db: Db, worker: { readonly id: string; readonly polls: boolean }): Promise<void> {
  const now = sql<Date>`clock_timestamp()`;
  await db
    .insertInto('processes')
    .values({ id: worker.id, polls: worker.polls, seen_at: now })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        polls: worker.polls,
        stopped_at: null,
        // The last moment at which it took tasks is what a page tells.
        seen_at: worker.polls ? now : sql<Date>`processes.seen_at`,
      }),
    )
    .execute();
}

/** A worker ends in order. Forgets those that ended long ago. */
export async function noteStopped(db: Db, id: string): Promise<void> {
  await db
    .updateTable('processes')
    .set({ stopped_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .execute();
  await db
    .deleteFrom('processes')
    .where('seen_at', '<', sql<Date>`now() - make_interval(days => ${KEPT_DAYS})`)
    .execute();
}

/** Whether meetings are being synced. */
export interface Workers {
  /** How many take tasks from Temporal. */
  readonly alive: number;
  /** When the last one did; null when there never was one. */
  readonly lastSeenAt: Date | null;
}

export async function countWorkers(db: Db): Promise<Workers> {
  const { rows } = await sql<{ alive: number; last_seen_at: Date | null }>`
    select
      (count(*) filter (
        where polls and stopped_at is null and seen_at > clock_timestamp() - make_interval(secs => ${DEAD_AFTER_SECONDS})
      ))::int as alive,
      max(coalesce(stopped_at, seen_at)) as last_seen_at
    from processes
  `.execute(db);
  const [row] = rows;
  return { alive: row?.alive ?? 0, lastSeenAt: row?.last_seen_at ?? null };
}
