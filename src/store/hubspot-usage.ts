import { sql } from 'kysely';
import type { Db } from './database';

/** What a process noticed of one account since it told last. */
export interface UsageNote {
  readonly portalId: number;
  /** Requests sent, by day (`2026-11-23`) of the account's time zone. */
  readonly calls: ReadonlyMap<string, number>;
  readonly answeredAt: Date | null;
  readonly triedAt: Date;
  /** Since the last answer: when the first of the failures was, and how many there are. */
  readonly silentSince: Date | null;
  readonly failures: number;
}

/** How HubSpot is doing for one account. */
export interface HubSpotUsage {
  /** Sent today, by the account's time zone. */
  readonly callsToday: number;
  /** How often in a row HubSpot has not answered; 0 once it has. */
  readonly failures: number;
  readonly silentSince: Date | null;
  readonly triedAt: Date | null;
  /** Until when HubSpot's limit keeps us from sending, and which one; null while none does. */
  readonly closed: { readonly until: Date; readonly limit: string } | null;
  /** Milliseconds between two requests, once HubSpot has told its limit. */
  readonly spacingMs: number | null;
}

/** Days of which the counts are kept. */
const KEPT_DAYS = 40;

/** Adds what a process noticed. Several processes tell of one account: an answer to any ends the silence. */
export async function addUsage(db: Db, note: UsageNote): Promise<void> {
  for (const [day, calls] of note.calls) {
    // oxlint-disable-next-line no-await-in-loop -- one day, two at midnight
    await sql`
      insert into hubspot_calls as kept (portal_id, day, calls) values (${note.portalId}, ${day}::date, ${calls})
      on conflict (portal_id, day) do update set calls = kept.calls + excluded.calls
    `.execute(db);
  }
  await sql`
    delete from hubspot_calls where portal_id = ${note.portalId} and day < current_date - ${KEPT_DAYS}::int
  `.execute(db);
  const { answeredAt, silentSince, failures } = note;
  await sql`
    insert into hubspot_answers as kept (portal_id, answered_at, silent_since, failures, tried_at)
    values (${note.portalId}, ${answeredAt}, ${silentSince}, ${failures}, ${note.triedAt})
    on conflict (portal_id) do update set
      answered_at = greatest(kept.answered_at, excluded.answered_at),
      silent_since = case
        when ${answeredAt}::timestamptz is not null then excluded.silent_since
        when ${failures}::bigint > 0 then coalesce(kept.silent_since, excluded.silent_since)
        else kept.silent_since end,
      failures = case when ${answeredAt}::timestamptz is not null then excluded.failures else kept.failures + excluded.failures end,
      tried_at = greatest(kept.tried_at, excluded.tried_at)
  `.execute(db);
}

/**
 * How HubSpot is doing for an account, as all processes told within the last seconds.
 *
 * @param timeZone - the account's, which says when today began; UTC where PostgreSQL does not know it
 */
export async function hubspotUsage(db: Db, portalId: number, timeZone: string): Promise<HubSpotUsage> {
  const { rows } = await sql<{
    calls: number;
    failures: number;
    silent_since: Date | null;
    tried_at: Date | null;
    closed_until: Date | null;
    closed_reason: string | null;
    spacing_ms: number | null;
  }>`
    select
      coalesce((select calls from hubspot_calls where portal_id = ${portalId} and day = ${dayIn(timeZone, new Date())}::date), 0) as calls,
      coalesce(answers.failures, 0) as failures, answers.silent_since, answers.tried_at,
      closed.closed_until, closed.closed_reason,
      (select spacing_ms from hubspot_budgets where portal_id = ${portalId} and budget = 'requests') as spacing_ms
    from (select) as one
    left join hubspot_answers as answers on answers.portal_id = ${portalId}
    left join lateral (
      select closed_until, closed_reason from hubspot_budgets
      where portal_id = ${portalId} and closed_until > now()
      order by closed_until desc limit 1
    ) as closed on true
  `.execute(db);
  const row = rows[0];
  return {
    callsToday: row?.calls ?? 0,
    failures: row?.failures ?? 0,
    silentSince: row?.silent_since ?? null,
    triedAt: row?.tried_at ?? null,
    closed:
      row === undefined || row.closed_until === null
        ? null
        : { until: row.closed_until, limit: row.closed_reason ?? 'ten_seconds' },
    spacingMs: row?.spacing_ms ?? null,
  };
}

/** The day (`2026-11-23`) of a time in a time zone; in UTC where this machine does not know the zone. */
export function dayIn(timeZone: string, at: Date): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone }).format(at);
  } catch {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone: 'UTC' }).format(at);
  }
}
