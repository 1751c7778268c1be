import { expect, test } from '@jest/globals';
import { withoutEchoes } from '../../../src/hubspot/client/redact-hubspot-message';

const sent = {
  inputs: [
    {
      id: 'marc.serra@acme.example',
      idProperty: 'email',
      properties: {
        hs_meeting_title: 'Acme & "Co"',
        hs_meeting_outcome: 'COMPLETED',
        hs_timestamp: '1762160400000',
        ort: 'Überlingen',
      },
    },
  ],
};
const message = (body: unknown) =>
  (withoutEchoes({ message: body }, sent, ['C-secret']) as { message: string }).message;

test.each([
  ['Property values were not valid: "Acme & "Co"" is too long', 'Property values were not valid: "…" is too long'],
  ['[{"message":"\\"Acme & \\"Co\\"\\" is not allowed"}]', '[{"message":"\\"…\\" is not allowed"}]'],
  ['Überlingen is no option', '… is no option'],
  ['The contact e:other.person@acme.example does not exist.', 'The contact e:… does not exist.'],
  ['token C-secret is unknown', 'token … is unknown'],
  // Parts that a person needs to make the change stay.
  ['Property "hs_meeting_outcome" does not allow COMPLETED', 'Property "hs_meeting_outcome" does not allow COMPLETED'],
  ['Contact already exists. Existing ID: 37765128953', 'Contact already exists. Existing ID: 37765128953'],
])('%s', (original, redacted) => {
  expect(message(original)).toBe(redacted);
});

test('errors of a batch are redacted, except what identifies its inputs', () => {
  const body = {
    results: [{ id: '1', properties: { message: 'Überlingen' } }],
    errors: [{ message: 'Überlingen is no option', context: { ids: ['marc.serra@acme.example'] } }],
  };
  expect(withoutEchoes(body, sent, [])).toEqual({
    results: body.results,
    errors: [{ message: '… is no option', context: { ids: ['marc.serra@acme.example'] } }],
  });
});

test('a successful answer is not redacted', () => {
  for (const body of [null, 'text', [1], { results: [] }]) expect(withoutEchoes(body, sent, [])).toBe(body);
});
