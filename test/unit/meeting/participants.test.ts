import { expect, test } from '@jest/globals';
import {
  matchableParticipants,
  skipReasonWithoutRoots,
  unmatchedPeople,
} from '../../../src/meeting/people/participants';
import type { Participant } from '../../../src/meeting/intake/schema';
import { settingsSchema } from '../../../src/meeting/settings';
import { example } from './meetings';

const defaults = settingsSchema.parse({});

const people = (participants: Participant[], ownDomains: string[] = [], host = 'ana@northwind.example') =>
  matchableParticipants({ host: { email: host }, participants }, { ...defaults, ownDomains });
const externalEmails = (...given: Parameters<typeof people>) => people(...given).external.map((person) => person.email);

test('the example meeting: the host inside, two people outside, a room without address', () => {
  expect(matchableParticipants(example, defaults)).toEqual({
    external: [
      {
        email: 'marc.serra@acme.example',
        shown: 'marc.serra@acme.example',
        name: 'Marc Serra',
        phone: null,
        domain: 'acme.example',
        shared: false,
      },
      {
        email: 'laia.pons@acme.example',
        shown: 'laia.pons@acme.example',
        name: 'Laia Pons',
        phone: '+34 600 000 001',
        domain: 'acme.example',
        shared: false,
      },
    ],
    withoutAddress: [{ email: null, name: 'Meeting room 4' }],
    internal: [{ email: 'ana.ruiz@northwind.example', name: 'Ana Ruiz' }],
    noPeople: [],
  });
});

test.each([
  ['marked internal', [{ email: 'x@acme.example', internal: true }], [], undefined, []],
  ['marked external in an own domain', [{ email: 'x@acme.example', internal: false }], ['acme.example'], undefined, []],
  ['below an own domain', [{ email: 'x@eu.acme.example' }], ['Acme.example'], undefined, []],
  ['beside an own subdomain', [{ email: 'x@acme.example' }], ['eu.acme.example'], undefined, ['x@acme.example']],
  ["in the host's domain", [{ email: 'X@Northwind.example' }], [], undefined, []],
  ["beside the host's subdomain", [{ email: 'x@us.n.example' }], [], 'ana@eu.n.example', []],
  ['free mail like the host', [{ email: 'x@gmail.com' }], [], 'ana@gmail.com', ['x@gmail.com']],
  ['the host with free mail', [{ email: 'Ana@Gmail.com' }], [], 'ana@gmail.com', []],
  ['a domain that only ends alike', [{ email: 'x@notnorthwind.example' }], [], undefined, ['x@notnorthwind.example']],
  [
    'another tenant of the same registry',
    [{ email: 'x@beta.onmicrosoft.com' }],
    [],
    'ana@acme.onmicrosoft.com',
    ['x@beta.onmicrosoft.com'],
  ],
  [
    "the host's tenant by its routing domain",
    [{ email: 'x@acme.mail.onmicrosoft.com' }],
    [],
    'ana@acme.onmicrosoft.com',
    [],
  ],
  ['another company below uk.com', [{ email: 'x@beta.uk.com' }], [], 'ana@acme.uk.com', ['x@beta.uk.com']],
  ["in the host's umlaut domain", [{ email: 'x@xn--bcher-kva.example' }], [], 'ana@bücher.example', []],
  ['in an own umlaut domain', [{ email: 'x@bücher.example' }], ['xn--bcher-kva.example'], undefined, []],
  ['in an own domain with a soft hyphen', [{ email: 'x@ac\u{AD}me.example' }], ['acme.example'], undefined, []],
  ['the host with an invisible character', [{ email: 'ana@gmail.com\u{200B}' }], [], 'ana@gmail.com', []],
  ['an empty own domain', [{ email: 'x@acme.example' }], ['', ' '], undefined, ['x@acme.example']],
])('who is external: %s', (_, participants, ownDomains, host, expected) => {
  expect(externalEmails(participants, ownDomains, host)).toEqual(expected);
});

test('one address is one person, regardless of case, with the first name and phone', () => {
  expect(
    people([
      { email: 'Marc@acme.example' },
      { email: 'marc@ACME.example', name: 'Marc', phone: '1' },
      { email: 'marc@acme.example', name: 'M.', phone: '2' },
    ]).external,
  ).toEqual([
    {
      email: 'marc@acme.example',
      shown: 'marc@acme.example',
      name: 'Marc',
      phone: '1',
      domain: 'acme.example',
      shared: false,
    },
  ]);
});

test('one mailbox is one person, in every spelling of its address', () => {
  expect(
    people([
      { email: '\u{200B}Eva@münchen.example', name: 'Eva' },
      { email: 'eva@xn--mnchen-3ya.example' },
      { email: 'e\u{AD}va@MÜNCHEN.example' },
    ]).external,
  ).toEqual([
    {
      email: 'eva@xn--mnchen-3ya.example',
      shown: 'eva@münchen.example',
      name: 'Eva',
      phone: null,
      domain: 'xn--mnchen-3ya.example',
      shared: false,
    },
  ]);
});

test('internal counts if one address is given twice', () => {
  const twice = [{ email: 'x@acme.example', internal: true }, { email: 'X@acme.example' }];
  expect(externalEmails(twice)).toEqual([]);
  expect(externalEmails(twice.toReversed())).toEqual([]);
});

test.each([
  ['x@mail.acme.co.uk', 'acme.co.uk'],
  ['x@gmail.com', null],
  ['x@yahoo.co.uk', null],
  ['x@localhost', null],
])('the company domain of %s is %s', (email, domain) => {
  expect(people([{ email }]).external[0]?.domain).toBe(domain);
});

test('people without address: internal ones apart, one per name', () => {
  const { withoutAddress, internal } = people([{ name: 'Room' }, { name: 'Room' }, { name: 'Ben', internal: true }]);
  expect(withoutAddress).toEqual([{ email: null, name: 'Room' }]);
  expect(internal).toEqual([{ email: null, name: 'Ben' }]);
});

test('unmatched are external people without a match, then those without address', () => {
  const found = matchableParticipants(example, defaults);
  expect(unmatchedPeople(found, new Set(['marc.serra@acme.example']))).toEqual([
    { email: 'laia.pons@acme.example', name: 'Laia Pons' },
    { email: null, name: 'Meeting room 4' },
  ]);
});

test('a meeting without roots is internal only when no one from outside took part', () => {
  expect(skipReasonWithoutRoots(people([{ email: 'x@northwind.example' }]))).toBe('internal_only');
  expect(skipReasonWithoutRoots(people([]))).toBe('internal_only');
  expect(skipReasonWithoutRoots(people([{ email: 'x@acme.example' }]))).toBe('no_crm_match');
  expect(skipReasonWithoutRoots(people([{ name: '+34 600 000 001' }]))).toBe('no_crm_match');
});

test('rooms, bots and what is excluded are apart from people; colleagues and these alone are an internal meeting', () => {
  const given = [
    { email: 'x@northwind.example' },
    { email: 'c_18@resource.calendar.google.com', name: 'Room 4' },
    { email: 'fred@fireflies.ai' },
    { email: 'board@acme.example' },
    { name: 'Fireflies.ai Notetaker Ana' },
  ];
  const found = matchableParticipants(
    { host: { email: 'ana@northwind.example' }, participants: given },
    { ...defaults, excludedAddresses: ['board@acme.example'] },
  );
  expect(found).toMatchObject({ external: [], withoutAddress: [] });
  expect(found.noPeople).toEqual([
    { email: 'c_18@resource.calendar.google.com', name: 'Room 4', kind: 'room' },
    { email: 'fred@fireflies.ai', name: null, kind: 'notetaker' },
    { email: 'board@acme.example', name: null, kind: 'excluded' },
    { email: null, name: 'Fireflies.ai Notetaker Ana', kind: 'notetaker' },
  ]);
  expect(skipReasonWithoutRoots(found)).toBe('internal_only');
});

test('a colleague stays internal, regardless of the name of the mailbox', () => {
  expect(people([{ email: 'no-reply@northwind.example' }])).toMatchObject({
    internal: [{ email: 'no-reply@northwind.example' }],
    noPeople: [],
  });
});

test('a shared mailbox leads to no company', () => {
  expect(people([{ email: 'info@acme.example' }]).external).toMatchObject([
    { email: 'info@acme.example', domain: null, shared: true },
  ]);
});

test('free mail in the settings leads to no company, and its people are not colleagues', () => {
  const settings = { ...defaults, freeMailDomains: ['village-net.example'] };
  const participants = [{ email: 'x@village-net.example' }];
  expect(matchableParticipants({ host: { email: 'ana@village-net.example' }, participants }, settings)).toMatchObject({
    external: [{ email: 'x@village-net.example', domain: null }],
    internal: [],
  });
});
