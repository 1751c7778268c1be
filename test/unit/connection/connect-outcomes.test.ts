import { expect, test } from '@jest/globals';
import { decideConnect, isConnected } from '../../../src/connection/connect-outcomes';
import { REQUIRED_SCOPES } from '../../../src/hubspot/client/oauth';

const authorisation = { workspaceId: 'acme', portalId: 1, scopes: REQUIRED_SCOPES };
const [oneScope = '', ...otherScopes] = REQUIRED_SCOPES;

test.each([
  ['a new connection', authorisation, null, null, 'connected'],
  ['the same account again', authorisation, 1, 'acme', 'reconnected'],
  ['additional scopes', { ...authorisation, scopes: [...REQUIRED_SCOPES, 'more'] }, null, null, 'connected'],
  ['a missing scope', { ...authorisation, scopes: otherScopes }, null, null, 'missing_scopes'],
  ['a missing scope, another account', { ...authorisation, scopes: otherScopes }, 2, null, 'missing_scopes'],
  ['another account', authorisation, 2, null, 'other_portal'],
  ['another account, of another workspace', authorisation, 2, 'beta', 'other_portal'],
  ['an account of another workspace', authorisation, null, 'beta', 'portal_taken'],
])('%s', (_name, authorised, connectedPortal, ownerOfPortal, expected) => {
  const decided = decideConnect(authorised, { connectedPortal, ownerOfPortal });
  expect(decided.outcome).toBe(expected);
  expect(isConnected(decided)).toBe(expected.endsWith('connected'));
});

test('a refusal says what is missing, and which accounts it is about', () => {
  const none = { connectedPortal: null, ownerOfPortal: null };
  expect(decideConnect({ ...authorisation, scopes: otherScopes }, none)).toMatchObject({
    message: expect.stringContaining(oneScope),
  });
  expect(decideConnect(authorisation, { ...none, connectedPortal: 2 })).toMatchObject({
    message: expect.stringMatching(/account 1, .* account 2/),
  });
});
