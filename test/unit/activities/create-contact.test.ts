import { expect, test } from '@jest/globals';
import { contactNames, withoutRefused } from '../../../src/activities/create-contact';
import { HubSpotError } from '../../../src/hubspot/client/errors';

const extras = { firstname: 'Ana', message: 'Source' };
const refusal = (properties: readonly string[], { status = 400, message = 'Not valid' } = {}) =>
  new HubSpotError('POST /contacts', {
    status,
    retryAfter: null,
    body: { message, errors: properties.map((name) => ({ message, context: { propertyName: [name] } })) },
  });
const full = 'The number of associations from companies to contacts is limited to 0';

test.each([
  ['a named extra', refusal(['message']), { extras: { firstname: 'Ana' }, companies: ['1'] }],
  ['two of them', refusal(['message', 'firstname']), { extras: {}, companies: ['1'] }],
  ['nothing by name', refusal([]), { extras: {}, companies: [] }],
  ['an association', refusal([], { message: full }), { extras, companies: [] }],
  ['a property that was not sent', refusal(['company']), { extras: {}, companies: [] }],
  ['the address', refusal(['email']), null],
  ['the address and an extra', refusal(['message', 'email']), null],
  ['the permission', refusal([], { status: 403 }), null],
  ['the limit of contacts', refusal([], { status: 403, message: 'You reached your limit of contacts' }), null],
  [
    'the permission for an extra',
    refusal(['firstname'], { status: 403 }),
    { extras: { message: 'Source' }, companies: ['1'] },
  ],
])('after a refusal of %s', (_, error, less) => {
  expect(withoutRefused({ extras, companies: ['1'] }, error)).toEqual(less);
});

test('nothing is left to leave out of the address alone', () => {
  expect(withoutRefused({ extras: {}, companies: [] }, refusal(['company']))).toBeNull();
});

test.each([
  ['Laia Pons', 'Laia', 'Pons'],
  ['Laia Maria Pons', 'Laia Maria', 'Pons'],
  ['Pons, Laia', 'Laia', 'Pons'],
  ['Pons Roca, Laia Maria', 'Laia Maria', 'Pons Roca'],
  ['Laia Pons, PhD', 'Laia', 'Pons'],
  ['Laia Pons (Guest)', 'Laia', 'Pons'],
  ['Pons, Laia [Acme]', 'Laia', 'Pons'],
  ['Laia', 'Laia', undefined],
  ['Pons,', 'Pons', undefined],
  ['a, b, c', 'a, b,', 'c'],
  ['(Guest)', undefined, undefined],
  [null, undefined, undefined],
])('the names of %j', (name, firstname, lastname) => {
  const { firstname: given, lastname: family } = contactNames(name);
  expect([given, family]).toEqual([firstname, lastname]);
});
