import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { requeue, theMeeting, withReason } from '../../../src/store/meetings/requeue';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
  stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
});
afterAll(() => stack.close());

const ids = ({ engagements }: Awaited<ReturnType<Stack['status']>>) => ({
  summary: engagements.summary?.id ?? '',
  notes: engagements.notes?.id ?? '',
});

test('a reconciliation finds a deleted activity, reports it, and does not create it again', async () => {
  const { crm } = stack.sandbox;
  const before = ids(await stack.sync(meeting({ meetingId: 'r1' })));
  const untouched = await stack.sync(meeting({ meetingId: 'r2' }));
  crm.archive('notes', before.notes);
  await stack.reconcile();
  expect(await stack.status('r1')).toMatchObject({
    status: 'synced',
    reason: {
      code: 'deleted_in_hubspot',
      message: 'A person deleted the Smart Category Notes in HubSpot, so it is not created again.',
    },
    engagements: { summary: { id: before.summary }, notes: null },
  });
  expect(await stack.status('r2')).toMatchObject({ reason: null, engagements: untouched.engagements });

  // The remaining activity still follows changes and new participants.
  const zoe = crm.create('contacts', { email: 'zoe@zeta.example' });
  const changed = await stack.sync(
    meeting({
      meetingId: 'r1',
      title: 'Renamed',
      participants: [{ email: 'marc.serra@acme.example' }, { email: 'zoe@zeta.example' }],
      smartCategories: [{ name: 'New', items: [{ kind: 'note', text: 'New' }] }],
    }),
  );
  expect(changed).toMatchObject({
    status: 'synced',
    reason: { code: 'deleted_in_hubspot' },
    engagements: { notes: null },
  });
  expect(changed.links).toHaveLength(2);
  expect(crm.get('meetings', before.summary)?.properties['hs_meeting_title']).toBe('Renamed');
  expect(crm.timeline('contacts', zoe.id).map(({ id }) => id)).toEqual([before.summary]);

  crm.archive('meetings', before.summary);
  stack.sandbox.requests.clear();
  await stack.reconcile();
  expect(await stack.status('r1')).toMatchObject({
    status: 'skipped',
    reason: {
      code: 'deleted_in_hubspot',
      message: expect.stringContaining('the Meeting Summary and the Smart Category Notes'),
    },
    engagements: { summary: null, notes: null },
  });
  // One batch read per type returns all activities, including deleted ones, without an error response.
  const reads = stack.sandbox.requests
    .list({ method: 'POST' })
    .filter(({ path }) => /\/(meetings|notes)\/batch\/read$/.test(path));
  expect(reads.map(({ path }) => path.split('/').at(-3) ?? '').toSorted()).toEqual(['meetings', 'notes']);
  expect(stack.sandbox.requests.list().filter(({ status }) => (status ?? 0) >= 400)).toEqual([]);

  await requeue(stack.product.db, withReason(stack.workspaceId, 'deleted_in_hubspot'), 'retry');
  await stack.starter.start(stack.workspaceId, 'r1');
  await stack.temporal.workflow.getHandle((await stack.status('r1')).workflow.id).result();
  const recreated = await stack.status('r1');
  expect(recreated).toMatchObject({ status: 'synced', reason: null });
  expect([before.summary, before.notes]).not.toContain(ids(recreated).summary);
  expect(crm.timeline('contacts', zoe.id)).toHaveLength(2);
});

test('webhooks report the deletion and restoration of an activity', async () => {
  const { crm } = stack.sandbox;
  const before = ids(await stack.sync(meeting({ meetingId: 'w1' })));
  const event = (what: string, objectTypeId: string, id: string) => ({
    subscriptionType: `object.${what}`,
    objectTypeId,
    objectId: Number(id),
  });
  // An event only names the record; its state is read from HubSpot. This activity is not deleted.
  await stack.apply(event('deletion', '0-47', before.summary));
  expect(await stack.status('w1')).toMatchObject({ reason: null, engagements: { summary: { id: before.summary } } });

  crm.archive('meetings', before.summary);
  await stack.apply(event('deletion', '0-47', before.summary), event('deletion', '0-46', '999'));
  expect(await stack.status('w1')).toMatchObject({
    status: 'synced',
    reason: { code: 'deleted_in_hubspot', message: expect.stringContaining('the Meeting Summary in HubSpot') },
    engagements: { summary: null, notes: { id: before.notes } },
  });
  await stack.sync(meeting({ meetingId: 'w1', title: 'While it was away' }));

  crm.restore('meetings', before.summary);
  await stack.apply(event('restore', '0-47', before.summary));
  expect(await stack.status('w1')).toMatchObject({ reason: null, engagements: { summary: { id: before.summary } } });
  expect(crm.get('meetings', before.summary)?.properties['hs_meeting_title']).toBe('While it was away');
  expect(
    await stack.product.db
      .selectFrom('crm_records')
      .select('record_id')
      .where('object_type', '=', 'meetings')
      .execute(),
  ).toEqual([]);
});

test('a resync requested during a pass is not lost', async () => {
  const { crm } = stack.sandbox;
  const before = ids(await stack.sync(meeting({ meetingId: 'x1' })));
  crm.archive('notes', before.notes);
  stack.sandbox.faults.add({
    match: { method: 'POST', pattern: '/meetings/batch/update$' },
    times: 1,
    action: { kind: 'delay', ms: 1_500 },
  });
  await stack.post(meeting({ meetingId: 'x1', title: 'A pass that takes its time' }));
  await stack.until('x1', 'syncing');
  await requeue(stack.product.db, theMeeting({ workspaceId: stack.workspaceId, meetingId: 'x1' }), 'resync');
  expect((await stack.status('x1')).status).toBe('syncing');
  await stack.starter.start(stack.workspaceId, 'x1');
  await stack.temporal.workflow.getHandle((await stack.status('x1')).workflow.id).result();
  const after = await stack.status('x1');
  expect(after).toMatchObject({ status: 'synced', reason: null, engagements: { summary: { id: before.summary } } });
  expect(crm.get('notes', ids(after).notes)).toMatchObject({ archived: false });
  // The request applies once: an activity deleted afterwards is not created again.
  stack.sandbox.requests.clear();
  crm.archive('notes', ids(after).notes);
  const later = await stack.sync(meeting({ meetingId: 'x1', title: 'Once more' }));
  expect(later).toMatchObject({ reason: { code: 'deleted_in_hubspot' }, engagements: { notes: null } });
  expect(stack.sandbox.requests.list({ path: '/notes/batch/create' })).toEqual([]);
});
