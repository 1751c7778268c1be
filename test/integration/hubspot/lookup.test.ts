import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Crm } from '../../../src/hubspot/crm';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
let crm: Crm;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
  crm = (await stack.product.gateway.connect(stack.workspaceId)).crm;
});
afterEach(() => {
  stack.sandbox.faults.clear();
  stack.sandbox.requests.clear();
});
afterAll(() => stack.close());

const found = async (emails: readonly string[]) => {
  const asker = {};
  return (await Promise.all(emails.map((email) => crm.contacts.bySearch(email, asker)))).map(
    (each) => each?.id ?? null,
  );
};
const statuses = () => stack.sandbox.requests.list({ path: '/contacts/search' }).map(({ status }) => status);
const label = 'a'.repeat(60);

test('long addresses are spread over as many searches as their length needs', async () => {
  const long = Array.from({ length: 6 }, (_, index) => `${'l'.repeat(63)}${index}@${label}.${label}.${label}.example`);
  const { id } = stack.sandbox.crm.create('contacts', {
    email: 'main@long.example',
    hs_additional_emails: long[5] ?? '',
  });
  expect(await found(['main@long.example', ...long])).toEqual([id, null, null, null, null, null, id]);
  expect(statuses()).toEqual([200, 200]);
});

test('an address that HubSpot refuses is unknown, and the others are found', async () => {
  const { id } = stack.sandbox.crm.create('contacts', { email: 'first@kept.example' });
  const other = stack.sandbox.crm.create('contacts', { email: 'x@k.example', hs_additional_emails: 'y@k.example' });
  stack.sandbox.faults.add({
    match: { path: '/contacts/search', body: 'odd@kept.example' },
    action: { kind: 'status', status: 400, body: { category: 'VALIDATION_ERROR', message: 'no such address' } },
  });
  expect(await found(['first@kept.example', 'odd@kept.example', 'y@k.example'])).toEqual([id, null, other.id]);
});

test('the lookup fails if HubSpot refuses every such search', async () => {
  stack.sandbox.faults.add({
    match: { path: '/contacts/search' },
    action: { kind: 'status', status: 400, body: { category: 'VALIDATION_ERROR', message: 'not searchable' } },
  });
  await expect(found(['a@refused.example', 'b@refused.example'])).rejects.toThrow(HubSpotError);
});

test('a search that reaches the limit is repeated in the same attempt', async () => {
  const { id } = stack.sandbox.crm.create('contacts', { email: 'busy@again.example' });
  stack.sandbox.faults.add({
    match: { path: '/contacts/search' },
    times: 1,
    action: { kind: 'rate-limit-429', policy: 'SECONDLY' },
  });
  expect(await found(['busy@again.example'])).toEqual([id]);
  expect(statuses()).toEqual([429, 200]);
});
