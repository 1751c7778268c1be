import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import {
  acceptBackfill,
  addLines,
  changeBackfill,
  handOverNext,
  openBackfill,
} from '../../../src/store/jobs/backfills';
import { closeBudget } from '../../../src/store/connections/budgets';
import type { DbPool } from '../../../src/store/database';
import { lostSync } from '../../../src/store/meetings/lost-runs';
import { requeue } from '../../../src/store/meetings/requeue';
import { acceptMeeting, clearSyncRequest, findSyncRequest, saveProgress } from '../../../src/store/meetings/meetings';
import { recordHeartbeat } from '../../../src/store/processes/processes';
import { countWork } from '../../../src/store/jobs/work-counts';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { useDatabaseForEach } from '../../support/use-database';

let db: DbPool;
let workspaceId: string;
useDatabaseForEach(async (opened) => {
  db = opened;
  ({ workspaceId } = await createWorkspace(db, 'Northwind'));
});

const accept = (meetingId: string) =>
  acceptMeeting(db, { workspaceId, meeting: processedMeetingSchema.parse(meeting({ meetingId })) });
/** Moves a meeting's timestamp into the past. */
const age = (meetingId: string, column: string, minutes: number) =>
  sql`update meetings set ${sql.ref(column)} = now() - make_interval(mins => ${minutes}) where meeting_id = ${meetingId}`.execute(
    db,
  );
async function takenByTemporal(meetingId: string): Promise<void> {
  const request = await findSyncRequest(db, { workspaceId, meetingId });
  if (request !== null) await clearSyncRequest(db, request, 'run');
}
const minutes = (seconds: number | undefined) => Math.round((seconds ?? 0) / 60);

async function connect(portalId: number, of: string, state: 'connected' | 'reauthorize'): Promise<void> {
  await sql`
    insert into connections (workspace_id, portal_id, state, ui_domain, time_zone, scopes, access_token, refresh_token,
      access_token_issued_at, access_token_expires_at, connected_at, updated_at)
    values (${of}, ${portalId}, ${state}, 'app.hubspot.com', 'UTC', '{}', '', '', now(), now(), now() - interval '30 hours', now())
  `.execute(db);
}

test('an empty database has counts and ages of 0', async () => {
  expect(await countWork(db)).toEqual({
    needsAttention: [],
    waiting: [],
    unfinished: [],
    unstarted: { count: 0, oldest: 0 },
    dueInBulk: { count: 0, oldest: 0 },
    connections: [],
    closed: [],
    inbox: { count: 0, oldest: 0 },
    workers: 0,
    reconciliations: { running: 0, oldest: 0, stalest: 0 },
    requeues: { running: 0, oldest: 0, meetings: 0 },
    backfills: { running: 0, oldest: 0, linesLeft: 0 },
  });
});

test('a sync is unfinished from its first request to its end, however often it is requested again', async () => {
  await accept('m1');
  await age('m1', 'unfinished_since', 30);
  await age('m1', 'sync_requested_at', 20);
  let counts = await countWork(db);
  expect(counts.unfinished).toMatchObject([{ status: 'accepted', count: 1 }]);
  expect([minutes(counts.unfinished[0]?.oldest), minutes(counts.unstarted.oldest)]).toEqual([30, 20]);

  // Temporal accepted the sync and lost it. It is requested again, and waits now.
  await takenByTemporal('m1');
  await requeue(db, lostSync({ workspaceId, meetingId: 'm1' }), 'run_lost');
  await saveProgress(db, { workspaceId, meetingId: 'm1' }, { status: 'syncing', reason: null });
  await saveProgress(db, { workspaceId, meetingId: 'm1' }, { status: 'waiting', reason: null });
  counts = await countWork(db);
  expect(counts.unfinished).toMatchObject([{ status: 'waiting', count: 1 }]);
  expect([minutes(counts.unfinished[0]?.oldest), minutes(counts.unstarted.oldest)]).toEqual([30, 0]);
  expect(counts.waiting).toEqual([{ status: 'waiting', reason: '', count: 1 }]);

  // Its sync finished, and the meeting was posted again: its age starts again.
  await saveProgress(db, { workspaceId, meetingId: 'm1' }, { status: 'synced', reason: null });
  expect((await countWork(db)).unfinished).toEqual([]);
  await acceptMeeting(db, {
    workspaceId,
    meeting: processedMeetingSchema.parse(meeting({ meetingId: 'm1', title: 'Changed' })),
  });
  expect(minutes((await countWork(db)).unfinished[0]?.oldest)).toBe(0);
});

test('accounts, closed budgets, inbox events and reconciliations are counted', async () => {
  const { workspaceId: other } = await createWorkspace(db, 'Contoso');
  await connect(1, workspaceId, 'connected');
  await connect(2, other, 'reauthorize');
  await closeBudget(db, { portalId: 1, budget: 'requests', forMs: 60_000, reason: 'day' });
  await closeBudget(db, { portalId: 2, budget: 'search', forMs: 0, reason: 'second' });
  await recordHeartbeat(db, { id: 'w1', polls: true });
  await recordHeartbeat(db, { id: 'w2', polls: false });
  for (const portalId of [1, 2])
    for (const [key, minutesAgo] of [
      ['a', 10],
      ['b', 5],
    ] as const)
      // oxlint-disable-next-line no-await-in-loop -- four
      await sql`
        insert into crm_events (portal_id, event_key, kind, records, occurred_at, received_at)
        values (${portalId}, ${key}, 'creation', '{0-1/1}', now() - make_interval(mins => ${minutesAgo}), now() - make_interval(mins => ${minutesAgo}))
      `.execute(db);
  const counts = await countWork(db);
  expect(counts.closed).toEqual([{ budget: 'requests', limit: 'day', count: 1 }]);
  expect(counts.workers).toBe(1);
  expect([counts.inbox.count, minutes(counts.inbox.oldest)]).toEqual([2, 10]);
  // No reconciliation ran yet, so the age counts from the connection.
  expect(minutes(counts.reconciliations.stalest)).toBe(30 * 60);

  await sql`
    insert into reconciliations (workspace_id, state, started_at, finished_at, links_before)
    values (${workspaceId}, 'done', now() - interval '5 hours', now() - interval '4 hours', '{}'),
      (${workspaceId}, 'running', now() - interval '1 hour', null, '{}')
  `.execute(db);
  const { reconciliations } = await countWork(db);
  expect(reconciliations.running).toBe(1);
  expect([minutes(reconciliations.oldest), minutes(reconciliations.stalest)]).toEqual([60, 240]);
});

test('the pending lines of a backfill count down to 0', async () => {
  const backfillId = await openBackfill(db, workspaceId);
  const body = (meetingId: string) => JSON.stringify(processedMeetingSchema.parse(meeting({ meetingId })));
  await addLines(
    db,
    backfillId,
    [1, 2, 3].map((line) => ({ line, meetingId: `m${line}`, body: body(`m${line}`) })),
  );
  await acceptBackfill(db, backfillId);
  expect((await countWork(db)).backfills).toMatchObject({ running: 1, linesLeft: 3 });
  await handOverNext(db, { workspaceId, backfillId }, 2);
  expect((await countWork(db)).backfills).toMatchObject({ running: 1, linesLeft: 1 });
  // A paused backfill is not stuck.
  await changeBackfill(db, { workspaceId, backfillId }, 'pause');
  expect((await countWork(db)).backfills).toMatchObject({ running: 1, linesLeft: 0 });
  await changeBackfill(db, { workspaceId, backfillId }, 'resume');
  await handOverNext(db, { workspaceId, backfillId }, 2);
  expect((await countWork(db)).backfills).toMatchObject({ running: 1, linesLeft: 0 });
});

test('the counts are read from indexes on tables of any size', async () => {
  await sql`
    insert into meetings (workspace_id, meeting_id, body_hash, title, started_at, status, accepted_at)
    select ${workspaceId}, 'm' || n, '', '', now(), 'synced', now() from generate_series(1, 5000) as n
  `.execute(db);
  await sql`analyze meetings`.execute(db);
  const { rows } = await sql<{ 'QUERY PLAN': string }>`
    explain select status, count(*), min(unfinished_since) from meetings where unfinished_since is not null group by status
  `.execute(db);
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('meetings_unfinished');
});
