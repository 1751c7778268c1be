import { expect, test } from '@jest/globals';
import { pageAbove } from '../../../src/http/pages/post-redirects';
import { inLanguage } from '../../../src/languages/language';
import { previewModel } from '../../../src/http/pages/settings/preview-models';
import { permissionsOf } from '../../../src/http/pages/settings/permissions';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES, UNUSED_SCOPES } from '../../../src/hubspot/client/oauth';
import type { PreviewedChange, PreviewedTask } from '../../../src/meeting/preview';
import { TASK_REASONS } from '../../../src/meeting/tasks/planned-steps';

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
  tasks: [],
};
const gone = { ...same, writtenAfter: false };
const unchecked = { ...same, checked: false };
const known = { choices: { pipelines: [], objectTypes: [] }, names: new Map(), timeZone: 'UTC', ofTasks: false };

test.each([
  [[], 'No meetings yet, so nothing changes.', 0],
  [[same], 'Does not change your last meeting.', 0],
  [[gone], 'Changes your last meeting.', 1],
  [[same, same], 'Changes none of your last 2 meetings.', 0],
  [[same, gone, gone], 'Changes 2 of your last 3 meetings.', 2],
  [[gone, unchecked], 'Changes 1 of your last 2 meetings.', 2],
] as const)('a preview is summed up: %#', (meetings, summary, listed) => {
  const model = previewModel({ meetings }, known);
  expect([model.summary, model.meetings.length]).toEqual([summary, listed]);
});

test('the parts of a preview agree in number in Spanish', () => {
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

const task: PreviewedTask = {
  stepId: null,
  text: 'Send the offer',
  action: 'create',
  reason: null,
  id: null,
  url: null,
  dueAt: '2026-11-05T08:00:00Z',
  ownerEmail: 'ana@northwind.example',
};

test('a preview counts tasks, and lists them if their settings change', () => {
  const later: PreviewedTask = { ...task, action: 'none', reason: TASK_REASONS.earlier };
  const meetings = [
    { ...same, tasks: [task, { ...task, action: 'keep' as const, reason: TASK_REASONS.touched }] },
    { ...same, tasks: [later, later] },
  ];
  const other = previewModel({ meetings }, known);
  expect(other).toMatchObject({ summary: 'Changes 1 of your last 2 meetings.' });
  expect(other.meetings.map(({ changes, tasks }) => [changes, tasks])).toEqual([
    [['1 task would be made.'], undefined],
  ]);
  const { summary, meetings: listed } = previewModel({ meetings }, { ...known, ofTasks: true });
  expect(summary).toBe('Changes 1 of your last 2 meetings.');
  expect(listed.map(({ changes }) => changes)).toEqual([
    ['1 task would be made.'],
    ['2 tasks would be made only if it is synced again.'],
  ]);
  expect(listed[0]?.tasks).toEqual([
    {
      text: 'Send the offer',
      url: null,
      what: 'Gets a task.',
      due: 'For ana@northwind.example, due Thu 5 Nov, 08:00.',
      reason: null,
    },
    { text: 'Send the offer', url: null, what: 'Its task stays.', due: null, reason: TASK_REASONS.touched },
  ]);
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
