import { expect, test } from '@jest/globals';
import { withoutRefused } from '../../../src/activities/create-contact';

const extras = { firstname: 'Ana', message: 'Source' };

test.each([
  ['a named extra', ['message'], { extras: { firstname: 'Ana' }, companies: ['1'] }],
  ['two of them', ['message', 'firstname'], { extras: {}, companies: ['1'] }],
  ['nothing by name', [], { extras: {}, companies: [] }],
  ['a property that was not sent', ['company'], { extras: {}, companies: [] }],
  ['the address', ['email'], null],
  ['the address and an extra', ['message', 'email'], null],
])('after a refusal of %s', (_, names, less) => {
  expect(
    withoutRefused(
      { extras, companies: ['1'] },
      names.map((name) => ({ name })),
    ),
  ).toEqual(less);
});

test('nothing is left to leave out of the address alone', () => {
  expect(withoutRefused({ extras: {}, companies: [] }, [{ name: 'company' }])).toBeNull();
});
