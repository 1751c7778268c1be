import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES, USERS_SCOPE } from '../../../src/hubspot/client/oauth';

/** HubSpot refuses an install whose link asks for another set of required scopes than the app declares. */
test('the app settings and docs/connecting.md request the same scopes as the product', () => {
  const { auth } = JSON.parse(readFileSync('hubspot-app/src/app/app-hsmeta.json', 'utf8')).config;
  expect(auth.requiredScopes.toSorted()).toEqual([...REQUIRED_SCOPES].toSorted());
  expect(auth.optionalScopes.toSorted()).toEqual([...OPTIONAL_SCOPES, USERS_SCOPE].toSorted());
  const named = readFileSync('docs/connecting.md', 'utf8').split(/\s+/);
  expect(named).toEqual(expect.arrayContaining([...REQUIRED_SCOPES, ...OPTIONAL_SCOPES, USERS_SCOPE]));
});
