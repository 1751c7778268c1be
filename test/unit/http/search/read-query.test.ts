import { expect, test } from '@jest/globals';
import { readQuery } from '../../../../src/http/pages/search/read-query';

const HERE = 'https://sync.northwind.example/tools';
const record = (objectType: string, id: string, activityId: string | null = null) => ({
  kind: 'record',
  portalId: 4815162,
  record: { objectType, id },
  activityId,
});
const words = (all: readonly string[], ids: { meetingId?: string; recordId?: string } = {}) => ({
  kind: 'words',
  words: all,
  meetingId: null,
  recordId: null,
  ...ids,
});

test.each([
  ['https://app.hubspot.com/contacts/4815162/record/0-1/151', record('contacts', '151')],
  ['https://app-eu1.hubspot.com/contacts/4815162/record/0-2/7?utm=1#top', record('companies', '7')],
  ['https://app-eu1.hubspot.com/contacts/4815162/record/0-3/9/view/1?engagement=5', record('deals', '9', '5')],
  ['https://app.hubspot.com/contacts/4815162/record/2-331/12', record('2-331', '12')],
  ['https://app.hubspot.com/contacts/4815162/record/0-5/12', record('0-5', '12')],
  ['https://app.hubspot.com/contacts/4815162/record/0-47/12', record('meetings', '12', '12')],
  ['https://app.hubspot.com/contacts/4815162/record/0-1/12?engagement=x', record('contacts', '12')],
  ['https://app.hubspot.com/contacts/4815162/contact/151/', record('contacts', '151')],
  ['https://app.hubspot.com/contacts/4815162/company/7', record('companies', '7')],
  ['https://app.hubspot.com/contacts/4815162/deal/9', record('deals', '9')],
  [' app.hubspot.com/contacts/4815162/record/0-1/151 ', record('contacts', '151')],
  ['http://localhost:4010/contacts/4815162/record/0-1/151', record('contacts', '151')],
  [`${HERE}/meetings/m%3A1/why-linked`, { kind: 'meeting', meetingId: 'm:1' }],
  [`${HERE}/meetings/..%2f`, { kind: 'address', url: `${HERE}/meetings/..%2f` }],
  [`${HERE}/meetings/%E0%A4%A`, { kind: 'address', url: `${HERE}/meetings/%E0%A4%A` }],
  ['https://video.example/r/1?t=20', { kind: 'address', url: 'https://video.example/r/1?t=20' }],
  ['https://app.hubspot.com/contacts/4815162', { kind: 'address', url: 'https://app.hubspot.com/contacts/4815162' }],
  ['http://', words(['http'])],
  ['Acme García', words(['acme', 'garcia'])],
  ['demo-2026.11', words(['demo', '2026', '11'], { meetingId: 'demo-2026.11' })],
  ['marc@acme.example', words(['marc', 'acme', 'example'])],
  ["'); drop table '", words(['drop', 'table'])],
  [' 144300000526 ', words(['144300000526'], { meetingId: '144300000526', recordId: '144300000526' })],
  ['+34 600', words(['34', '600'])],
  ['\0 !? ', { kind: 'nothing' }],
  ['', { kind: 'nothing' }],
])('%j', (text, query) => {
  expect(readQuery(text, HERE)).toEqual(query);
});
