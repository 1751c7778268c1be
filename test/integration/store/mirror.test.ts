import { beforeEach, expect, test } from '@jest/globals';
import {
  deletedOrMergedAmong,
  saveRecords,
  trackRecords,
  timeOfReading,
  type ReadRecord,
} from '../../../src/store/mirror/mirror';
import { useDatabase } from '../../support/use-database';

const PORTAL = 7;
const { db } = useDatabase();
beforeEach(async () => {
  await db.deleteFrom('crm_records').execute();
  await trackRecords(db, PORTAL, [ref('1'), ref('2')]);
});

const ref = (id: string) => ({ objectType: 'deals', id });
const live = (id: string, dealname: string): ReadRecord => ({
  ref: ref(id),
  properties: { dealname },
  mergedInto: null,
});
const gone = (id: string): ReadRecord => ({ ref: ref(id), properties: null, mergedInto: null });
const merged = (id: string, into: string): ReadRecord => ({ ref: ref(id), properties: {}, mergedInto: into });
const names = async () =>
  (await db.selectFrom('crm_records').select(['properties']).orderBy('record_id').execute()).map(
    (row) => row.properties?.['dealname'] ?? null,
  );

test('of two concurrent reads, the one that began later wins, in any order of completion', async () => {
  const first = await timeOfReading(db);
  const second = await timeOfReading(db);
  await saveRecords(db, PORTAL, [live('1', 'new')], second);
  expect(await saveRecords(db, PORTAL, [live('1', 'old'), live('2', 'first')], first)).toEqual({
    changed: 0,
    moved: [],
  });
  expect(await names()).toEqual(['new', 'first']);
  expect(await saveRecords(db, PORTAL, [live('1', 'newest')], await timeOfReading(db))).toMatchObject({ changed: 1 });
  expect(await names()).toEqual(['newest', 'first']);
});

test('a read returns the records that were deleted, merged or restored', async () => {
  const save = async (...records: ReadRecord[]) => await saveRecords(db, PORTAL, records, await timeOfReading(db));
  // At the first read, only deleted records count as changed.
  expect(await save(live('1', 'a'), gone('2'))).toEqual({ changed: 0, moved: [ref('2')] });
  expect(await save(live('1', 'b'), gone('2'))).toEqual({ changed: 1, moved: [] });
  expect(await save(gone('1'), live('2', 'c'))).toEqual({ changed: 2, moved: [ref('1'), ref('2')] });
  expect(await save(merged('2', '9'))).toMatchObject({ moved: [ref('2')] });
  expect(await deletedOrMergedAmong(db, PORTAL, [ref('1'), ref('2'), ref('3')])).toEqual([
    { ...ref('1'), merged: false },
    { ...ref('2'), merged: true },
  ]);
  await save(live('1', 'd'));
  expect(await deletedOrMergedAmong(db, PORTAL, [ref('1'), ref('2')])).toEqual([{ ...ref('2'), merged: true }]);
  expect(await deletedOrMergedAmong(db, 8, [ref('1'), ref('2')])).toEqual([]);
});
