import { expect, test } from '@jest/globals';
import { meeting } from '../test/support/meetings';
import { startStack } from '../test/support/stack';

/** Measures 150 concurrent meetings on an account that allows ten requests per ten seconds. */
test('a tight limit', async () => {
  const stack = await startStack({ timeScale: 1, sandbox: { limits: { tenSecondly: 10 } } });
  await stack.connect();
  const { crm } = stack.sandbox;
  for (let index = 0; index < 150; index++) {
    const contact = crm.create('contacts', { email: `p${index}@c${index}.example` });
    const company = crm.create('companies', { name: `C${index}`, domain: `c${index}.example` });
    crm.associate('contacts', contact.id, 'companies', company.id);
  }
  stack.sandbox.requests.clear();
  const startedAt = Date.now();
  const documents = await Promise.all(
    Array.from({ length: 150 }, async (_, index) => {
      const meetingId = `t${index}`;
      await stack.post(meeting({ meetingId, participants: [{ email: `p${index}@c${index}.example` }] }));
      return await stack.until(meetingId, 'synced', 'needs_attention');
    }),
  );
  const calls = stack.sandbox.requests.list();
  console.log(
    `tight: 150 meetings in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s with ${calls.length} calls, ${calls.filter((call) => call.status === 429).length} of them with 429; statuses ${JSON.stringify(
      Object.groupBy(
        documents.map((document) => document.status),
        (status) => status,
      ),
    )}`.slice(0, 300),
  );
  expect(crm.list('meetings')).toHaveLength(150);
  await stack.close();
}, 400_000);
