import { sql, type RawBuilder } from 'kysely';
import type { SyncStatus } from '../../meeting/status';
import type { Db } from '../database';
import { countWorkers } from '../processes/processes';
import type { Budget, ConnectionState } from '../connections/tables';

/** Counts and ages of the work of all workspaces. Ages are in seconds; 0 if there is no such work. */
export interface WorkCounts {
  /** Meetings that need attention. */
  readonly needsAttention: readonly { readonly reason: string; readonly count: number }[];
  /** Meetings that wait and continue automatically. */
  readonly waiting: readonly { readonly reason: string; readonly count: number }[];
  /** Unfinished meetings, and the age of the oldest. */
  readonly unfinished: readonly { readonly status: SyncStatus; readonly count: number; readonly oldest: number }[];
  /** Requested syncs that Temporal has not accepted yet. */
  readonly unstarted: { readonly count: number; readonly oldest: number };
  /** Requested syncs that wait for a bulk pass. */
  readonly dueInBulk: { readonly count: number; readonly oldest: number };
  readonly connections: readonly { readonly state: ConnectionState; readonly count: number }[];
  /** Accounts whose budget a HubSpot limit closes now. */
  readonly closed: readonly { readonly budget: Budget; readonly limit: string; readonly count: number }[];
  /** Pending webhook events of connected accounts. */
  readonly inbox: { readonly count: number; readonly oldest: number };
  /** Workers that poll Temporal for tasks. */
  readonly workers: number;
  /** `stalest`: the longest time since the last reconciliation of a connected workspace. */
  readonly reconciliations: { readonly running: number; readonly oldest: number; readonly stalest: number };
  /** Requests of many meetings whose pages are not all entered. `meetings`: those that they requested so far. */
  readonly requeues: { readonly running: number; readonly oldest: number; readonly meetings: number };
  /** `linesLeft`: an upper bound of the lines of running backfills, without paused ones, whose meetings are not started. */
  readonly backfills: { readonly running: number; readonly oldest: number; readonly linesLeft: number };
}

const ageOf = (time: string) =>
  sql.raw(`coalesce(greatest(extract(epoch from clock_timestamp() - min(${time})), 0), 0)::float8`);

/**
 * Counts the work for metrics, at every scrape. Each query reads an index, or a table with a few rows per account. They
 * run one after the other, so that they never hold more than one connection of a slow database.
 */
export async function countWork(db: Db): Promise<WorkCounts> {
  const meetings = await countByReason(db);
  return {
    needsAttention: meetings.filter(({ status }) => status === 'needs_attention'),
    waiting: meetings.filter(({ status }) => status === 'waiting'),
    unfinished: await countUnfinished(db),
    unstarted: await countRequests(db, sql`not sync_in_bulk`),
    dueInBulk: await countRequests(db, sql`sync_in_bulk`),
    connections: await countConnections(db),
    closed: await countClosed(db),
    inbox: await countInbox(db),
    workers: (await countWorkers(db)).alive,
    reconciliations: await countReconciliations(db),
    requeues: await countRequeues(db),
    backfills: await countBackfills(db),
  };
}

/** Joins by workspace, so that the query uses the index by status on tables of any size. */
async function countByReason(db: Db) {
  return await db
    .selectFrom('workspaces')
    .innerJoin('meetings', 'meetings.workspace_id', 'workspaces.id')
    .where('meetings.status', 'in', ['needs_attention', 'waiting'])
    .select([
      'meetings.status',
      sql<string>`coalesce(meetings.reason ->> 'code', '')`.as('reason'),
      sql<number>`count(*)`.as('count'),
    ])
    .groupBy(['meetings.status', 'reason'])
    .execute();
}

async function countUnfinished(db: Db): Promise<WorkCounts['unfinished']> {
  const { rows } = await sql<{ status: SyncStatus; count: number; oldest: number }>`
    select status, count(*) as count, ${ageOf('unfinished_since')} as oldest
    from meetings where unfinished_since is not null group by status
  `.execute(db);
  return rows;
}

async function countRequests(db: Db, which: RawBuilder<unknown>): Promise<WorkCounts['unstarted']> {
  return await one(
    db,
    sql`select count(*) as count, ${ageOf('sync_requested_at')} as oldest from meetings
      where sync_requested_at is not null and ${which}`,
  );
}

async function countConnections(db: Db): Promise<WorkCounts['connections']> {
  return await db
    .selectFrom('connections')
    .select(['state', sql<number>`count(*)`.as('count')])
    .groupBy('state')
    .execute();
}

async function countClosed(db: Db): Promise<WorkCounts['closed']> {
  return await db
    .selectFrom('hubspot_budgets')
    .select(['budget', sql<string>`coalesce(closed_reason, '')`.as('limit'), sql<number>`count(*)`.as('count')])
    .where('closed_until', '>', sql<Date>`clock_timestamp()`)
    .groupBy(['budget', 'limit'])
    .execute();
}

/** Ignores events of accounts that are not connected: nothing processes them. */
async function countInbox(db: Db): Promise<WorkCounts['inbox']> {
  return await one(
    db,
    sql`
      select coalesce(sum(of_account.count), 0)::float8 as count, ${ageOf('of_account.received_at')} as oldest
      from (select distinct portal_id from connections where state = 'connected') as connected
      cross join lateral (
        select
          (select count(*) from crm_events where portal_id = connected.portal_id and done_at is null) as count,
          (select received_at from crm_events where portal_id = connected.portal_id and done_at is null
            order by occurred_at, id limit 1) as received_at
      ) as of_account
    `,
  );
}

async function countReconciliations(db: Db): Promise<WorkCounts['reconciliations']> {
  return await one(
    db,
    sql`
      select count(*) filter (where newest.state = 'running') as running,
        coalesce(extract(epoch from clock_timestamp() - min(newest.started_at) filter (where newest.state = 'running')), 0)::float8 as oldest,
        ${ageOf('coalesce(done.finished_at, connections.connected_at)')} as stalest
      from connections
      left join lateral (
        select state, started_at from reconciliations
        where workspace_id = connections.workspace_id order by started_at desc limit 1
      ) as newest on true
      left join lateral (
        select finished_at from reconciliations
        where workspace_id = connections.workspace_id and state = 'done' order by started_at desc limit 1
      ) as done on true
      where connections.state = 'connected'
    `,
  );
}

async function countRequeues(db: Db): Promise<WorkCounts['requeues']> {
  return await one(
    db,
    sql`
      select count(*) as running, ${ageOf('created_at')} as oldest, coalesce(sum(requested), 0)::float8 as meetings
      from requeues
    `,
  );
}

/** Lines are processed in order, so the first and last pending line suffice: two index reads instead of a count. */
async function countBackfills(db: Db): Promise<WorkCounts['backfills']> {
  return await one(
    db,
    sql`
      select count(*) as running, ${ageOf('created_at')} as oldest, coalesce(sum(lines_left.count), 0)::float8 as "linesLeft"
      from backfills
      cross join lateral (
        select coalesce(max(line) - min(line) + 1, 0) as count from backfill_lines
        where backfill_id = backfills.id and body is not null and backfills.paused_at is null
      ) as lines_left
      where backfills.state = 'running'
    `,
  );
}

async function one<Row>(db: Db, query: ReturnType<typeof sql<Row>>): Promise<Row> {
  const { rows } = await query.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('the aggregate returned no row');
  return row;
}
