import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSignedByHubSpot, signatureOf } from '../../../src/hubspot/webhooks/webhook-signature';

const SECRET = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
// HubSpot's own example ("Validating requests").
const request = {
  method: 'POST',
  uri: 'https://www.example.com/webhook_uri',
  body: "{'example_field':'example_value'}",
  timestamp: '1693657560000',
  signature: 'K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=',
};
const now = 1_693_657_560_000;

test('HubSpot’s example vectors', () => {
  expect(signatureOf(request, SECRET)).toBe(request.signature);
  expect(signatureOf({ ...request, timestamp: '1700000300000' }, SECRET)).toBe(
    'RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw=',
  );
  expect(isSignedByHubSpot(request, SECRET, now + 299_000)).toBe(true);
});

test.each([
  ['older than five minutes', request, now + 300_001],
  ['from the future', request, now - 60_001],
  ['without a signature', { ...request, signature: undefined }, now],
  ['without a timestamp', { ...request, timestamp: undefined }, now],
  ['with a timestamp that is no number', { ...request, timestamp: 'NaN' }, now],
  ['another body', { ...request, body: `${request.body} ` }, now],
  ['another path', { ...request, uri: `${request.uri}/x` }, now],
  ['another method', { ...request, method: 'PUT' }, now],
])('refused: %s', (_, changed, at) => {
  expect(isSignedByHubSpot(changed, SECRET, at)).toBe(false);
});

test('only the documented escapes of the URI are decoded', () => {
  const plain = { ...request, uri: "https://x.example/a:b@c!d$e'f(g)h*i,j;k?l=m/n" };
  const escaped = { ...request, uri: 'https://x.example/a%3ab%40c%21d%24e%27f%28g%29h%2Ai%2Cj%3Bk?l=m%2Fn' };
  expect(signatureOf(escaped, SECRET)).toBe(signatureOf(plain, SECRET));
  expect(signatureOf({ ...request, uri: 'https://x.example/a%20b' }, SECRET)).not.toBe(
    signatureOf({ ...request, uri: 'https://x.example/a b' }, SECRET),
  );
});

test('a plus in the query may be signed encoded or decoded, and nothing else', () => {
  const sent = {
    ...request,
    method: 'GET',
    body: '',
    uri: 'https://x.example/hubspot/card?userEmail=a%2Bb%40c.example',
  };
  const signed = (uri: string) => signatureOf({ ...sent, uri }, SECRET);
  for (const uri of [sent.uri, sent.uri.replace('%2B', '+')]) {
    expect(isSignedByHubSpot({ ...sent, signature: signed(uri) }, SECRET, now)).toBe(true);
  }
  for (const uri of [sent.uri.replace('%2B', ' '), sent.uri.replace('%2B', '%20'), sent.uri.replace('a%2Bb', 'ab')]) {
    expect(isSignedByHubSpot({ ...sent, signature: signed(uri) }, SECRET, now)).toBe(false);
  }
  const plain = { ...sent, uri: sent.uri.replace('%2B', '+') };
  expect(isSignedByHubSpot({ ...plain, signature: signed(sent.uri) }, SECRET, now)).toBe(false);
});

test('no other signature is accepted', () => {
  fc.assert(
    fc.property(fc.base64String(), (signature) => {
      fc.pre(signature !== request.signature);
      expect(isSignedByHubSpot({ ...request, signature }, SECRET, now)).toBe(false);
    }),
  );
});
