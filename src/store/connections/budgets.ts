import { sql } from 'kysely';
import type { DbPool } from '../database';
import type { Budget } from './tables';

/**
 * Permission to send one request after `waitMs`, or the time after which to ask again. Both are in milliseconds. `probe`:
 * the budget was closed, and only this request may go out until its answer is known.
 */
export type Slot =
  | { readonly granted: true; readonly waitMs: number; readonly probe: boolean }
  | { readonly granted: false; readonly retryMs: number; readonly closed: string | null };

/** After a refusal, a budget continues at this fraction of its rate. */
const SLOWED_TO = 0.7;
/** The lowest rate, in requests per second. */
const LOWEST_RATE = 0.5;
/** How much the rate rises in each second, in requests per second, up to the full rate. */
const RECOVERY = 0.02;
/** How long a budget closes after a 429 on a rolling window, and how long at most after refused probes. */
const FIRST_CLOSURE_MS = 1_000;
const LONGEST_CLOSURE_MS = 10_000;
/** A probe without an answer after this time, because its process ended, is followed by another. */
const PROBE_TIME = '2 seconds';
/** HubSpot usually answers a probe this soon, so others ask again then. */
const PROBE_ANSWERED = '100 milliseconds';
/** Concurrent requests are refused together. Refusals within this time count as one. */
const REFUSED_TOGETHER = '1 second';

/** The rate now; null for a budget that was never refused. `now()` is constant within a statement. */
const currentRate = sql`(budget.slowed_rate + ${sql.lit(RECOVERY)} * extract(epoch from now() - budget.slowed_at)::float8)`;

/**
 * Reserves the next free slot of a portal's budget. It runs the generic cell rate algorithm on one row, so that all
 * workers share the budget and the database's clock. Slots are `spacingMs` apart, without bursts: HubSpot's window rolls,
 * so allowing bursts would require a lower rate.
 *
 * @param options - `spacingMs`: the spacing until {@link learnSpacing} has stored one; longer for a while after
 *   {@link slowBudget}. `maxWaitMs`: a slot further away is not reserved, so that the caller retries later instead of
 *   occupying a worker
 */
export async function reserveSlot(
  db: DbPool,
  {
    portalId,
    budget,
    spacingMs,
    maxWaitMs,
  }: { portalId: number; budget: Budget; spacingMs: number; maxWaitMs: number },
): Promise<Slot> {
  const spacing = sql`make_interval(secs => greatest(
    coalesce(budget.spacing_ms, ${spacingMs}) / 1000, 1 / ${currentRate}
  ))`;
  const isClosed = sql`coalesce(closed_until, '-infinity') > clock_timestamp()`;
  const { rows } = await sql<{ granted: boolean; wait_ms: number; closed_reason: string | null; probe: boolean }>`
    with turn as (
      insert into hubspot_budgets as budget (portal_id, budget, next_at)
      values (${portalId}, ${budget}, clock_timestamp() + make_interval(secs => ${spacingMs / 1000}))
      on conflict (portal_id, budget) do update set
        next_at = greatest(budget.next_at, clock_timestamp()) + ${spacing},
        closed_until = case when budget.closed_ms is null then null 
          else greatest(budget.next_at, clock_timestamp()) + ${sql.lit(PROBE_TIME)}::interval end,
        probing = budget.closed_ms is not null
      where coalesce(budget.closed_until, '-infinity') <= clock_timestamp()
        and budget.next_at <= clock_timestamp() + make_interval(secs => ${maxWaitMs / 1000})
      returning next_at - ${spacing} as slot_at, probing
    )
    select true as granted, (extract(epoch from slot_at - clock_timestamp()) * 1000)::float8 as wait_ms,
      null as closed_reason, probing as probe
    from turn
    union all
    select false, (extract(epoch from greatest(next_at, case when probing
        then least(closed_until, clock_timestamp() + ${sql.lit(PROBE_ANSWERED)}::interval) else closed_until end) - clock_timestamp()) * 1000)::float8,
      case when ${isClosed} then closed_reason end, false
    from hubspot_budgets
    where portal_id = ${portalId} and budget = ${budget} and not exists (select from turn)
  `.execute(db);
  const row = rows[0];
  if (row === undefined) return { granted: false, retryMs: spacingMs, closed: null };
  const ms = Math.max(0, row.wait_ms);
  return row.granted
    ? { granted: true, waitMs: ms, probe: row.probe }
    : { granted: false, retryMs: ms, closed: row.closed_reason };
}

/**
 * Stores for all workers what HubSpot's rate limit headers say about a budget: one request every `spacingMs` from now on,
 * and `used` requests of the current window, by any sender, count as sent.
 */
export async function learnSpacing(
  db: DbPool,
  { portalId, budget, spacingMs, used }: { portalId: number; budget: Budget; spacingMs: number; used: number },
): Promise<void> {
  await sql`
    insert into hubspot_budgets as budget (portal_id, budget, spacing_ms, next_at)
    values (${portalId}, ${budget}, ${spacingMs}, clock_timestamp() + make_interval(secs => ${(used * spacingMs) / 1000}))
    on conflict (portal_id, budget) do update
      set spacing_ms = excluded.spacing_ms, next_at = greatest(budget.next_at, excluded.next_at)
      where budget.spacing_ms is distinct from excluded.spacing_ms
  `.execute(db);
}

/**
 * Slows a budget down for all workers after a 429, because other apps use the account's limit too. The rate recovers over
 * time.
 *
 * @param options - `perSecond`: the budget's full rate, in requests per second
 */
export async function slowBudget(
  db: DbPool,
  { portalId, budget, perSecond }: { portalId: number; budget: Budget; perSecond: number },
): Promise<void> {
  const full = sql`${perSecond}::float8`;
  await sql`
    insert into hubspot_budgets as budget (portal_id, budget, next_at, slowed_rate, slowed_at)
    values (${portalId}, ${budget}, clock_timestamp(), ${sql.lit(SLOWED_TO)} * ${full}, now())
    on conflict (portal_id, budget) do update set
      slowed_rate = greatest(${sql.lit(LOWEST_RATE)}, ${sql.lit(SLOWED_TO)} * least(${full}, coalesce(${currentRate}, ${full}))),
      slowed_at = now()
    where budget.slowed_at is null or budget.slowed_at < now() - ${sql.lit(REFUSED_TOGETHER)}::interval
  `.execute(db);
}

/** Closes a budget for all workers after a 429. It does not shorten a longer closure. */
export async function closeBudget(
  db: DbPool,
  { portalId, budget, forMs, reason }: { portalId: number; budget: Budget; forMs: number; reason: string },
): Promise<void> {
  await sql`
    insert into hubspot_budgets as budget (portal_id, budget, next_at, closed_until, closed_reason)
    values (${portalId}, ${budget}, clock_timestamp(), clock_timestamp() + make_interval(secs => ${forMs / 1000}), ${reason})
    on conflict (portal_id, budget) do update set
      closed_reason = case when budget.closed_until > excluded.closed_until then budget.closed_reason else excluded.closed_reason end,
      closed_until = greatest(budget.closed_until, excluded.closed_until),
      closed_ms = null,
      probing = false
  `.execute(db);
}

/**
 * Closes a budget for all workers after a 429 on a rolling window, whose end HubSpot does not say. Afterwards one request
 * probes it. Each refused probe doubles the time. Requests that were sent before the closure do not.
 */
export async function closeBudgetBriefly(
  db: DbPool,
  { portalId, budget, reason }: { portalId: number; budget: Budget; reason: string },
): Promise<void> {
  const ms = sql`case when budget.probing then least(${sql.lit(LONGEST_CLOSURE_MS)}, budget.closed_ms * 2)
    else coalesce(budget.closed_ms, ${sql.lit(FIRST_CLOSURE_MS)}) end`;
  await sql`
    insert into hubspot_budgets as budget (portal_id, budget, next_at, closed_until, closed_reason, closed_ms)
    values (${portalId}, ${budget}, clock_timestamp(),
      clock_timestamp() + make_interval(secs => ${FIRST_CLOSURE_MS / 1_000}), ${reason}, ${FIRST_CLOSURE_MS})
    on conflict (portal_id, budget) do update set
      closed_reason = excluded.closed_reason,
      closed_ms = ${ms},
      closed_until = clock_timestamp() + make_interval(secs => (${ms})::float8 / 1000),
      probing = false
      where budget.closed_until is null or budget.closed_until < clock_timestamp() or budget.probing
  `.execute(db);
}

/** Opens a budget after HubSpot accepted a probe. */
export async function openBudget(db: DbPool, portalId: number, budget: Budget): Promise<void> {
  await db
    .updateTable('hubspot_budgets')
    .set({ closed_until: null, closed_reason: null, closed_ms: null, probing: false })
    .where('portal_id', '=', portalId)
    .where('budget', '=', budget)
    .where('closed_ms', 'is not', null)
    .execute();
}

/** Reopens the budgets of an account that were closed by the daily limit or a data centre migration. */
export async function reopenBudgets(db: DbPool, portalId: number): Promise<void> {
  await db
    .updateTable('hubspot_budgets')
    .set({ closed_until: null, closed_reason: null })
    .where('portal_id', '=', portalId)
    .where('closed_reason', 'in', ['day', 'migration'])
    .execute();
}
