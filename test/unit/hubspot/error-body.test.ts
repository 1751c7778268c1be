import { expect, test } from '@jest/globals';
import { existingIdOf, propertyRefusals, readErrorBody } from '../../../src/hubspot/client/error-body';

const json = (...results: object[]) => `Property values were not valid: ${JSON.stringify(results)}`;

test.each<[string, unknown, string[]]>([
  [
    'JSON in the sentence',
    { message: json({ isValid: false, message: '9 was not a valid owner id', name: 'hubspot_owner_id' }) },
    ['hubspot_owner_id: 9 was not a valid owner id'],
  ],
  [
    'the same property twice',
    { message: json({ message: 'first', name: 'a_b' }, { message: 'second', name: 'a_b' }) },
    ['a_b: first'],
  ],
  [
    'validation results',
    { message: 'not valid', validationResults: [{ name: 'email', message: 'is invalid', error: 'INVALID_EMAIL' }] },
    ['email: is invalid'],
  ],
  [
    'contexts of errors (R053)',
    {
      message: 'Property values were not valid',
      errors: [
        { message: 'Property "x1" does not exist', code: 'PROPERTY_DOESNT_EXIST', context: { propertyName: ['x1'] } },
      ],
    },
    ['x1: Property "x1" does not exist'],
  ],
  [
    'required properties in the context of the answer',
    { message: 'Some required properties were not set.', context: { properties: ['region', 'tier'] } },
    ['region: Some required properties were not set.', 'tier: Some required properties were not set.'],
  ],
  ['a place', { errors: [{ message: 'too long', in: 'properties.hs_meeting_title' }] }, ['hs_meeting_title: too long']],
  ['a sentence', { message: 'Property "region" is required' }, ['region: Property "region" is required']],
  [
    'a sentence with a list',
    { message: 'Missing required properties: [region, tier]' },
    ['region: Missing required properties: [region, tier]', 'tier: Missing required properties: [region, tier]'],
  ],
  [
    'a name that only a property can have',
    { message: 'hs_meeting_outcome breaks a validation rule' },
    ['hs_meeting_outcome: hs_meeting_outcome breaks a validation rule'],
  ],
  ['an empty update (R082)', { message: 'No properties found', context: { properties: ['{}'] } }, []],
  ['cut JSON', { message: 'Property values were not valid: [{"name":"x' }, []],
  ['an object type', { message: 'Unable to infer object type from: 2-7000' }, []],
  ['HTML', '<html></html>', []],
])('%s', (_, body, refusals) => {
  expect(propertyRefusals(readErrorBody(body)).map(({ name, rule }) => `${name}: ${rule}`)).toEqual(refusals);
});

// Quadratic before: a message of this length would take the whole time limit of the test, and more.
test.each(['property ', 'property named "', 'property [', 'properties  '])(
  'a megabyte of %j is read in one pass',
  (piece) => {
    expect(propertyRefusals(readErrorBody({ message: piece.repeat(1_000_000 / piece.length) }))).toEqual([]);
  },
);

test.each<[string, unknown, string | null]>([
  ['the context of an error (R054)', { message: 'no', errors: [{ context: { existingId: ['7'] } }] }, '7'],
  [
    'the context of the answer',
    { message: 'Contact already exists. Existing ID: 8', context: { existingId: '7' } },
    '7',
  ],
  ['the end of the sentence', { message: 'Contact already exists. Existing ID: 7' }, '7'],
  ['a sentence with a full stop', { message: 'Contact already exists. Existing ID: 7.' }, '7'],
  ['a sentence whose words are masked', { message: 'Contact already exists. … 7' }, '7'],
  ['a name that looks like it', { message: 'Contact "Existing ID: 5" already exists' }, null],
  ['no id (R052)', { message: 'Contact already exists' }, null],
])('the existing record is named by %s', (_, body, id) => {
  expect(existingIdOf(readErrorBody(body))).toBe(id);
});
