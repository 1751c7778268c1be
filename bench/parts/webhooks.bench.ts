import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../src/http/app';
import { signatureOf } from '../../src/hubspot/webhooks/webhook-signature';
import { meeting } from '../../test/support/meetings';
import { startStack, type Stack } from '../../test/support/stack';
import { NO_OWN_LIMITS } from '../../test/support/limits';

const SECRET = 'sandbox-secret';
const EVENTS_A_REQUEST = 100;
/** Same as `maxConcurrentRequests` in hubspot-app, HubSpot's limit for a marketplace app. */
const CONCURRENT_REQUESTS = 10;

let stack: Stack;
let app: FastifyInstance;
let url: string;
let contacts: string[];

// Server, worker, sandbox and sender share this process. As separate processes, each would be faster.
beforeAll(async () => {
  stack = await startStack({ ownNamespace: true, timeScale: 1 });
  await stack.connect();
  app = await buildApp({
    ...stack.product,
    config: {
      ownLimits: NO_OWN_LIMITS,
      trustProxy: false,
      publicUrl: 'http://localhost:3000',
      instanceId: 'test',
      encryptionKeys: [{ id: 'bench', key: Buffer.alloc(32) }],
      hubspot: { clientSecret: SECRET },
    },
    starter: stack.starter,
    changes: stack.changes,
    reconciler: stack.reconciler,
    temporal: { problem: () => Promise.resolve(null) },
    temporalUi: { temporalUiUrl: null, namespace: 'default' },
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  contacts = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const contact = stack.sandbox.crm.create('contacts', { email: `known${index}@bench.example` });
      await stack.sync(meeting({ meetingId: `w${index}`, participants: [{ email: `known${index}@bench.example` }] }));
      return contact.id;
    }),
  );
  await stack.apply();
}, 120_000);
afterAll(async () => {
  await app.close();
  await stack.close();
});

let nextId = 1_000_000;

/** An event of a busy account: a tenth of the events are about contacts of meetings, the others about unknown people. */
function busyEvent(index: number) {
  const known = index % 10 === 0;
  return {
    subscriptionType: 'contact.propertyChange',
    objectId: known ? Number(contacts[(index / 10) % contacts.length]) : 500_000_000 + index,
    propertyName: known ? 'firstname' : 'lifecyclestage',
    propertyValue: `v${index}`,
  };
}

/** An event of an import: the creation and the address of each contact arrive far apart. */
function importEvent(index: number, of: number) {
  const record = 600_000_000 + (index % (of / 2));
  return index < of / 2
    ? {
        subscriptionType: 'contact.propertyChange',
        objectId: record,
        propertyName: 'email',
        propertyValue: `p${record}@import.example`,
      }
    : { subscriptionType: 'contact.creation', objectId: record };
}

async function deliver(events: readonly object[], occurredAt: number): Promise<number> {
  const body = JSON.stringify(
    events.map((event) => ({
      eventId: nextId++,
      subscriptionId: 1,
      portalId: stack.portalId,
      appId: 1,
      occurredAt,
      attemptNumber: 0,
      changeSource: 'IMPORT',
      ...event,
    })),
  );
  const timestamp = String(Date.now());
  const uri = 'http://localhost:3000/webhooks/hubspot';
  const startedAt = performance.now();
  const { status } = await fetch(`${url}/webhooks/hubspot`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-hubspot-signature-v3': signatureOf({ method: 'POST', uri, body, timestamp }, SECRET),
      'x-hubspot-request-timestamp': timestamp,
    },
    body,
  });
  expect(status).toBe(200);
  return performance.now() - startedAt;
}

async function waiting(): Promise<number> {
  const { count } = await stack.product.db
    .selectFrom('crm_events')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('done_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

async function processed(): Promise<void> {
  while ((await waiting()) > 0) await sleep(50);
}

const ms = (value: number | undefined) => `${Math.round(value ?? 0)} ms`;

test('1,000 events a second for ten seconds', async () => {
  stack.sandbox.requests.clear();
  const answers: number[] = [];
  const backlogs: number[] = [];
  const under: Promise<unknown>[] = [];
  const startedAt = performance.now();
  for (let request = 0; request < 100; request++) {
    const due = startedAt + request * 100;
    await sleep(Math.max(0, due - performance.now()));
    const events = Array.from({ length: EVENTS_A_REQUEST }, (_, index) =>
      busyEvent(request * EVENTS_A_REQUEST + index),
    );
    under.push(deliver(events, Date.now()).then((took) => answers.push(took)));
    if (request % 10 === 9) backlogs.push(await waiting());
  }
  await Promise.all(under);
  const sentIn = performance.now() - startedAt;
  await processed();
  const behind = performance.now() - startedAt - sentIn;
  answers.sort((a, b) => a - b);
  console.log(
    `webhooks: 10,000 events in ${(sentIn / 1_000).toFixed(1)} s; answers: median ${ms(answers[50])}, 95 % within ${ms(answers[95])}, longest ${ms(answers.at(-1))}; largest backlog ${Math.max(...backlogs)}; processed ${ms(behind)} after the last one; ${stack.sandbox.requests.list().length} calls to HubSpot`,
  );
  expect(answers).toHaveLength(100);
}, 120_000);

test('an import of 20,000 events at once', async () => {
  stack.sandbox.requests.clear();
  const occurredAt = Date.now();
  const requests = Array.from({ length: 20_000 / EVENTS_A_REQUEST }, (_, request) =>
    Array.from({ length: EVENTS_A_REQUEST }, (__, index) => importEvent(request * EVENTS_A_REQUEST + index, 20_000)),
  );
  const startedAt = performance.now();
  const send = async () => {
    for (let events = requests.shift(); events !== undefined; events = requests.shift())
      await deliver(events, occurredAt);
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, send));
  const sentIn = performance.now() - startedAt;
  await processed();
  const doneIn = performance.now() - startedAt;
  const read = stack.sandbox.requests.list({ path: '/contacts/batch/read' }).length;
  console.log(
    `import: 20,000 events accepted in ${(sentIn / 1_000).toFixed(1)} s = ${Math.round(20_000_000 / sentIn)} per second, processed after ${(doneIn / 1_000).toFixed(1)} s; ${read} calls that read contacts`,
  );
  expect(read).toBeLessThan(200);
}, 120_000);
