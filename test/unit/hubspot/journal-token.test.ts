import { expect, test } from '@jest/globals';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../../src/hubspot/client/oauth';
import { decideToken, JournalToken } from '../../../src/hubspot/journal/journal-token';

const answer = (status: number, body: unknown = null) =>
  new HubSpotError('GET /journal', { status, body, retryAfter: null });
const missing = (...scopes: readonly string[]) =>
  answer(403, { category: 'MISSING_SCOPES', errors: [{ context: { requiredGranularScopes: scopes } }] });
const [required = ''] = REQUIRED_SCOPES;
const [optional = ''] = OPTIONAL_SCOPES;
const extend = (...objectScopes: readonly string[]) => ({ do: 'extend', objectScopes });

test.each([
  ['an expired token', answer(401), [], { do: 'replace' }],
  ['an expired token without object scopes', answer(401), null, { do: 'replace' }],
  ['a missing scope', missing(required), [], extend(required)],
  ['another missing scope', missing(required, optional), [required], extend(required, optional)],
  ['a scope that the token has', missing(required), [required], { do: 'give_up' }],
  ['a scope that the app does not use', missing('crm.objects.other.read'), [], { do: 'give_up' }],
  ['a missing scope, though no token has object scopes', missing(required), null, { do: 'give_up' }],
  ['an outage', answer(503), [], { do: 'give_up' }],
  ['a limit', answer(429), [], { do: 'give_up' }],
  ['an unknown name', answer(404), [], { do: 'give_up' }],
])('after %s', (_name, refusal, objectScopes, expected) => {
  expect(decideToken(refusal, objectScopes)).toEqual(expected);
});

test('the token before stays in use if HubSpot grants none with more scopes', async () => {
  const requested: (readonly string[])[] = [];
  const token = new JournalToken({
    appToken: (scopes) => {
      requested.push(scopes);
      if (scopes.includes(required)) return Promise.reject(answer(400, { status: 'BAD_SCOPES' }));
      return Promise.resolve({ accessToken: `token ${requested.length}`, expiresInSeconds: 1_800 });
    },
  });
  expect(await token.current()).toBe('token 1');
  expect(await token.replaceAfter(missing(required))).toBe(false);
  expect(await token.current()).toBe('token 1');
  expect(await token.replaceAfter(missing(required))).toBe(false);
  expect(requested).toHaveLength(2);
  expect(await token.replaceAfter(answer(401))).toBe(true);
  expect(await token.current()).toBe('token 3');
});
