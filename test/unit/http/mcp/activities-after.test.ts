import { expect, test } from '@jest/globals';
import { activitiesAfter } from '../../../../src/http/mcp/tools/dry-run';
import { reasons } from '../../../../src/meeting/reasons';

const there = { objectType: 'meetings', id: '1', url: 'https://app.hubspot.com' };
const text = { objectType: 'meetings', title: null, body: '' };
const unmatched = reasons.no_crm_match({ lateMatchDays: 30 });

test.each([
  ['a meeting that is written', null, there, false, 'rewritten'],
  ['a meeting that is written', null, null, false, 'created'],
  ['a meeting whose last record was unlinked', reasons.unlinked_by_hand(), there, false, 'removed'],
  ['a meeting whose last record was unlinked', reasons.unlinked_by_hand(), null, false, 'none'],
  ['a meeting whose people HubSpot no longer knows', unmatched, there, false, 'unlinked'],
  ['a meeting from which a person was erased', unmatched, there, true, 'removed'],
] as const)('An activity of %s', (_what, reason, present, isErased, effect) => {
  const preview = { written: reason === null, reason, activities: { summary: text, notes: text } };
  const engagements = { summary: present, notes: present };
  expect(activitiesAfter(preview, { engagements, isErased })).toEqual({ summary: effect, notes: effect });
});

test.each([
  [there, 'removed'],
  [null, 'none'],
] as const)('Without notes to write, the notes of %j are %s', (present, effect) => {
  const preview = { written: true, reason: null, activities: { summary: text, notes: null } };
  const found = activitiesAfter(preview, { engagements: { summary: there, notes: present }, isErased: false });
  expect(found).toEqual({ summary: 'rewritten', notes: effect });
});
