import { describe, expect, test } from '@jest/globals';
import { identityOf, type Claims } from '../../../src/identity/claims';

const provider = { issuer: 'https://id.northwind.example', domains: ['northwind.example'], groupsClaim: 'groups' };
const VERIFIED = { sub: 'a1', email: 'Ana@Northwind.example', email_verified: true };

function read(idToken: Claims, userInfo: Claims = {}) {
  return identityOf({ idToken, userInfo }, provider);
}

test('A person has the id of the provider, the address in lower case, a name and groups', () => {
  expect(read({ ...VERIFIED, name: ' Ana Ruiz ', groups: ['sales', 7, 'admins'] })).toEqual({
    issuer: provider.issuer,
    subject: 'a1',
    email: 'ana@northwind.example',
    name: 'Ana Ruiz',
    groups: ['sales', 'admins'],
  });
  expect(read({ ...VERIFIED, groups: 'sales' })).toMatchObject({ name: null, groups: ['sales'] });
});

test('What the ID token does not have comes from the user info', () => {
  const userInfo = { ...VERIFIED, name: 'Ana', groups: ['sales'] };
  expect(read({ sub: 'a1' }, userInfo)).toMatchObject({
    email: 'ana@northwind.example',
    name: 'Ana',
    groups: ['sales'],
  });
});

describe('An address', () => {
  test.each<[string, Claims, Claims, string | null]>([
    ['is missing', { sub: 'a' }, {}, 'no_email'],
    ['is no address', { sub: 'a', email: 'ana', email_verified: true }, {}, 'no_email'],
    ['has two parts only', { sub: 'a', email: 'x@y@northwind.example', email_verified: true }, {}, 'no_email'],
    ['is not verified', { sub: 'a', email: 'ana@northwind.example', email_verified: false }, {}, 'unverified_email'],
    ['has no word about its verification', { sub: 'a', email: 'ana@northwind.example' }, {}, 'unverified_email'],
    ['is verified as a text', { sub: 'a', email: 'ana@northwind.example', email_verified: 'true' }, {}, null],
    ['is verified by its domain, at Microsoft', { sub: 'a', email: 'ana@northwind.example', xms_edov: 1 }, {}, null],
    [
      'is not verified, though its domain is',
      { ...VERIFIED, email_verified: false, xms_edov: true },
      {},
      'unverified_email',
    ],
    [
      'is of another source than what verifies it',
      { sub: 'a', email: 'ana@northwind.example' },
      VERIFIED,
      'unverified_email',
    ],
    ['has another domain', { ...VERIFIED, email: 'ana@contoso.example' }, {}, 'foreign_domain'],
    ['has a domain below', { ...VERIFIED, email: 'ana@mail.northwind.example' }, {}, 'foreign_domain'],
    ['only ends like the domain', { ...VERIFIED, email: 'ana@evilnorthwind.example' }, {}, 'foreign_domain'],
  ])('%s', (_case, idToken, userInfo, problem) => {
    const identity = read(idToken, userInfo);
    expect('problem' in identity ? identity.problem : null).toBe(problem);
  });
});
