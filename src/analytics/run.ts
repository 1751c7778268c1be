import { sql } from 'kysely';
import { DateTime, IANAZone } from 'luxon';
import { t } from '../languages/text';
import { dayIn } from '../meeting/calendar-day';
import { isDataException } from '../store/failures';
import type { DbPool } from '../store/database';
import { analysed } from './analysed';
import {
  rounded,
  type AnalyticsFilters,
  type ChartSpec,
  type Computed,
  type NumberOf,
  type Report,
  type ReportOptions,
  type Scope,
} from './report';

/** A report with its heading, in the language of the request. Page, CSV and API show this. */
export interface ReportDocument extends Computed {
  readonly report: string;
  readonly title: string;
  readonly description: string;
  /** The given filters, and the values of all options of the report. */
  readonly filters: AnalyticsFilters & Partial<ReportOptions>;
  readonly chart: ChartSpec | null;
  /** The time zone of its days. */
  readonly timeZone: string;
}

/** Filters and options of a report. */
export interface ReportQuery {
  readonly filters: AnalyticsFilters;
  /** Absent options default to {@link DEFAULT_OPTIONS}. Options that the report does not have are ignored. */
  readonly options: Partial<ReportOptions>;
}

export const DEFAULT_OPTIONS: ReportOptions = { interval: 'week', by: 'outcome', days: 30, due: 'all', limit: 100 };

/**
 * Computes a report on one snapshot of the database.
 *
 * The content of meetings is read from `meeting_facts`, together with each meeting's deals and people. A trigger
 * updates that table in the transaction that changes a body. Bodies are written in three places (post, erasure of a
 * person, deletion), and a trigger covers them all, as well as manual repairs. Generated columns could store the score,
 * but not the lists that a report unnests 50,000 times. HubSpot's records are read directly from the mirror, because
 * they change independently of meetings.
 */
export async function runReport(
  db: DbPool,
  workspaceId: string,
  report: Report,
  query: ReportQuery,
  now: Date = new Date(),
): Promise<ReportDocument> {
  return await inScope(db, workspaceId, query, now, async (scope) => {
    const { notes, ...computed } = await report.compute(scope);
    const options = Object.fromEntries(report.options.map((option) => [option, scope.options[option]]));
    return {
      report: report.name,
      title: t(report.title),
      description: t(report.description),
      filters: { ...query.filters, ...options },
      chart: report.chart,
      timeZone: scope.timeZone,
      ...computed,
      notes:
        scope.portalId === null
          ? [t('The workspace is not connected to HubSpot. Links and records do not count until it is.'), ...notes]
          : notes,
    };
  });
}

/** A meeting behind a number. */
export interface CountedMeeting {
  readonly meetingId: string;
  readonly title: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly host: string;
  /** In percent. */
  readonly score: number | null;
}

export interface CountedMeetings {
  readonly total: number;
  /** Newest first. */
  readonly meetings: readonly CountedMeeting[];
  /** The offset of the next page; null on the last page. */
  readonly nextOffset: number | null;
}

/**
 * Lists the meetings behind a number of a report. If the number counts meetings, `total` equals it.
 *
 * @returns null when the column's numbers do not derive from meetings
 */
export async function meetingsBehind(
  db: DbPool,
  workspaceId: string,
  report: Report,
  query: ReportQuery,
  { offset, limit, ...number }: NumberOf & { readonly offset: number; readonly limit: number },
  now: Date = new Date(),
): Promise<CountedMeetings | null> {
  return await inScope(db, workspaceId, query, now, async (scope) => {
    const counted = report.meetings(scope, number);
    if (counted === null) return null;
    const skipped = report.countsSkipped === true;
    const { rows } = await sql<{
      meeting_id: string | null;
      title: string;
      started_at: Date;
      host: string;
      score: number | null;
      total: number;
    }>`
      ${analysed(scope, { facts: ['host_email', 'score', 'topic_keys', 'category_keys', 'people'], skipped })},
      counted as materialized (
        select fact.meeting_id, fact.started_at, fact.host_name, fact.host_email, fact.score from meeting_facts as fact
        where fact.workspace_id = ${workspaceId} and fact.meeting_id in (${counted}) and ${skipped ? sql`true` : sql`not fact.skipped`}
      ), page as (
        select * from counted order by started_at desc, meeting_id collate "C" limit ${limit} offset ${offset}
      )
      select page.meeting_id, meetings.title, page.started_at, coalesce(host_name, host_email) as host, page.score, total
      from (select count(*) as total from counted) as all_of_them left join (
        page join meetings on meetings.workspace_id = ${workspaceId} and meetings.meeting_id = page.meeting_id
      ) on true
      order by page.started_at desc, page.meeting_id collate "C"
    `.execute(scope.db);
    const total = rows[0]?.total ?? 0;
    const meetings = rows.flatMap((row) =>
      row.meeting_id === null
        ? []
        : [
            {
              meetingId: row.meeting_id,
              title: row.title,
              startedAt: row.started_at.toISOString(),
              host: row.host,
              score: rounded(row.score),
            },
          ],
    );
    return { total, meetings, nextOffset: offset + meetings.length < total ? offset + meetings.length : null };
  });
}

/** Runs queries on one read-only snapshot, in the scope of the workspace and the account that it is connected to. */
export async function inScope<Result>(
  db: DbPool,
  workspaceId: string,
  { filters, options }: ReportQuery,
  now: Date,
  work: (scope: Scope) => Promise<Result>,
): Promise<Result> {
  const connection = await db
    .selectFrom('connections')
    .select(['portal_id', 'time_zone', 'currency'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  const timeZone = await knownTimeZone(db, connection?.time_zone);
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (transaction) => {
      // JIT: compiling these statements takes longer than running them. work_mem: a hash of 200,000 rows fits into 64
      // MB. Nested loops: PostgreSQL cannot estimate from jsonb how many deals match a filter, and a nested loop over
      // an underestimate took 11 s instead of 0.1 s. Parallelism: one extra worker saves a fifth; two, the default,
      // compete on a machine with two cores. With the default costs, PostgreSQL would read 50,000 meetings without any
      // worker.
      await sql`
        select set_config('jit', 'off', true), set_config('work_mem', '64MB', true), set_config('enable_nestloop', 'off', true),
          set_config('max_parallel_workers_per_gather', '1', true), set_config('min_parallel_table_scan_size', '1MB', true),
          set_config('parallel_setup_cost', '100', true), set_config('parallel_tuple_cost', '0.001', true)
      `.execute(transaction);
      return await work({
        db: transaction,
        workspaceId,
        portalId: connection?.portal_id ?? null,
        timeZone,
        currency: connection?.currency ?? null,
        now,
        today: DateTime.fromJSDate(now, { zone: timeZone }).toISODate() ?? '',
        begins: filters.from === undefined ? null : dayIn(timeZone, filters.from).begins,
        ends: filters.to === undefined ? null : dayIn(timeZone, filters.to).ends,
        filters,
        options: { ...DEFAULT_OPTIONS, ...options },
      });
    });
}

/** @returns the account's time zone, or UTC when Node or PostgreSQL does not know it */
async function knownTimeZone(db: DbPool, timeZone: string | undefined): Promise<string> {
  if (timeZone === undefined || !IANAZone.isValidZone(timeZone)) return 'UTC';
  try {
    await sql`select now() at time zone ${timeZone}`.execute(db);
    return timeZone;
  } catch (error) {
    if (!isDataException(error)) throw error;
    return 'UTC';
  }
}
