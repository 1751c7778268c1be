import { expect, test } from '@jest/globals';
import { contactWithAddress } from '../../../src/hubspot/contacts';

const contact = (id: string, email: string | null, additional: string | null = null, archived = false) => ({
  id,
  archived,
  properties: { email, hs_additional_emails: additional },
});

test.each([
  [
    'the one that has it as its primary address',
    [contact('1', 'a@x.example', 'b@x.example'), contact('2', 'B@X.example')],
    '2',
  ],
  [
    'the oldest that has it as a secondary one',
    [contact('12', 'c@x.example', 'b@x.example'), contact('9', 'd@x.example', 'z@x.example; B@x.example')],
    '9',
  ],
  ['never an archived one', [contact('1', 'b@x.example', null, true)], undefined],
  ['never one that merely shares a token', [contact('1', 'bb@x.example', 'b@x.example.org')], undefined],
  ['never one without addresses', [contact('1', null)], undefined],
])('%s', (_, hits, id) => {
  expect(contactWithAddress(hits, 'b@x.example')?.id).toBe(id);
});
