import { sql, type Transaction } from 'kysely';
import type { AfterFailure, AttemptResult } from '../../meeting/notices/attempts';
import type { AnyNoticeEvent } from '../../meeting/notices/events';
import type { Db, DbPool } from '../database';
import type { Database } from '../schema';
import { NOT_FAILING, switchOff } from './outlets';

/** An outlet that Temporal was asked to deliver to is asked again after this time, in case its run was lost. */
const ASKED_AGAIN_SECONDS = 30;

/** Something may be sent to the outlet now. */
const MAY_SEND = sql<boolean>`state = 'on' and (paused_until is null or paused_until <= clock_timestamp())`;

/**
 * Claims outlets with deliveries that are due, so that each is handed to Temporal once.
 *
 * @returns at most `limit` outlets
 */
export async function claimDueOutlets(db: Db, limit: number): Promise<{ outletId: string; workspaceId: string }[]> {
  const { rows } = await sql<{ id: string; workspace_id: string }>`
    update outlets set asked_at = clock_timestamp()
    where id in (
      select id from outlets
      where ${MAY_SEND} and (asked_at is null or asked_at < clock_timestamp() - make_interval(secs => ${ASKED_AGAIN_SECONDS}))
        and exists (
          select from notice_deliveries as delivery
          where delivery.outlet_id = outlets.id and delivery.state = 'waiting' and delivery.due_at <= clock_timestamp()
        )
      order by asked_at nulls first
      limit ${limit}
      for no key update skip locked
    )
    returning id, workspace_id
  `.execute(db);
  return rows.map((row) => ({ outletId: row.id, workspaceId: row.workspace_id }));
}

/** Temporal did not take the outlet, so the next sweep tries again. */
export async function unclaimOutlet(db: Db, outletId: string): Promise<void> {
  await db.updateTable('outlets').set({ asked_at: null }).where('id', '=', outletId).execute();
}

/** A delivery with its notice. */
export interface DueDelivery {
  readonly id: string;
  readonly attempts: number;
  readonly notice: StoredNotice;
}

/** A notice as it is stored. */
export interface StoredNotice {
  readonly id: string;
  readonly event: AnyNoticeEvent;
  readonly at: Date;
  readonly data: unknown;
}

/** The outlet's deliveries that are due, in the order in which things happened. None while it sends nothing. */
export async function dueDeliveries(db: Db, outletId: string, limit: number): Promise<DueDelivery[]> {
  const rows = await db
    .selectFrom('notice_deliveries as delivery')
    .innerJoin('notices', 'notices.position', 'delivery.notice')
    .innerJoin(
      (from) => from.selectFrom('outlets').select('id').where('id', '=', outletId).where(MAY_SEND).as('outlet'),
      (join) => join.onRef('outlet.id', '=', 'delivery.outlet_id'),
    )
    .select(['delivery.id', 'delivery.attempts', 'notices.id as notice_id', 'event', 'at', 'data'])
    .where('delivery.state', '=', 'waiting')
    .where('delivery.due_at', '<=', sql<Date>`clock_timestamp()`)
    .orderBy('delivery.notice')
    .limit(limit)
    .execute();
  return rows.map(({ id, attempts, notice_id, event, at, data }) => ({
    id,
    attempts,
    notice: { id: notice_id, event, at, data },
  }));
}

/**
 * Ends a run of deliveries: the outlet can be handed to Temporal again.
 *
 * @returns in how many milliseconds the next delivery is due, 0 for now; null when none waits
 */
export async function endOfRun(db: Db, outletId: string): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    update outlets set asked_at = null where id = ${outletId}
    returning case when state = 'on' then (
      select extract(epoch from greatest(min(due_at), paused_until, clock_timestamp()) - clock_timestamp())::float8 * 1000
      from notice_deliveries where outlet_id = ${outletId} and state = 'waiting' having count(*) > 0
    ) end as ms
  `.execute(db);
  return rows[0]?.ms ?? null;
}

/** An outage of at least this length has ended when an attempt works: what failed during it is tried now. */
const OUTAGE_SECONDS = 60;

/**
 * Records that a receiver took deliveries. If it was away before, all that waits for a later attempt is due now.
 *
 * @param options - `pauseMs`: the outlet sends nothing for this long
 */
export async function recordDelivered(
  db: DbPool,
  outletId: string,
  ids: readonly string[],
  { status, answer }: Pick<AttemptResult, 'status' | 'answer'>,
  { timeScale, pauseMs = 0 }: { readonly timeScale: number; readonly pauseMs?: number },
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('notice_deliveries')
      .set({
        state: 'delivered',
        due_at: null,
        error: null,
        http_status: status,
        answer,
        attempts: sql<number>`attempts + 1`,
        tried_at: sql<Date>`clock_timestamp()`,
      })
      .where('id', 'in', ids)
      .execute();
    const failing = await transaction
      .selectFrom('outlets')
      .select(
        sql<boolean>`failing_since <= clock_timestamp() - make_interval(secs => ${OUTAGE_SECONDS * timeScale})`.as(
          'long',
        ),
      )
      .where('id', '=', outletId)
      .where((where) =>
        where.or([where('failures', '>', 0), where('paused_until', 'is not', null), where.val(pauseMs > 0)]),
      )
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (failing === undefined) return;
    const pausedUntil = sql<Date>`clock_timestamp() + make_interval(secs => ${pauseMs / 1_000})`;
    await transaction
      .updateTable('outlets')
      .set({ ...NOT_FAILING, paused_until: pauseMs > 0 ? pausedUntil : null })
      .where('id', '=', outletId)
      .execute();
    if (!failing.long) return;
    await transaction
      .updateTable('notice_deliveries')
      .set({ due_at: sql<Date>`clock_timestamp()` })
      .where('outlet_id', '=', outletId)
      .where('state', '=', 'waiting')
      .where('attempts', '>', 0)
      .execute();
  });
}

/**
 * Records that an attempt to deliver failed, and what follows.
 *
 * @param decide - what follows, from the outlet's attempts that failed in a row
 * @returns why the outlet was switched off; null if it was not
 */
export async function recordFailed(
  db: DbPool,
  outletId: string,
  deliveries: readonly Pick<DueDelivery, 'id' | 'attempts'>[],
  result: AttemptResult,
  decide: (delivery: { attempts: number; failures: number; failingMs: number }) => AfterFailure,
): Promise<AfterFailure['switchOff']> {
  return await db.transaction().execute(async (transaction) => {
    const failing = await countFailure(transaction, outletId);
    if (failing === null) return null;
    let off: AfterFailure['switchOff'] = null;
    for (const [before, alike] of Map.groupBy(deliveries, ({ attempts }) => attempts)) {
      const attempts = before + 1;
      const { retryMs, pauseMs, switchOff: why } = decide({ attempts, ...failing });
      off ??= why;
      // oxlint-disable-next-line no-await-in-loop -- one, or those of one message
      await transaction
        .updateTable('notice_deliveries')
        .set({
          state: retryMs === null ? 'failed' : 'waiting',
          due_at: retryMs === null ? null : inMs(retryMs),
          attempts,
          tried_at: sql<Date>`clock_timestamp()`,
          http_status: result.status,
          answer: result.answer,
          error: result.error,
        })
        .where(
          'id',
          'in',
          alike.map(({ id }) => id),
        )
        .where('state', '=', 'waiting')
        .execute();
      if (pauseMs !== null)
        // oxlint-disable-next-line no-await-in-loop -- as above
        await transaction
          .updateTable('outlets')
          .set({ paused_until: inMs(pauseMs) })
          .where('id', '=', outletId)
          .execute();
    }
    return off !== null && (await switchOff(transaction, outletId, off)) !== null ? off : null;
  });
}

async function countFailure(
  transaction: Transaction<Database>,
  outletId: string,
): Promise<{ failures: number; failingMs: number } | null> {
  const row = await transaction
    .updateTable('outlets')
    .set({
      failures: sql<number>`failures + 1`,
      failing_since: sql<Date>`coalesce(failing_since, clock_timestamp())`,
    })
    .where('id', '=', outletId)
    .returning([
      'failures',
      sql<number>`extract(epoch from clock_timestamp() - failing_since)::float8 * 1000`.as('failing_ms'),
    ])
    .executeTakeFirst();
  return row === undefined ? null : { failures: row.failures, failingMs: row.failing_ms };
}

function inMs(ms: number) {
  return sql<Date>`clock_timestamp() + make_interval(secs => ${ms / 1_000})`;
}

/** The outlet sends nothing for a while, for a cause that is not the receiver's. */
export async function pauseOutlet(db: Db, outletId: string, ms: number): Promise<void> {
  await db
    .updateTable('outlets')
    .set({ paused_until: inMs(ms) })
    .where('id', '=', outletId)
    .execute();
}
