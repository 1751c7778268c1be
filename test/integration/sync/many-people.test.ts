import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { requeue, theMeeting } from '../../../src/store/meetings/requeue';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  // One search a second: 24 people take longer than an activity attempt waits for budget slots.
  stack = await startStack({ env: { HUBSPOT_SEARCHES_PER_SECOND: '1' } });
  await stack.connect();
});
afterEach(() => {
  stack.sandbox.faults.clear();
  stack.sandbox.requests.clear();
});
afterAll(() => stack.close());

const guests = (of: string, count = 24) =>
  Array.from({ length: count }, (_, index) => ({ email: `guest@${of}${index}.example` }));
const searches = (type: 'contacts' | 'companies') => stack.sandbox.requests.list({ path: `/${type}/search` });
const kept = () => stack.product.db.selectFrom('searched_answers').selectAll().execute();

test('a meeting whose searches outlast an attempt shows its progress, repeats no search, and ends', async () => {
  await stack.post(meeting({ meetingId: 'many', participants: guests('many') }));
  const waiting = await stack.until('many', 'waiting');
  expect(waiting.reason).toMatchObject({ code: 'rate_limited' });
  expect(waiting.reason?.message).toMatch(/\d+ of 24 people are looked up/);
  const ended = await stack.until('many', 'skipped', 'synced', 'needs_attention');
  expect(ended).toMatchObject({ status: 'skipped', reason: { code: 'no_crm_match' } });
  expect(ended.unmatched).toHaveLength(24);
  const asked = searches('contacts').map(({ body }) => JSON.stringify(body));
  for (const { email } of guests('many')) expect(asked.filter((body) => body.includes(`"${email}"`))).toHaveLength(1);
});

test('a new pass does not use results of an earlier one', async () => {
  await stack.post(meeting({ meetingId: 'again', participants: guests('again', 1) }));
  await stack.until('again', 'skipped');
  const company = stack.sandbox.crm.create('companies', { name: 'Again', domain: 'again0.example' });
  const { status, links } = await stack.resync('again');
  expect({ status, links }).toMatchObject({ status: 'synced', links: [{ objectType: 'companies', id: company.id }] });
});

test('a resync of a meeting that waits for searches searches again', async () => {
  await stack.post(meeting({ meetingId: 'resynced', participants: guests('resynced') }));
  await stack.until('resynced', 'waiting');
  const before = searches('contacts').length;
  const contact = stack.sandbox.crm.create('contacts', {
    email: 'main@resynced.example',
    hs_additional_emails: 'guest@resynced0.example',
  });
  await requeue(stack.product.db, theMeeting({ workspaceId: stack.workspaceId, meetingId: 'resynced' }), 'resync');
  await stack.starter.start(stack.workspaceId, 'resynced');
  const { links } = await stack.until('resynced', 'synced');
  expect(links.map(({ id }) => id)).toEqual([contact.id]);
  expect(searches('contacts').length).toBeGreaterThanOrEqual(before + 6);
});

test('a deletion of a meeting that waits for searches deletes the results about its people', async () => {
  await stack.post(meeting({ meetingId: 'deleted', participants: guests('deleted') }));
  await stack.until('deleted', 'waiting');
  await requestDeletion(stack.product.db, stack.workspaceId, 'deleted');
  await stack.starter.start(stack.workspaceId, 'deleted');
  await stack.until('deleted', 'deleted');
  expect((await kept()).filter(({ key }) => key.includes('deleted'))).toEqual([]);
});
