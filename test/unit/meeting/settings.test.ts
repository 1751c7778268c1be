import { expect, test } from '@jest/globals';
import { matchableParticipants } from '../../../src/meeting/people/participants';
import {
  changedSettings,
  excludedBy,
  forbiddenBy,
  settingsPatchSchema,
  settingsSchema,
} from '../../../src/meeting/settings';
import { example } from './meetings';

const settings = settingsSchema.parse({});
const colleagues = { ...example, participants: [{ email: example.host.email, internal: true }] };
const peopleOf = (meeting: typeof example) => matchableParticipants(meeting, settings);

test('only the setting excludes meetings of colleagues alone', () => {
  expect(forbiddenBy(peopleOf(example), { externalOnly: true })).toBeNull();
  expect(forbiddenBy(peopleOf(colleagues), settings)).toBeNull();
  expect(forbiddenBy(peopleOf(colleagues), { externalOnly: true })).toContain('colleagues');
  // A person without an address may be from outside.
  const room = { ...colleagues, participants: [...colleagues.participants, { name: 'Guest' }] };
  expect(forbiddenBy(peopleOf(room), { externalOnly: true })).toBeNull();
});

test.each([
  [{}, null],
  [{ minimumMinutes: 42 }, null],
  [{ minimumMinutes: 43 }, 'under 43 minutes'],
  [{ excludedTitleWords: ['holiday'] }, null],
  [{ excludedTitleWords: ['holiday', 'DISCOVERY'] }, 'DISCOVERY'],
])('%j excludes the meeting: %s', (patch, said) => {
  const setting = excludedBy(example, changedSettings(settings, patch));
  if (said === null) expect(setting).toBeNull();
  else expect(setting).toContain(said);
});

test('a change keeps settings that it does not name', () => {
  const before = changedSettings(settings, { minimumMinutes: 5, maxDeals: 3 });
  expect(changedSettings(before, { maxDeals: null, minimumMinutes: undefined })).toEqual({
    ...before,
    maxDeals: null,
  });
});

test.each([
  [true, 'unknown_company'],
  [false, 'never'],
  ['always', 'always'],
  ['never', 'never'],
])('createMissingContacts %j is %s, in a change and as it was stored', (given, value) => {
  expect(settingsPatchSchema.parse({ createMissingContacts: given })).toEqual({ createMissingContacts: value });
  expect(settingsSchema.parse({ createMissingContacts: given }).createMissingContacts).toBe(value);
});

test('excluded addresses and domains are kept in the spelling in which they are compared', () => {
  expect(
    settingsPatchSchema.parse({
      excludedAddresses: ['\u{200B}Board@München.example'],
      excludedDomains: ['https://Rooms.example/'],
      freeMailDomains: ['Village-Net.example'],
    }),
  ).toEqual({
    excludedAddresses: ['board@xn--mnchen-3ya.example'],
    excludedDomains: ['rooms.example'],
    freeMailDomains: ['village-net.example'],
  });
  for (const excludedAddresses of [['board'], ['@acme.example'], [''], 'board@acme.example'])
    expect([excludedAddresses, settingsPatchSchema.safeParse({ excludedAddresses }).success]).toEqual([
      excludedAddresses,
      false,
    ]);
});
