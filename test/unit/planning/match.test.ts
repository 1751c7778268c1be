import { describe, expect, test } from '@jest/globals';
import { decideMatch, decidePhoneMatch } from '../../../src/planning/match';
import { settingsSchema } from '../../../src/meeting/settings';

const UNTIL = Date.parse('2026-12-03T12:00:00Z');
const settings = { ...settingsSchema.parse({}), requestedContacts: new Set<string>() };
const person = (email: string, shared = false) => ({
  email,
  shown: email,
  name: null,
  phone: null,
  domain: email.split('@')[1] ?? null,
  shared,
});
const record = (id: string, createdate = '2026-01-01T00:00:00Z') => ({
  id,
  properties: { createdate },
  archived: false,
});
const late = (id: string) => record(id, '2027-01-01T00:00:00Z');

const marc = person('marc@acme.example');
const info = person('info@acme.example', true);
const free = person('marc@gmail.com');

describe.each(['never', 'unknown_company', 'always'] as const)('createMissingContacts %s', (createMissingContacts) => {
  const creates = createMissingContacts !== 'never';
  const createsAtCompanies = createMissingContacts === 'always';

  test.each([
    ['a contact', marc, { contact: record('1'), companies: [] }, 'participant 1', null],
    [
      'companies',
      marc,
      { contact: null, companies: [record('2'), record('3')] },
      'domain 2 3',
      createsAtCompanies ? 'would_be_created' : null,
    ],
    ['nothing', marc, { contact: null, companies: [] }, 'domain', creates ? 'would_be_created' : 'no_crm_match'],
    [
      'nothing, a free-mail address',
      free,
      { contact: null, companies: [] },
      'domain',
      creates ? 'would_be_created' : 'free_mail',
    ],
    ['nothing, a shared mailbox', info, { contact: null, companies: [] }, 'domain', 'shared_mailbox'],
    ['a contact, a shared mailbox', info, { contact: record('1'), companies: [] }, 'participant 1', null],
  ] as const)('HubSpot has %s', (_name, one, found, expected, leftOut) => {
    const until = { ms: UNTIL, unmatched: new Set<string>() };
    const match = decideMatch(one, found, { ...settings, createMissingContacts }, until);
    expect([match.via, ...match.records.map(({ id }) => id)].join(' ')).toBe(expected);
    expect(match.leftOut).toBe(leftOut);
  });

  test.each([
    ['a contact in time', { contact: record('1'), companies: [] }, 'participant 1', null],
    ['a late contact', { contact: late('1'), companies: [] }, 'domain', 'late_match'],
    ['a contact without a date', { contact: record('1', ''), companies: [] }, 'domain', 'late_match'],
    ['a company in time and a late one', { contact: null, companies: [late('2'), record('3')] }, 'domain 3', null],
    ['a late company', { contact: null, companies: [late('2')] }, 'domain', 'late_match'],
    ['nothing', { contact: null, companies: [] }, 'domain', 'no_crm_match'],
  ] as const)('a person who was unknown for too long: HubSpot has %s', (_name, found, expected, leftOut) => {
    const until = { ms: UNTIL, unmatched: new Set([marc.email]) };
    const match = decideMatch(marc, found, { ...settings, createMissingContacts }, until);
    expect([match.via, ...match.records.map(({ id }) => id)].join(' ')).toBe(expected);
    expect(match.leftOut).toBe(leftOut);
  });
});

test.each([
  ['no number', undefined, [], [], 'no_address'],
  ['no contact', '+34600112233', [], [], 'no_phone_match'],
  ['one contact', '+34600112233', [record('1')], ['1'], null],
  ['two contacts', '+34600112233', [record('1'), record('2')], [], 'several_contacts'],
])('by phone: %s', (_name, e164, found, expected, leftOut) => {
  const ana = { email: null, name: 'Ana', ...(e164 === undefined ? {} : { e164 }) };
  const match = decidePhoneMatch(ana, found);
  expect(match.records.map(({ id }) => id)).toEqual(expected);
  expect(match.leftOut).toBe(leftOut);
});
