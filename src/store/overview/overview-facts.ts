import { sql } from 'kysely';
import type { ReasonCode, SyncReason, SyncStatus } from '../../meeting/status';
import type { DbPool } from '../database';
import { IS_UNDER_WAY } from '../meetings/requeue';

/** The meetings that a workspace received lately, by what became of them. */
export interface Outcomes {
  readonly onTimelines: number;
  /** Accepted, syncing or waiting. */
  readonly underWay: number;
  readonly needAttention: number;
  /** Skipped because no one from the meeting is in HubSpot. */
  readonly notInHubSpot: number;
  /** Skipped for another reason, such as a setting. */
  readonly skipped: number;
}

/**
 * Counts the meetings that the workspace accepted within the last `days`, and older ones that are under way or need
 * attention. Deleted ones do not count.
 */
export async function countOutcomes(db: DbPool, workspaceId: string, days: number): Promise<Outcomes> {
  const { rows } = await sql<{ status: SyncStatus; unmatched: boolean; count: number }>`
    select status, status = 'skipped' and coalesce(reason ->> 'code', '') = 'no_crm_match' as unmatched, count(*) as count
    from meetings
    where workspace_id = ${workspaceId} and (
      accepted_at > now() - make_interval(days => ${days}) or ${IS_UNDER_WAY} or status = 'needs_attention'
    )
    group by 1, 2
  `.execute(db);
  const sum = (test: (row: { readonly status: SyncStatus; readonly unmatched: boolean }) => boolean) =>
    rows.filter(test).reduce((total, { count }) => total + count, 0);
  return {
    onTimelines: sum(({ status }) => status === 'synced'),
    underWay: sum(({ status }) => status === 'accepted' || status === 'syncing' || status === 'waiting'),
    needAttention: sum(({ status }) => status === 'needs_attention'),
    notInHubSpot: sum(({ unmatched }) => unmatched),
    skipped: sum(({ status, unmatched }) => status === 'skipped' && !unmatched),
  };
}

/** The newest meetings that the median is computed from: enough to be steady, few enough to be fast. */
const MEASURED_MEETINGS = 200;

/**
 * The median time in seconds from the acceptance of a meeting to the end of its first pass that wrote it, of the newest
 * meetings. Null without any.
 *
 * @param since - only meetings posted after this time. Those that waited for a connection say nothing about speed
 */
export async function medianSeconds(db: DbPool, workspaceId: string, since: Date): Promise<number | null> {
  const { rows } = await sql<{ seconds: number | null }>`
    select percentile_cont(0.5) within group (order by extract(epoch from first_pass.ended_at - newest.posted_at))::float8 as seconds
    from (
      select meeting_id, posted_at from meetings
      where workspace_id = ${workspaceId} and status = 'synced' and not background and posted_at >= ${since}
      order by accepted_at desc, meeting_id desc limit ${MEASURED_MEETINGS}
    ) as newest
    cross join lateral (
      select min(ended_at) as ended_at from sync_attempts
      where workspace_id = ${workspaceId} and meeting_id = newest.meeting_id and outcome = 'synced' and ended_at >= newest.posted_at
    ) as first_pass
    where first_pass.ended_at is not null
  `.execute(db);
  return rows[0]?.seconds ?? null;
}

/** The meetings that waited for a connection, by what became of them. */
export interface Released {
  /** On timelines, or skipped. */
  readonly done: number;
  readonly underWay: number;
  /** Those that need attention again, for another reason. */
  readonly stopped: number;
}

/** Reasons that end when an account is connected. */
const UNTIL_CONNECTED: readonly ReasonCode[] = ['not_connected', 'reauthorize', 'missing_scope'];

/**
 * Counts the meetings that waited until a person connected an account. Meetings that had no pass before count too.
 *
 * @param connectedAt - meetings that were posted later did not wait
 */
export async function countReleased(db: DbPool, workspaceId: string, connectedAt: Date): Promise<Released> {
  const { rows } = await sql<{ done: number; underWay: number; stopped: number }>`
    with passed as (
      select distinct meeting_id from sync_attempts where workspace_id = ${workspaceId} and ended_at >= ${connectedAt}
    )
    select
      count(*) filter (where status in ('synced', 'skipped')) as done,
      count(*) filter (where ${IS_UNDER_WAY}) as "underWay",
      count(*) filter (where status = 'needs_attention') as stopped
    from meetings
    left join lateral (
      select reason ->> 'code' as code from sync_attempts
      where workspace_id = ${workspaceId} and meeting_id = meetings.meeting_id and started_at < ${connectedAt}
      order by id desc limit 1
    ) as last on true
    where workspace_id = ${workspaceId} and posted_at < ${connectedAt}
      and (${IS_UNDER_WAY} or meeting_id in (select meeting_id from passed))
      and (last.code is null or last.code = any (${UNTIL_CONNECTED}))
  `.execute(db);
  return rows[0] ?? { done: 0, underWay: 0, stopped: 0 };
}

/** Meetings that need attention for one reason, with the newest of them as an example. */
export interface Cause {
  readonly code: ReasonCode;
  readonly count: number;
  readonly newest: SyncReason;
}

/** The workspace's meetings that need attention, by reason, the most frequent first. */
export async function listCauses(db: DbPool, workspaceId: string): Promise<Cause[]> {
  const { rows } = await sql<Cause>`
    select reason ->> 'code' as code, count(*) as count, (array_agg(reason order by updated_at desc))[1] as newest
    from meetings
    where workspace_id = ${workspaceId} and status = 'needs_attention' and reason is not null
    group by reason ->> 'code'
    order by count(*) desc, 1
  `.execute(db);
  return rows;
}

/** Participants who are not in HubSpot, of meetings that were skipped for that reason. */
export interface MissingPeople {
  readonly people: readonly { readonly email: string; readonly name: string | null; readonly meetings: number }[];
  /** The number of them, also beyond those listed. */
  readonly total: number;
  /** The number of their meetings. */
  readonly meetings: number;
}

/**
 * Those of the most meetings first.
 *
 * @param limit - how many people to list
 * @param except - the id of a meeting whose people are invented
 * @param mayBecomeContact - whether an address belongs to a person; others are not listed
 */
export async function listMissingPeople(
  db: DbPool,
  workspaceId: string,
  {
    limit,
    except,
    mayBecomeContact,
  }: { readonly limit: number; readonly except: string; readonly mayBecomeContact: (email: string) => boolean },
): Promise<MissingPeople> {
  const known = await sql<{ email: string }>`
    select distinct lower(person ->> 'email') as email
    from meetings cross join jsonb_array_elements(unmatched) as person
    where workspace_id = ${workspaceId} and status = 'skipped' and reason ->> 'code' = 'no_crm_match' and person ->> 'email' is not null
  `.execute(db);
  const emails = known.rows.map(({ email }) => email).filter(mayBecomeContact);
  const { rows } = await sql<{
    email: string;
    name: string | null;
    meetings: number;
    total: number;
    all_meetings: number;
  }>`
    with missing as (
      select meeting_id, lower(person ->> 'email') as email, nullif(person ->> 'name', '') as name
      from meetings cross join jsonb_array_elements(unmatched) as person
      where workspace_id = ${workspaceId} and status = 'skipped' and reason ->> 'code' = 'no_crm_match' and person ->> 'email' is not null
        and meeting_id <> ${except} and lower(person ->> 'email') = any (${emails})
    )
    select email, max(name) as name, count(distinct meeting_id) as meetings, count(*) over () as total,
      (select count(distinct meeting_id) from missing) as all_meetings
    from missing group by email
    order by count(distinct meeting_id) desc, email collate "C" limit ${limit}
  `.execute(db);
  return {
    people: rows.map(({ email, name, meetings }) => ({ email, name, meetings })),
    total: rows[0]?.total ?? 0,
    meetings: rows[0]?.all_meetings ?? 0,
  };
}

/** How far a workspace was set up. */
export interface Setup {
  /** Whether it has any meeting, deleted or not. */
  readonly hasMeetings: boolean;
  /** Whether it has more than a few. */
  readonly isUsed: boolean;
  readonly hasImported: boolean;
  readonly hasMembers: boolean;
}

const FEW_MEETINGS = 10;

/** Reads how far the workspace was set up, without counting all of its meetings. */
export async function readSetup(db: DbPool, workspaceId: string): Promise<Setup> {
  const { rows } = await sql<{ meetings: number; imported: boolean; members: boolean }>`
    select
      (select count(*) from (select from meetings where workspace_id = ${workspaceId} limit ${FEW_MEETINGS + 1}) as few) as meetings,
      exists (select from backfills where workspace_id = ${workspaceId}) as imported,
      exists (select from members where workspace_id = ${workspaceId}) as members
  `.execute(db);
  const [row = { meetings: 0, imported: false, members: false }] = rows;
  return {
    hasMeetings: row.meetings > 0,
    isUsed: row.meetings > FEW_MEETINGS,
    hasImported: row.imported,
    hasMembers: row.members,
  };
}
