import { expect, test } from '@jest/globals';
import { pageAbove } from '../../../src/http/pages/post-redirects';
import { inLanguage } from '../../../src/languages/language';
import { previewModel } from '../../../src/http/pages/settings/preview-models';
import { permissionsOf } from '../../../src/http/pages/settings/permissions';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES, UNUSED_SCOPES } from '../../../src/hubspot/client/oauth';
import type { PreviewedChange } from '../../../src/meeting/preview';

const PAGES = ['/', '/settings', '/settings/members', '/meetings', '/meetings/:meetingId'];

test.each([
  ['/settings/members/:id/link', '/settings/members'],
  ['/settings/admin-links/:id/revoke', '/settings'],
  ['/meetings/:meetingId/resync', '/meetings/:meetingId'],
  ['/sign-out', '/'],
])('the page above %s is %s', (url, page) => {
  expect(pageAbove(url, PAGES)).toBe(page);
});

const same: PreviewedChange = {
  meetingId: 'm',
  title: 'A call',
  startedAt: '2026-11-03T09:00:00Z',
  checked: true,
  writtenBefore: true,
  writtenAfter: true,
  reason: null,
  coming: [],
  going: [],
  contactsToCreate: 0,
  rewritten: false,
  fields: [],
};
const gone = { ...same, writtenAfter: false };
const unchecked = { ...same, checked: false };

test.each([
  [[], 'No meetings yet, so nothing changes.', 0],
  [[same], 'Does not change your last meeting.', 0],
  [[gone], 'Changes your last meeting.', 1],
  [[same, same], 'Changes none of your last 2 meetings.', 0],
  [[same, gone, gone], 'Changes 2 of your last 3 meetings.', 2],
  [[gone, unchecked], 'Changes 1 of your last 2 meetings.', 2],
] as const)('a preview is summed up: %#', (meetings, summary, listed) => {
  const model = previewModel(
    { meetings },
    { choices: { pipelines: [], objectTypes: [] }, names: new Map(), timeZone: 'UTC' },
  );
  expect([model.summary, model.meetings.length]).toEqual([summary, listed]);
});

test('the parts of a preview agree in number in Spanish', () => {
  const known = { choices: { pipelines: [], objectTypes: [] }, names: new Map(), timeZone: 'UTC' };
  const coming = [{ objectType: 'deals', id: '1', via: 'cascade', from: null } as const];
  const models = inLanguage('es', () => [
    previewModel({ meetings: [same, same] }, known),
    previewModel({ meetings: [same, { ...same, coming, contactsToCreate: 1 }] }, known),
    previewModel({ meetings: [same, gone, gone] }, known),
  ]);
  expect(models.map(({ summary }) => summary)).toEqual([
    'No cambia ninguna de las últimas 2 reuniones.',
    'Cambia 1 de las últimas 2 reuniones.',
    'Cambian 2 de las últimas 3 reuniones.',
  ]);
  expect(models[1]?.meetings[0]?.changes).toEqual(['Vínculos nuevos: 1 negocio.', 'Se crearía 1 contacto.']);
});

const scopes = { grantedScopes: [], missingScopes: [], unusedScopes: [] };

test('every permission of the app says what it is for', () => {
  const grantedScopes = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES];
  for (const { scope, why, costs } of permissionsOf({ ...scopes, grantedScopes, unusedScopes: [...UNUSED_SCOPES] })) {
    expect([scope, why]).toEqual([scope, expect.not.stringContaining('in addition')]);
    expect(costs).toBeNull();
  }
});

test('missing permissions come first; one that nothing needs yet is left out', () => {
  const missingScopes = [
    { scope: 'crm.schemas.custom.write', costs: 'Nothing yet.' },
    { scope: 'crm.objects.custom.read', costs: 'Meetings are not linked to custom objects.' },
  ];
  const shown = permissionsOf({ ...scopes, grantedScopes: ['oauth'], missingScopes });
  expect(shown.map(({ scope, granted }) => [scope, granted])).toEqual([
    ['crm.objects.custom.read', false],
    ['oauth', true],
  ]);
});
