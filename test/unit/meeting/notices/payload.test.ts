import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { NOTICE_DATA } from '../../../../src/meeting/notices/data';
import { NOTICE_EVENTS, OTHER_EVENTS } from '../../../../src/meeting/notices/events';
import { outgoingNotice } from '../../../../src/meeting/notices/payload';
import { reasons } from '../../../../src/meeting/reasons';

const GUIDE = readFileSync(path.resolve('docs/notices.md'), 'utf8');
const EVENTS = [...NOTICE_EVENTS, ...OTHER_EVENTS];
const payload = z.strictObject({ type: z.enum(EVENTS), timestamp: z.iso.datetime(), data: z.unknown() });

test('the examples of the guide are payloads, and it names every event', () => {
  const examples = [...GUIDE.matchAll(/```json\n(.+?)```/gs)].map(([, text = '']) => payload.parse(JSON.parse(text)));
  expect(examples.length).toBeGreaterThan(2);
  for (const { type, data } of examples) expect(NOTICE_DATA[type].parse(data)).toEqual(data);
  expect(EVENTS.filter((event) => !GUIDE.includes(`| \`${event}\``))).toEqual([]);
});

const notice = {
  id: '0d9c1e9e-6a54-4f7e-9c43-6f3ad1a3a5f1',
  event: 'meeting.skipped',
  at: new Date('2026-11-06T10:00:00Z'),
  data: { meetingId: 'a b', portalId: 7, reasonCode: 'no_crm_match' },
} as const;
const context = { publicUrl: 'https://sync.example', uiDomain: 'app.hubspot.com', texts: null };

test('a payload has the page of its meeting and no text', () => {
  expect(outgoingNotice(notice, context)).toEqual({
    id: 'msg_0d9c1e9e6a544f7e9c436f3ad1a3a5f1',
    payload: {
      type: 'meeting.skipped',
      timestamp: '2026-11-06T10:00:00.000Z',
      data: { ...notice.data, url: 'https://sync.example/meetings/a%20b' },
    },
  });
});

test.each([
  [reasons.no_crm_match({ lateMatchDays: 30 }), true],
  // It has another reason by now.
  [reasons.internal_only(), false],
  [null, false],
])('with texts it has the title, and the sentence of the reason that it names: %j', (reason, has) => {
  const { data } = outgoingNotice(notice, { ...context, texts: { title: 'Demo', reason } }).payload;
  expect(data).toMatchObject({ title: 'Demo' });
  expect('reason' in data).toBe(has);
});

test('records have their pages in HubSpot, if there is a connection', () => {
  const links = {
    ...notice,
    event: 'meeting.links_changed' as const,
    data: {
      meetingId: 'm1',
      portalId: 7,
      added: [{ objectType: 'deals', id: '3' }],
      addedCount: 1,
      removed: [{ objectType: '2-5', id: '9' }],
      removedCount: 1,
    },
  };
  expect(outgoingNotice(links, context).payload.data).toMatchObject({
    added: [{ url: 'https://app.hubspot.com/contacts/7/record/0-3/3' }],
    removed: [{ url: 'https://app.hubspot.com/contacts/7/record/2-5/9' }],
  });
  expect(outgoingNotice(links, { ...context, uiDomain: null }).payload.data).toMatchObject({ added: [{ url: null }] });
});
