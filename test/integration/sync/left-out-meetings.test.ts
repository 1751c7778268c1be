import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { RecordRef } from '../../../src/meeting/linking/cascade';
import type { SettingsPatch } from '../../../src/meeting/settings';
import { chooseLink } from '../../../src/store/meetings/manual-links';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ ownNamespace: true });
  await stack.connect();
});
afterEach(() => change({ externalOnly: false, minimumMinutes: 0, excludedTitleWords: [], lateMatchDays: 30 }));
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, TEST_ACTOR);
const link = async (meetingId: string, record: RecordRef) => {
  const { workspaceId, portalId } = stack;
  await chooseLink(stack.product.db, { workspaceId, meetingId }, portalId, record, 'linked');
  return await stack.resync(meetingId);
};
const deal = () => ({ objectType: 'deals', id: stack.sandbox.crm.create('deals', { dealname: 'By hand' }).id });
const internal = (meetingId: string) =>
  meeting({ meetingId, participants: [{ email: 'ana.ruiz@northwind.example', internal: true }] });

test.each([
  ['too short', { minimumMinutes: 60 }],
  ['named by an excluded word', { excludedTitleWords: ['discovery'] }],
])('a meeting that is %s is written when a person links a record to it', async (name, patch) => {
  await change(patch);
  const meetingId = `out-${name.replaceAll(' ', '-')}`;
  expect(await stack.sync(meeting({ meetingId }))).toMatchObject({ status: 'skipped', links: [] });
  const byHand = deal();
  expect(await link(meetingId, byHand)).toMatchObject({ status: 'synced', links: [{ ...byHand, via: 'manual' }] });
  expect(stack.sandbox.crm.timeline('deals', byHand.id)).toHaveLength(2);
});

test('an internal meeting is written when a person links a record to it, but not with externalOnly', async () => {
  const [allowed, forbidden] = [deal(), deal()];
  expect(await stack.sync(internal('colleagues'))).toMatchObject({ reason: { code: 'internal_only' } });
  expect(await link('colleagues', allowed)).toMatchObject({ status: 'synced' });
  await change({ externalOnly: true });
  expect(await link('colleagues', forbidden)).toMatchObject({
    status: 'skipped',
    reason: { code: 'meeting_excluded', message: expect.stringContaining('colleagues') },
    links: [],
  });
  for (const { id } of [allowed, forbidden]) expect(stack.sandbox.crm.timeline('deals', id)).toEqual([]);
});

test('a meeting that becomes private is removed from HubSpot, and a manual link does not bring it back', async () => {
  const byHand = deal();
  await stack.sync(meeting({ meetingId: 'private' }));
  const written = await link('private', byHand);
  expect(written.status).toBe('synced');
  const taken = await stack.sync(meeting({ meetingId: 'private', private: true }));
  expect(taken).toMatchObject({ status: 'skipped', links: [], engagements: { summary: null, notes: null } });
  expect(stack.sandbox.crm.timeline('deals', byHand.id)).toEqual([]);
  expect(stack.sandbox.crm.list('meetings').map(({ id }) => id)).not.toContain(written.engagements.summary?.id);
});

test('a meeting that settings exclude later leaves the timelines, and returns as the same activities', async () => {
  const contact = stack.sandbox.crm.create('contacts', { email: 'out@later.example' });
  const posted = meeting({ meetingId: 'later', participants: [{ email: 'out@later.example' }] });
  const before = await stack.sync(posted);
  await change({ minimumMinutes: 60 });
  expect(await stack.resync('later')).toMatchObject({ status: 'skipped', links: [] });
  expect(stack.sandbox.crm.timeline('contacts', contact.id)).toEqual([]);
  await change({ minimumMinutes: 0 });
  expect(await stack.resync('later')).toMatchObject({ status: 'synced', engagements: before.engagements });
  expect(stack.sandbox.crm.timeline('contacts', contact.id)).toHaveLength(2);
});

test('a manually linked record counts as its merge target, and is unlinked when it is deleted', async () => {
  const { crm } = stack.sandbox;
  const [one, two] = [crm.create('companies', { name: 'One' }), crm.create('companies', { name: 'Two' })];
  const posted = meeting({ meetingId: 'merged', participants: [{ email: 'unknown@merged.example' }] });
  await stack.sync(posted);
  await link('merged', { objectType: 'companies', id: two.id });
  const merged = crm.merge('companies', one.id, two.id);
  expect((await stack.resync('merged')).links).toEqual([
    { objectType: 'companies', id: merged.id, via: 'manual', from: null },
  ]);
  crm.archive('companies', merged.id);
  expect(await stack.resync('merged')).toMatchObject({ status: 'skipped', links: [] });
});

test("with lateMatchDays 0, a late match is linked only after a person's resync", async () => {
  await change({ lateMatchDays: 0 });
  const { crm } = stack.sandbox;
  const posted = meeting({ meetingId: 'late', participants: [{ email: 'late@zero.example' }] });
  const skipped = await stack.sync(posted);
  expect(skipped).toMatchObject({ status: 'skipped', reason: { code: 'no_crm_match' } });
  expect(skipped.reason?.action).not.toContain('0 days');
  const contact = crm.create('contacts', { email: 'late@zero.example' });
  await stack.apply({ subscriptionType: 'contact.creation', objectId: Number(contact.id) });
  // A pass without a person's request, as a reconciliation starts it.
  await stack.product.db
    .updateTable('meetings')
    .set({ sync_requested_at: new Date() })
    .where('meeting_id', '=', 'late')
    .execute();
  await stack.apply();
  expect(await stack.status('late')).toMatchObject({ status: 'skipped', links: [] });
  expect(await stack.resync('late')).toMatchObject({ status: 'synced', links: [{ id: contact.id }] });
});
