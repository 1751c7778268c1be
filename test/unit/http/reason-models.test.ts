import { expect, test } from '@jest/globals';
import { reasonBox, remediesForAll } from '../../../src/http/pages/meeting/reason-models';
import { inLanguage } from '../../../src/languages/language';
import { reasons } from '../../../src/meeting/reasons';

const maya = { name: 'Maya Lind', email: 'maya@lind.example' };
const leo = { name: 'Leo Lind', email: 'leo@lind.example' };
const phone = { name: null, email: null };
const noMatch = reasons.no_crm_match({ lateMatchDays: 30 });

const PAGE = { timeZone: 'UTC', canCreate: false, connect: null };

test.each([
  [[maya], 'Maya Lind is not in HubSpot.', 'Create the contact and this meeting appears on their timeline.'],
  [
    [maya, leo],
    'Maya Lind and Leo Lind are not in HubSpot.',
    'Create the contacts and this meeting appears on their timelines.',
  ],
  [[{ ...maya, name: null }], 'maya@lind.example is not in HubSpot.', expect.any(String)],
  [[maya, leo, maya, leo, leo], 'Maya Lind, Leo Lind, Maya Lind, and 2 more are not in HubSpot.', expect.any(String)],
  [[phone], 'A participant is not in HubSpot.', expect.any(String)],
  [[], noMatch.message, noMatch.action],
])('the page names the people who are not in HubSpot: %j', (unmatched, message, action) => {
  expect(reasonBox(noMatch, unmatched, PAGE)).toMatchObject({ message, action });
});

test('the names are listed in the language of the request', () => {
  const box = (unmatched: (typeof maya)[]) => inLanguage('es', () => reasonBox(noMatch, unmatched, PAGE).message);
  expect([box([maya]), box([maya, leo, maya, leo])]).toEqual([
    'Maya Lind no está en HubSpot.',
    'Maya Lind, Leo Lind, Maya Lind y 1 más no están en HubSpot.',
  ]);
});

test('other reasons keep their sentences, with their remedies and safe links to the properties', () => {
  const properties = [
    { name: 'region', rule: 'is required', settings: 'https://app.hubspot.com/property-settings/7' },
    { name: 'bad', rule: 'is required', settings: 'javascript:alert(1)' },
  ];
  const rejected = reasons.hubspot_rejected({ rule: 'rule', properties });
  const refusal = { raw: '{}', correlationId: null, properties, objectType: 'meetings' };
  expect(reasonBox({ ...rejected, refusal }, [maya], PAGE)).toEqual({
    message: rejected.message,
    action: rejected.action,
    remedies: [{ kind: 'sync-again', text: 'Sync again' }],
    refusal: { raw: '{}', correlationId: null, properties: [{ name: 'region', settings: properties[0]?.settings }] },
  });
  expect(reasonBox(reasons.reauthorize(), [], PAGE).remedies).toEqual([
    { kind: 'connect', text: 'Reconnect HubSpot', path: '/settings/integrations' },
  ]);
  expect(reasonBox(reasons.daily_limit({ until: null }), [], PAGE).remedies).toEqual([]);
});

test('a contact that can be created is offered instead of a sync, which would find nothing new', () => {
  expect(reasonBox(noMatch, [maya], PAGE).remedies).toEqual([{ kind: 'sync-again', text: 'Sync again' }]);
  expect(reasonBox(noMatch, [maya], { ...PAGE, canCreate: true }).remedies).toEqual([
    { kind: 'create', text: 'Create contacts' },
  ]);
});

test.each([
  [reasons.internal_only(), '/settings/meetings'],
  [reasons.contact_limit(), '/settings/linking'],
  [reasons.not_connected(), '/settings/integrations'],
])('$0.code leads to %s', (reason, path) => {
  expect(reasonBox(reason, [], PAGE).remedies[0]).toMatchObject({ path });
});

test.each([
  ['missing_scope', ['connect']],
  ['contact_limit', ['settings']],
  ['reauthorize', ['connect']],
  ['hubspot_rejected', ['sync-again']],
  ['cancelled', ['sync-again']],
  ['internal_only', ['settings']],
  ['meeting_excluded', ['settings']],
  ['unlinked_by_hand', []],
  ['private', []],
] as const)('all meetings with %s have the remedies %j', (code, kinds) => {
  expect(remediesForAll(code, null).map(({ kind }) => kind)).toEqual(kinds);
});

test('nothing that needs HubSpot is offered while it is disconnected', () => {
  const broken = { ...PAGE, connect: 'Reconnect HubSpot' };
  const reconnect = { kind: 'connect', text: 'Reconnect HubSpot', path: '/settings/integrations' };
  expect(reasonBox(noMatch, [maya], broken).remedies).toEqual([reconnect]);
  expect(reasonBox(reasons.reauthorize(), [], broken).remedies).toEqual([reconnect]);
  expect(reasonBox(reasons.internal_only(), [], broken).remedies.map(({ kind }) => kind)).toEqual([
    'connect',
    'settings',
  ]);
  expect(reasonBox(reasons.private(), [], broken).remedies).toEqual([]);
  expect(remediesForAll('internal_only', 'Reconnect HubSpot').map(({ kind }) => kind)).toEqual(['settings']);
});
