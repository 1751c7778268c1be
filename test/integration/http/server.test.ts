import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import pino from 'pino';
import { loadConfig } from '../../../src/config';
import { INSTANCE_HEADER, openListener, portOf } from '../../../src/runtime/listen';
import { runServer } from '../../../src/server';
import { createBlankDatabase } from '../../support/database';
import { meeting } from '../../support/meetings';
import { readReadyLine, type ReadyLine } from '../../support/ready-line';
import { temporalAddress } from '../../support/temporal';
import { useDatabase } from '../../support/use-database';

const API_KEY = 'bootstrap-key-of-a-test';
const silent = pino({ level: 'silent' });

const { url } = useDatabase();
let running: Promise<void> | null = null;
afterEach(async () => {
  delete process.env['TEMPORAL_ADDRESS'];
  if (running === null) return;
  process.emit('SIGTERM');
  await running;
  running = null;
});

async function configFor(changes: Record<string, string> = {}) {
  return loadConfig({
    DATABASE_URL: url,
    HUBSPOT_CLIENT_ID: 'id',
    HUBSPOT_CLIENT_SECRET: 'secret',
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    BOOTSTRAP_API_KEY: API_KEY,
    PORT: '0',
    METRICS_PORT: '0',
    ...changes,
  });
}

/** Starts the server on free ports and reads the ports from its log. */
async function start(changes: Record<string, string> = {}) {
  const config = await configFor(changes);
  const ready = Promise.withResolvers<ReadyLine>();
  const log = pino(
    {
      level: 'info',
      base: null,
    },
    {
      write(line: string) {
        const ports = readReadyLine(line);
        if (ports !== null) ready.resolve(ports);
      },
    },
  );
  running = runServer(config, log);
  running.catch(ready.reject);
  const { port, metricsPort } = await ready.promise;
  return { config, base: `http://localhost:${port}`, metrics: `http://localhost:${metricsPort}/metrics` };
}

async function post(base: string, meetingId: string) {
  const response = await fetch(`${base}/api/v1/meetings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(meeting({ meetingId })),
  });
  return { status: response.status, body: (await response.json()) as { workflow: { runId: string | null } } };
}

test('The server serves, hands meetings to Temporal, measures, and ends on SIGTERM', async () => {
  process.env['TEMPORAL_ADDRESS'] = temporalAddress();
  const { base, metrics } = await start();
  const ready = await fetch(`${base}/readyz`);
  expect(await ready.json()).toEqual({ status: 'ready', database: 'reached', temporal: 'reached' });
  const posted = await post(base, `m-${randomBytes(4).toString('hex')}`);
  expect(posted.status).toBe(202);
  expect(posted.body.workflow.runId).toMatch(/^[0-9a-f-]{36}$/);
  const text = await (await fetch(metrics)).text();
  expect(text).toMatch(
    /http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/meetings",status="202"\} 1/,
  );
  expect(text).toMatch('process_cpu_seconds_total');

  process.emit('SIGTERM');
  await running;
  running = null;
  await expect(fetch(`${base}/healthz`)).rejects.toThrow('fetch failed');
});

test('Without Temporal, the server accepts meetings and reports the outage', async () => {
  process.env['TEMPORAL_ADDRESS'] = '127.0.0.1:1';
  const { base } = await start();
  const ready = await fetch(`${base}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    database: 'reached',
    temporal: expect.stringMatching(/^Temporal cannot be/),
  });
  const posted = await post(base, 'kept');
  expect(posted.status).toBe(202);
  expect(posted.body.workflow.runId).toBeNull();
});

test('Without PostgreSQL, the server runs and reports the outage', async () => {
  process.env['TEMPORAL_ADDRESS'] = temporalAddress();
  const { base } = await start({ DATABASE_URL: 'postgres://no-one@127.0.0.1:1/nothing' });
  const ready = await fetch(`${base}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ database: 'PostgreSQL cannot be reached.', temporal: 'reached' });
  expect((await fetch(`${base}/api/v1/meetings`, { headers: { authorization: `Bearer ${API_KEY}` } })).status).toBe(
    503,
  );
});

test('With PORT 0, addresses name the bound port, and responses name the instance', async () => {
  process.env['TEMPORAL_ADDRESS'] = '127.0.0.1:1';
  const { base, metrics } = await start({ INSTANCE_ID: 'one-of-two' });
  const session = await fetch(`${base}/api/v1/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  expect(await session.json()).toMatchObject({ url: expect.stringContaining(`${base}/sign-in?token=`) });
  const answers = await Promise.all(
    [`${base}/healthz`, `${base}/readyz`, metrics].map(async (address) => await fetch(address)),
  );
  expect(answers.map(({ headers }) => headers.get(INSTANCE_HEADER))).toEqual([
    'one-of-two',
    'one-of-two',
    'one-of-two',
  ]);
});

test('Requests that arrive before the app is built are answered by it', async () => {
  const listener = await openListener(0, 'PORT', '127.0.0.1');
  const answer = fetch(`http://127.0.0.1:${listener.port}/early`);
  const received = Promise.withResolvers<void>();
  const app = Fastify({
    serverFactory: (handler: RequestListener) => listener.serverFor(handler).once('request', () => received.resolve()),
  });
  app.addHook('preParsing', (_request, _reply, payload, done) => done(null, payload));
  app.get('/early', () => 'answered');
  await received.promise;
  await app.ready();
  listener.open();
  expect(await (await answer).text()).toBe('answered');
  await Promise.all([app.close(), listener.close()]);
});

test.each(['PORT', 'METRICS_PORT'])('A taken %s is reported in one sentence', async (variable) => {
  const taken = createServer();
  await new Promise<void>((resolve) => {
    taken.listen(0, '0.0.0.0', resolve);
  });
  const port = portOf(taken);
  const config = await configFor({ [variable]: String(port) });
  const fault = await runServer(config, silent).catch((error: unknown) => error);
  taken.close();
  expect(fault).toMatchObject({
    message: `Port ${port} is in use: stop the program that uses it, or choose another port with ${variable}.`,
  });
});

test('A database without tables says what to run', async () => {
  const blank = await createBlankDatabase();
  const config = await configFor({ DATABASE_URL: blank.url });
  await expect(runServer(config, silent)).rejects.toThrow('run hubspot-meeting-sync migrate');
  await blank.drop();
});
