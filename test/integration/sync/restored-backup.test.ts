import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { outputFor } from '../../../src/cli/output';
import { recordRestoredBackup } from '../../../src/cli/operator/restored';
import { changeSettings } from '../../../src/store/settings/settings';
import { liftRestores, recordRestore, openRestore } from '../../../src/store/engagements/restores';
import { backUp, restore } from '../../support/backups';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
  await stack.connect();
  stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
});
afterEach(() => stack.close());

const TEN = Array.from({ length: 10 }, (_, index) => meeting({ meetingId: `after-${index}` }));
const written = () => ({
  meetings: stack.sandbox.crm.list('meetings').length,
  calls: stack.sandbox.crm.list('calls').length,
  notes: stack.sandbox.crm.list('notes').length,
});

/** Posts ten meetings after a backup, restores the backup, and records the restore as an operator does. */
async function restoreAfterTen(): Promise<void> {
  const { db } = stack.product;
  await stack.sync(meeting({ meetingId: 'before' }));
  await backUp(db);
  const since = new Date();
  await Promise.all(TEN.map((each) => stack.sync(each)));
  await restore(db);
  await recordRestore(db, since);
}

test('ten meetings posted after the backup are found again, and none is duplicated', async () => {
  await restoreAfterTen();
  const documents = await Promise.all(TEN.map((each) => stack.sync(each)));
  expect(documents.map(({ status }) => status)).toEqual(TEN.map(() => 'synced'));
  expect(written()).toEqual({ meetings: 11, calls: 0, notes: 11 });
  // The ledger has the found activities, so a changed meeting updates them.
  await stack.sync({ ...meeting({ meetingId: 'after-0' }), title: 'Changed' });
  expect(stack.sandbox.crm.list('meetings').map(({ properties }) => properties['hs_meeting_title'])).toContain(
    'Changed',
  );
  expect(written()).toEqual({ meetings: 11, calls: 0, notes: 11 });
});

test('what was written after the backup counts as ours once the same content is posted again', async () => {
  const { db } = stack.product;
  await stack.sync(meeting({ meetingId: 'before' }));
  await backUp(db);
  const since = new Date();
  const later = { ...meeting({ meetingId: 'before' }), title: 'Written later' };
  await stack.sync(later);
  await restore(db);
  await recordRestore(db, since);
  expect((await stack.resync('before')).warnings.map(({ path }) => path)).toEqual(['hs_note_body', 'hs_meeting_title']);
  expect((await stack.sync(later)).warnings).toEqual([]);
  expect((await stack.sync({ ...later, title: 'And later' })).warnings).toEqual([]);
  expect(stack.sandbox.crm.list('meetings')[0]?.properties['hs_meeting_title']).toBe('And later');
});

test('a summary is found in the form in which it was written, also after a change of the settings', async () => {
  await changeSettings(stack.product.db, stack.workspaceId, { summaryType: 'call' }, TEST_ACTOR);
  await restoreAfterTen();
  await changeSettings(stack.product.db, stack.workspaceId, { summaryType: 'note' }, TEST_ACTOR);
  await Promise.all(TEN.map((each) => stack.sync(each)));
  expect(written()).toEqual({ meetings: 0, calls: 11, notes: 11 });
});

test('a meeting that HubSpot does not have is created as usual', async () => {
  await restoreAfterTen();
  expect(await stack.sync(meeting({ meetingId: 'new' }))).toMatchObject({ status: 'synced' });
  expect(written()).toEqual({ meetings: 12, calls: 0, notes: 12 });
});

test('unfinished syncs are requested again, and the restore stays on record until it is lifted', async () => {
  const { db } = stack.product;
  stack.sandbox.faults.add({ match: { path: '/crm/' }, action: { kind: 'status', status: 503 } });
  await stack.post(meeting({ meetingId: 'open' }));
  await stack.until('open', 'waiting');
  expect(await recordRestore(db, new Date('2026-11-29T10:00:00Z'))).toBe(1);
  expect(await recordRestore(db, new Date('2026-11-30T00:00:00Z'))).toBe(1);
  expect((await openRestore(db))?.since).toEqual(new Date('2026-11-29T10:00:00Z'));
  expect(await liftRestores(db)).toBe(true);
  expect([await openRestore(db), await liftRestores(db)]).toEqual([null, false]);
});

test.each([
  [{}, 'restored needs --since TIME, the time of the backup, or --lift'],
  [{ since: 'yesterday' }, '--since must be a time such as 2026-11-30T14:00:00Z, not "yesterday"'],
  [{ since: '2999-01-01' }, '--since is in the future'],
])('the command rejects %j', async (given, words) => {
  await expect(recordRestoredBackup('postgres://unused', given, outputFor({}))).rejects.toThrow(words);
});
