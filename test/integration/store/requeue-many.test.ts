import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createWorkspace } from '../../../src/store/access/workspaces';
import type { DbPool } from '../../../src/store/database';
import { beginReconciliation, meetingsUnderWay } from '../../../src/store/jobs/reconciliations';
import { requeue } from '../../../src/store/meetings/requeue';
import { countWork } from '../../../src/store/jobs/work-counts';
import { continueRequeues, requestedSoFar, requeueMany } from '../../../src/store/meetings/requeue-many';
import { meeting } from '../../support/meetings';
import { useDatabaseForEach } from '../../support/use-database';
import { TEST_ACTOR } from '../../support/actors';

/** Two full pages and a part of one. */
const MEETINGS = 4_500;
const PAGE = 2_000;

let db: DbPool;
let workspaceId: string;
useDatabaseForEach(async (opened) => {
  db = opened;
  ({ workspaceId } = await createWorkspace(db, 'Northwind'));
});

/** Stores meetings without a match, and one with. */
async function stored(count: number): Promise<void> {
  const body = JSON.stringify(meeting({ meetingId: 'stored', participants: [] }));
  const reason = JSON.stringify({ code: 'no_crm_match', message: 'm', action: 'a' });
  await sql`
    insert into meetings (workspace_id, meeting_id, body, body_hash, title, started_at, status, reason)
    select ${workspaceId}, 'm' || index, ${body}::jsonb, index::text, 'Title', now(), 'skipped', ${reason}::jsonb
    from generate_series(1, ${count}::int) as index
  `.execute(db);
  await sql`
    insert into meetings (workspace_id, meeting_id, body, body_hash, title, started_at, status)
    values (${workspaceId}, 'm1000000', ${body}::jsonb, '', 'Title', now(), 'synced')
  `.execute(db);
}

const requested = async (): Promise<{ all: number; bulk: number; status: string | null }> => {
  const { rows } = await sql<{ all: number; bulk: number; status: string | null }>`
    select count(*) as all, count(*) filter (where sync_in_bulk) as bulk, min(status) as status
    from meetings where sync_requested_at is not null
  `.execute(db);
  return rows[0] ?? { all: 0, bulk: 0, status: null };
};
const withoutMatch = { kind: 'reason', code: 'no_crm_match' } as const;

test('thousands of meetings are requested a page at a time, and each page is committed', async () => {
  await stored(MEETINGS);
  expect(await requeueMany(db, workspaceId, withoutMatch, 'retry')).toBe(MEETINGS);
  expect(await requested()).toEqual({ all: PAGE, bulk: PAGE, status: 'accepted' });

  expect(await requestedSoFar(db, workspaceId)).toBe(PAGE);
  expect((await countWork(db)).requeues).toMatchObject({ running: 1, meetings: PAGE });

  expect(await continueRequeues(db)).toMatchObject({ workspaceId, requested: 2 * PAGE, done: false });
  expect((await requested()).all).toBe(2 * PAGE);
  expect(await continueRequeues(db)).toMatchObject({ requested: MEETINGS, done: true });
  expect(await requested()).toEqual({ all: MEETINGS, bulk: MEETINGS, status: 'accepted' });
  expect(await continueRequeues(db)).toBeNull();
  expect(await requestedSoFar(db, workspaceId)).toBeNull();
});

test('two servers process one request together, and one that dies in a page loses nothing', async () => {
  await stored(MEETINGS);
  await requeueMany(db, workspaceId, withoutMatch, 'retry');
  await db
    .transaction()
    .execute(async (dying) => {
      await sql`select from requeues for update`.execute(dying);
      expect(await continueRequeues(db)).toBeNull();
      throw new Error('the server dies');
    })
    .catch(() => undefined);
  expect([await continueRequeues(db), await continueRequeues(db)].map((page) => page?.done)).toEqual([false, true]);
  expect((await requested()).all).toBe(MEETINGS);
});

test('a request that is part of a change is dropped with it', async () => {
  await stored(MEETINGS);
  const change = db.transaction().execute(async (transaction) => {
    await requeueMany(transaction, workspaceId, withoutMatch, 'retry');
    throw new Error('not connected');
  });
  await expect(change).rejects.toThrow('not connected');
  expect((await requested()).all).toBe(0);
  expect(await continueRequeues(db)).toBeNull();
});

test('few meetings are requested at once, each by its own workflow', async () => {
  await stored(10);
  expect(await requeueMany(db, workspaceId, withoutMatch, 'retry')).toBe(10);
  expect(await requested()).toMatchObject({ all: 10, bulk: 0 });
});

test('a step requests all pages itself', async () => {
  await stored(MEETINGS);
  expect(await requeue(db, sql<boolean>`workspace_id = ${workspaceId}`, 'hubspot_changed')).toBe(MEETINGS + 1);
  expect(await requested()).toMatchObject({ all: MEETINGS + 1, bulk: MEETINGS + 1 });
});

test('a reconciliation is not done before it has requested all meetings', async () => {
  await stored(MEETINGS);
  await sql`update meetings set status = 'synced', reason = null`.execute(db);
  const id = await beginReconciliation(db, workspaceId, TEST_ACTOR);
  await sql`update meetings set sync_requested_at = null, asked_at = now(), begun_at = clock_timestamp()`.execute(db);
  expect(await meetingsUnderWay(db, workspaceId, id)).toBe(true);
});
