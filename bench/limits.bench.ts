import { expect, test } from '@jest/globals';
import { Limiter } from '../src/hubspot/client/limiter';
import { meeting } from '../test/support/meetings';
import { startStack } from '../test/support/stack';

/** Measures how much of a rate limit three workers use, with ten times more work than it allows for 30 seconds. */
test('use of the limit', async () => {
  const stack = await startStack({ timeScale: 1 });
  await stack.connect();
  const { accessToken } = await stack.product.tokens.access(stack.workspaceId);
  const workers = Array.from(
    { length: 3 },
    () =>
      new Limiter(stack.product.db, {
        requestsPer10Seconds: null,
        searchesPerSecond: null,
        associationRequestsPer10Seconds: null,
      }),
  );
  const until = Date.now() + 30_000;
  const send = async (limiter: Limiter) => {
    while (Date.now() < until) {
      try {
        await limiter.slot(stack.portalId, 'requests');
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1_000));
        continue;
      }
      await fetch(`${stack.sandbox.url}/crm/objects/2026-03/contacts?limit=1`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
    }
  };
  stack.sandbox.requests.clear();
  await Promise.all(workers.flatMap((limiter) => Array.from({ length: 40 }, () => send(limiter))));
  const requests = stack.sandbox.requests.list({ path: '/contacts' });
  const [first, last] = [requests[0], requests.at(-1)];
  const seconds = ((last?.at ?? 0) - (first?.at ?? 0)) / 1_000;
  const refused = requests.filter((request) => request.status === 429).length;
  console.log(
    `limit: ${requests.length} requests in ${seconds.toFixed(1)} s = ${((requests.length / (seconds * 11)) * 100).toFixed(1)} % of the limit, ${refused} responses with 429`,
  );
  expect(requests.length).toBeGreaterThan(0);
  await stack.close();
}, 120_000);

/** Measures the cost of a hundred meetings within a second. */
test('a hundred meetings at once', async () => {
  const stack = await startStack({ timeScale: 1 });
  await stack.connect();
  const { crm } = stack.sandbox;
  for (let index = 0; index < 100; index++) {
    const contact = crm.create('contacts', { email: `p${index}@c${index}.example` });
    const company = crm.create('companies', { name: `C${index}`, domain: `c${index}.example` });
    const deal = crm.create('deals', { dealname: `D${index}` });
    crm.associate('contacts', contact.id, 'companies', company.id);
    crm.associate('companies', company.id, 'deals', deal.id);
  }
  stack.sandbox.requests.clear();
  const startedAt = Date.now();
  const documents = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      stack.sync(meeting({ meetingId: `b${index}`, participants: [{ email: `p${index}@c${index}.example` }] })),
    ),
  );
  const calls = stack.sandbox.requests.list();
  console.log(
    `burst: 100 meetings synced in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s with ${calls.length} calls, ${calls.filter((call) => call.status === 429).length} of them with 429`,
  );
  expect(documents.every((document) => document.status === 'synced')).toBe(true);
  await stack.close();
}, 120_000);
