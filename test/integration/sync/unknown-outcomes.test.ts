import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Fault } from '../../../sandbox/http/faults';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
let contactId: string;
beforeAll(async () => {
  stack = await startStack({});
  await stack.connect();
  contactId = stack.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' }).id;
});
beforeEach(() => stack.sandbox.faults.clear());
afterAll(() => stack.close());

const creates = { method: 'POST', pattern: '/(meetings|notes)/batch/create$' };
const faults: Record<string, Fault> = {
  'applied, then the connection is cut': { match: creates, times: 2, action: { kind: 'apply-then-cut' } },
  'applied, then 500': { match: creates, times: 2, action: { kind: 'apply-then-500' } },
  'applied, half an answer': { match: creates, times: 2, action: { kind: 'cut-json' } },
  'cut before it is applied': { match: creates, times: 2, action: { kind: 'cut' } },
  'an empty success': { match: creates, times: 2, action: { kind: 'empty-200' } },
  'HTML from the edge': { match: creates, times: 2, action: { kind: 'html-502' } },
  'a lock': { match: creates, times: 2, action: { kind: 'locked-423' } },
  'an expired token': { match: creates, times: 1, action: { kind: 'expired-401' } },
};

test.each(Object.entries(faults))(
  '%s: exactly one of each activity exists, with its associations',
  async (name, fault) => {
    const meetingId = `u-${name.replaceAll(/\W+/g, '-')}`;
    stack.sandbox.faults.add(fault);
    const document = await stack.sync(meeting({ meetingId }));
    expect(document.status).toBe('synced');
    const url = `https://app.northwind.example/meetings/${meetingId}?a=1&b=2`;
    const mine = stack.sandbox.crm
      .timeline('contacts', contactId)
      .filter(({ properties }) =>
        `${properties['hs_meeting_external_url']}${properties['hs_note_body']}`.includes(`/${meetingId}?`),
      );
    expect(mine.map((entry) => entry.objectType).toSorted()).toEqual(['meetings', 'notes']);
    expect(mine.map((entry) => entry.id).toSorted()).toEqual(
      [document.engagements.summary?.id ?? '', document.engagements.notes?.id ?? ''].toSorted(),
    );
    for (const objectType of ['meetings', 'notes']) {
      const all = stack.sandbox.crm
        .list(objectType)
        .filter(({ properties }) => JSON.stringify(properties).includes(`/${meetingId}?`));
      expect([url, objectType, all.length]).toEqual([url, objectType, 1]);
    }
  },
);

test('after a lost response to a batch, each meeting finds its own activity', async () => {
  stack.sandbox.faults.add({ match: creates, times: 4, action: { kind: 'apply-then-cut' } });
  const ids = Array.from({ length: 8 }, (_, index) => `batch-${index}`);
  const documents = await Promise.all(ids.map((meetingId) => stack.sync(meeting({ meetingId }))));
  expect(documents.map((document) => document.status)).toEqual(ids.map(() => 'synced'));
  expect(new Set(documents.map((document) => document.engagements.summary?.id)).size).toBe(ids.length);
  const ours = stack.sandbox.crm
    .list('meetings')
    .filter(({ properties }) => properties['hs_meeting_external_url']?.includes('/batch-'));
  expect(ours).toHaveLength(ids.length);
});

test('a permanent refusal needs attention with HubSpot’s message, and a resync resolves it', async () => {
  stack.sandbox.faults.add({
    match: { method: 'POST', pattern: '/meetings/batch/create$' },
    action: {
      kind: 'status',
      status: 400,
      body: { status: 'error', message: 'Rule "outcome" is violated', category: 'VALIDATION_ERROR' },
    },
  });
  const refused = await stack.sync(meeting({ meetingId: 'refused' }));
  expect(refused).toMatchObject({
    status: 'needs_attention',
    reason: { code: 'hubspot_rejected', message: expect.stringContaining('Rule "outcome" is violated') },
  });
  stack.sandbox.faults.clear();
  expect(await stack.resync('refused')).toMatchObject({ status: 'synced' });
});
