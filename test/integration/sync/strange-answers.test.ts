import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
});
afterAll(() => stack.close());

test('an empty 200 response to a search does not mean that there is no match', async () => {
  const company = stack.sandbox.crm.create('companies', { name: 'Acme', domain: 'acme.example' });
  stack.sandbox.faults.add({
    match: { method: 'POST', pattern: '/(contacts|companies)/search$' },
    times: 2,
    action: { kind: 'empty-200' },
  });
  const document = await stack.sync(meeting({ meetingId: 'm' }));
  expect(document.links).toEqual([{ objectType: 'companies', id: company.id, via: 'domain', from: null }]);
});
