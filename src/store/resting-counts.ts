import { sql } from 'kysely';
import type { Db } from './database';
import type { ConnectionState } from './schema';

/** How many meetings rest where, of all workspaces. */
export interface RestingCounts {
  /** Waiting for a person. */
  readonly parked: readonly { readonly reason: string; readonly count: number }[];
  /** Going on by themselves later. */
  readonly waiting: readonly { readonly reason: string; readonly count: number }[];
  /** Syncs that were asked for and that Temporal has not taken yet. */
  readonly unstarted: number;
  readonly connections: readonly { readonly state: ConnectionState; readonly count: number }[];
}

/** Counts what rests, for metrics. Joined by workspace so that the index by status serves it, whatever the table's size. */
export async function countResting(db: Db): Promise<RestingCounts> {
  const [meetings, unstarted, connections] = await Promise.all([
    db
      .selectFrom('workspaces')
      .innerJoin('meetings', 'meetings.workspace_id', 'workspaces.id')
      .where('meetings.status', 'in', ['needs_attention', 'waiting'])
      .select([
        'meetings.status',
        sql<string>`coalesce(meetings.reason ->> 'code', '')`.as('reason'),
        sql<number>`count(*)`.as('count'),
      ])
      .groupBy(['meetings.status', 'reason'])
      .execute(),
    db
      .selectFrom('meetings')
      .where('sync_requested_at', 'is not', null)
      .select(sql<number>`count(*)`.as('count'))
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('connections')
      .select(['state', sql<number>`count(*)`.as('count')])
      .groupBy('state')
      .execute(),
  ]);
  return {
    parked: meetings.filter(({ status }) => status === 'needs_attention'),
    waiting: meetings.filter(({ status }) => status === 'waiting'),
    unstarted: unstarted.count,
    connections,
  };
}
