import { sql } from 'kysely';
import type { Db } from '../database';

/** What a process has measured for one account since its last report. */
export interface UsageNote {
  readonly portalId: number;
  /** Requests sent, by day (`2026-11-23`) of the account's time zone. */
  readonly calls: ReadonlyMap<string, number>;
  readonly answeredAt: Date | null;
  readonly triedAt: Date;
  /** The time of the first failure since the last response, or null. `failures` counts them. */
  readonly silentSince: Date | null;
  readonly failures: number;
}

/** How HubSpot responds for one account. */
export interface HubSpotUsage {
  /** Requests sent today, by the account's time zone. */
  readonly callsToday: number;
  /** The number of consecutive requests without a response. */
  readonly failures: number;
  readonly silentSince: Date | null;
  readonly triedAt: Date | null;
  /** The HubSpot limit that blocks requests now, and its end; null when none does. */
  readonly closed: { readonly until: Date; readonly limit: string } | null;
  /** Milliseconds between two requests; null until HubSpot's headers have stated its limit. */
  readonly spacingMs: number | null;
}

/** Daily counts are kept for this long. */
const KEPT_DAYS = 40;

/** Adds the report of a process. Several processes report one account, and a response to any of them ends an outage. */
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
 * How HubSpot responds for an account, from the reports of all processes, which are a few seconds old.
 *
 * @param timeZone - the account's time zone, which defines today. Unknown zones count as UTC
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

/** The day (`2026-11-23`) of a time in a time zone, or in UTC when the zone is unknown. */
export function dayIn(timeZone: string, at: Date): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone }).format(at);
  } catch {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone: 'UTC' }).format(at);
  }
}
