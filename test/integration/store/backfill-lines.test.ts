import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { findBackfill } from '../../../src/store/jobs/backfill-documents';
import { deleteOldLines } from '../../../src/store/jobs/backfill-lines';
import { acceptBackfill, addLines, endBackfill, openBackfill } from '../../../src/store/jobs/backfills';
import { useDatabase } from '../../support/use-database';

const { db } = useDatabase();

/** A backfill with an invalid line and a meeting that is not stored any more, which ended some days ago. */
async function ended(workspaceId: string, daysAgo: number): Promise<string> {
  const backfillId = await openBackfill(db, workspaceId);
  await addLines(db, backfillId, [
    { line: 1, meetingId: 'm1', body: '{}' },
    { line: 2, meetingId: null, errors: [{ path: 'title', message: 'is missing' }] },
  ]);
  await acceptBackfill(db, backfillId);
  await db.updateTable('backfill_lines').set({ body: null }).where('backfill_id', '=', backfillId).execute();
  await endBackfill(db, { workspaceId, backfillId }, 'done');
  await db
    .updateTable('backfills')
    .set({ finished_at: sql<Date>`now() - make_interval(days => ${daysAgo})` })
    .where('id', '=', backfillId)
    .execute();
  return backfillId;
}

test('the lines of a backfill are deleted forty days after its end, and its report stays', async () => {
  const { workspaceId } = await createWorkspace(db, 'Northwind');
  const old = await ended(workspaceId, 41);
  const recent = await ended(workspaceId, 39);
  const reportOf = (backfillId: string) => findBackfill(db, { workspaceId, backfillId });
  expect(await deleteOldLines(db, 1)).toBe(1);
  expect(await deleteOldLines(db, 10)).toBe(1);
  expect(await deleteOldLines(db, 10)).toBe(0);
  const report = { state: 'done', lines: 2, meetings: 1, faultyLines: 1, counts: { deleted: 1 } };
  expect(await reportOf(old)).toMatchObject({ ...report, faults: [] });
  expect(await reportOf(recent)).toMatchObject({ ...report, faults: [{ line: 2 }] });
});
