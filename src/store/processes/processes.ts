import { sql } from 'kysely';
import type { Db } from '../database';

/** A worker counts as dead after three missed heartbeats. */
const DEAD_AFTER_SECONDS = 35;
/** Rows of stopped workers are kept this long, because pages show since when no worker has been running. */
const KEPT_DAYS = 30;

/** Records that a worker is alive, and whether it polls Temporal for tasks. */
export async function recordHeartbeat(db: Db, worker: { readonly id: string; readonly polls: boolean }): Promise<void> {
  const now = sql<Date>`clock_timestamp()`;
  await db
    .insertInto('processes')
    .values({ id: worker.id, polls: worker.polls, seen_at: now })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        polls: worker.polls,
        stopped_at: null,
        // Pages show when the worker last polled.
        seen_at: worker.polls ? now : sql<Date>`processes.seen_at`,
      }),
    )
    .execute();
}

/** Records that a worker stopped, and deletes rows of workers that stopped long ago. */
export async function recordStop(db: Db, id: string): Promise<void> {
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

/** The workers that sync meetings. */
export interface Workers {
  /** The number of workers that poll Temporal for tasks. */
  readonly alive: number;
  /** When a worker last polled, or null if none ever did. */
  readonly lastSeenAt: Date | null;
}

/** Counts the workers that are alive now. */
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
