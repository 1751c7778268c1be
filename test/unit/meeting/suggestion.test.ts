import { expect, test } from '@jest/globals';
import { postedMeetingSchema } from '../../../src/meeting/intake/schema';
import { settingsPatchSchema } from '../../../src/meeting/settings';
import { didYouMean, fieldsAt, suggestionFor } from '../../../src/meeting/intake/suggestion';
import { listErrors } from '../../../src/meeting/validation-errors';

const KNOWN = ['meetingId', 'title', 'startedAt', 'endedAt', 'recordingUrl', 'participants'];

test.each([
  ['meetingID', 'meetingId'],
  ['titel', 'title'],
  ['startAt', 'startedAt'],
  ['recordingURL', 'recordingUrl'],
  ['participant', 'participants'],
  ['colour', null],
  ['x', null],
  ['t'.repeat(10_000), null],
])('%s', (name, expected) => {
  expect(suggestionFor(name, KNOWN)).toBe(expected);
});

test('ends a sentence, or leaves it as it is', () => {
  expect(didYouMean('titel', KNOWN)).toBe('; did you mean "title"?');
  expect(didYouMean('colour', KNOWN)).toBe('');
  expect(didYouMean('colour', [])).toBe('');
});

test.each([
  [[], 'recordingUrl'],
  [['participants', 0], 'email'],
  [['summary', 'aiScore'], 'value'],
  [['smartCategories', 3, 'items', 1], 'clipUrl'],
])('knows the fields of a meeting at %j', (path, field) => {
  expect(fieldsAt(postedMeetingSchema, path)).toContain(field);
});

test('knows no fields where there are none', () => {
  expect(fieldsAt(postedMeetingSchema, ['title'])).toEqual([]);
  expect(fieldsAt(postedMeetingSchema, ['colour', 'red'])).toEqual([]);
  expect(fieldsAt(undefined, [])).toEqual([]);
});

test('a misspelt field names the one that was meant', () => {
  const settings = settingsPatchSchema.safeParse({ ownDomain: [], colour: 'red' });
  const meeting = postedMeetingSchema.safeParse({ titel: 'x', participants: [{ mail: 'a@b.example' }] });
  const errors = [
    ...listErrors(settings.error ?? { issues: [] }, settingsPatchSchema).errors,
    ...listErrors(meeting.error ?? { issues: [] }, postedMeetingSchema).errors,
  ];
  expect(errors).toEqual(
    expect.arrayContaining([
      { path: 'ownDomain', message: 'is not a known field; did you mean "ownDomains"?' },
      { path: 'colour', message: 'is not a known field' },
      { path: 'titel', message: 'is not a known field; did you mean "title"?' },
      { path: 'participants[0].mail', message: 'is not a known field; did you mean "email"?' },
    ]),
  );
});
