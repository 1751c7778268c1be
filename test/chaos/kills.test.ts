import { randomBytes } from 'node:crypto';
import { chmodSync, createWriteStream, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { loadConfig } from '../../src/config';
import { startReaper, type Reaper } from '../../src/dev/reaper-client';
import { waitForInstance } from '../../src/dev/ports';
import { startPostgres } from '../../src/dev/postgres/postgres';
import { ProcessGroup } from '../../src/dev/process-group';
import type { SupervisedProcess } from '../../src/dev/supervised-process';
import { resolveTemporalCli } from '../../src/dev/temporal/temporal-cli';
import { startTemporalServer } from '../../src/dev/temporal/temporal-server';
import { createLogger } from '../../src/telemetry/log';
import { openProduct } from '../../src/runtime/container';
import { saveConnection } from '../../src/store/connections/connections';
import { migrate } from '../../src/store/migrate';
import { meeting } from '../support/meetings';
import { FaultProxy } from '../support/proxy';
import { readReadyLine } from '../support/ready-line';
import { shared } from '../support/shared';

/** These tests run each part of the product as a separate process, kill it and start it again. */
const API_KEY = 'kills-api-key-of-the-test';
const MEETINGS = 50;
const INSTANCE = 'kills';

let reaper: Reaper;
let folder: string;
let sandbox: Sandbox;
let base: string;
let env: NodeJS.ProcessEnv;
/** Proxies, so that PostgreSQL and Temporal can restart on other ports. */
let postgresDoor: FaultProxy;
let temporalDoor: FaultProxy;
let postgres: ProcessGroup;
let temporal: ProcessGroup;
let programs: ProcessGroup;
let server: SupervisedProcess;
let worker: SupervisedProcess;

beforeAll(async () => {
  const started = await startReaper();
  if (started.state !== 'ready') throw new Error('A reaper without a lock is never busy');
  ({ reaper } = started);
  folder = mkdtempSync(path.join(tmpdir(), 'hubspot-meeting-sync-kills-'));
  // When we run as root, PostgreSQL runs as another user, which must be able to traverse this folder.
  chmodSync(folder, 0o755);
  reaper.removeAtEnd(folder);
  postgresDoor = await FaultProxy.start({ target: { host: '127.0.0.1', port: 1 } });
  temporalDoor = await FaultProxy.start({ target: { host: '127.0.0.1', port: 1 } });
  [sandbox] = await Promise.all([startSandbox({ seed: 'empty', searchLagMs: 0 }), startDatabase(), startTemporal()]);
  env = {
    PATH: process.env['PATH'],
    DATABASE_URL: databaseUrl(),
    TEMPORAL_ADDRESS: `127.0.0.1:${temporalDoor.port}`,
    TEMPORAL_CONFIG_FILE: path.join(folder, 'no-temporal-profile.toml'),
    HUBSPOT_API_URL: sandbox.url,
    HUBSPOT_CLIENT_ID: sandbox.clientId,
    HUBSPOT_CLIENT_SECRET: sandbox.clientSecret,
    ENCRYPTION_KEYS: `kills:${randomBytes(32).toString('base64')}`,
    BOOTSTRAP_API_KEY: API_KEY,
    SYNC_TIME_SCALE: '0.1',
    PORT: '0',
    METRICS_PORT: '0',
    INSTANCE_ID: INSTANCE,
  };
  await migrate(databaseUrl());
  programs = new ProcessGroup(reaper, () => undefined);
  [server, worker] = await Promise.all([
    startProgram('server', (signal) => waitForInstance(`${base}/readyz`, INSTANCE, signal)),
    startProgram('worker', () => Promise.resolve()),
  ]);
  await connect();
});

afterAll(async () => {
  await programs?.stop();
  await Promise.all([temporal?.stop(), postgres?.stop()]);
  await Promise.all([postgresDoor?.close(), temporalDoor?.close(), sandbox?.close()]);
  await reaper?.close();
});

test('while Temporal is unreachable, meetings are accepted with 202 and synced later', async () => {
  await kill(temporal);
  try {
    const answer = await post('while-temporal-is-away');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ status: 'accepted', workflow: { runId: null } });
  } finally {
    await startTemporal();
  }
  await until('while-temporal-is-away', 'synced');
});

test('while PostgreSQL is unreachable, the API answers 503 with Retry-After', async () => {
  await kill(postgres);
  try {
    const answer = await post('while-postgres-is-away');
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  } finally {
    await startDatabase();
  }
  await accepted('while-postgres-is-away');
  await until('while-postgres-is-away', 'synced');
});

test(`${MEETINGS} meetings are synced exactly once although server, worker, PostgreSQL and Temporal are killed`, async () => {
  const ids = Array.from({ length: MEETINGS }, (_, index) => `killed-${index}`);
  const posted = Promise.all(
    ids.map(async (meetingId, index) => {
      // Posts are spread over time, so that every kill hits running syncs.
      await delay(index * 100);
      await accepted(meetingId);
    }),
  );
  await activities(5);
  kill9(worker);
  await activities(15);
  kill9(server);
  await activities(30);
  await kill(postgres);
  await startDatabase();
  await activities(45);
  await kill(temporal);
  await startTemporal();
  await posted;
  for (const meetingId of ids) await until(meetingId, 'synced');

  for (const objectType of ['meetings', 'notes']) {
    const bodies = sandbox.crm.list(objectType).map(({ properties }) => JSON.stringify(properties));
    const counts = ids.map((meetingId) => bodies.filter((body) => body.includes(`/meetings/${meetingId}?`)).length);
    expect([objectType, ...counts]).toEqual([objectType, ...ids.map(() => 1)]);
  }
  const connection = await Connection.connect({ address: `127.0.0.1:${temporalDoor.port}` });
  const temporalClient = new Client({ connection });
  // A run ends shortly after the status "synced", and Temporal's list of runs lags a little more.
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    const { count } = await temporalClient.workflow.count('ExecutionStatus = "Running"');
    if (count === 0) break;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await delay(200);
  }
  // Runs that read the mirror may start at any time, but none may have failed.
  const { count: failed } = await temporalClient.workflow.count(
    'ExecutionStatus != "Completed" and ExecutionStatus != "Running"',
  );
  await connection.close();
  expect(failed).toBe(0);
});

function databaseUrl(): string {
  return `postgres://postgres:kills@127.0.0.1:${postgresDoor.port}/app`;
}

async function startDatabase(): Promise<void> {
  postgres = new ProcessGroup(reaper);
  const url = await startPostgres({
    folder,
    password: 'kills',
    database: 'app',
    group: postgres,
    logFile: path.join(folder, 'postgres.log'),
  });
  postgresDoor.retarget({ host: '127.0.0.1', port: Number(new URL(url).port) });
}

async function startTemporal(): Promise<void> {
  temporal = new ProcessGroup(reaper);
  const { address } = await startTemporalServer({
    cli: await resolveTemporalCli({ env: process.env, onProgress: () => undefined, reaper }),
    namespaces: ['default'],
    folder,
    ui: false,
    group: temporal,
    logFile: path.join(folder, 'temporal.log'),
  });
  temporalDoor.retarget({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
}

/** Starts a program that is restarted when it is killed, as by a supervisor. */
async function startProgram(
  name: 'server' | 'worker',
  ready: (signal: AbortSignal) => Promise<void>,
): Promise<SupervisedProcess> {
  const log = createWriteStream(path.join(folder, `${name}.log`), { flags: 'a' });
  return await programs.start({
    name,
    command: process.execPath,
    args: [path.join(shared('dist'), 'cli.js'), name],
    env: () => env,
    signal: 'SIGTERM',
    graceMs: 5_000,
    announces: new RegExp(`"msg":"${name} ready"`),
    ready,
    readyWithinMs: 60_000,
    onLine: (line) => {
      log.write(`${line}\n`);
      // Each start of the server is bound to another port.
      const port = readReadyLine(line)?.port ?? 0;
      if (port !== 0) base = `http://127.0.0.1:${port}`;
    },
  });
}

/** Kills all processes of a group with SIGKILL. The caller restarts them. */
async function kill(group: ProcessGroup): Promise<void> {
  group.kill();
  await group.stop();
}

function kill9(program: SupervisedProcess): void {
  if (program.pid !== undefined) process.kill(program.pid, 'SIGKILL');
}

async function connect(): Promise<void> {
  const config = loadConfig({ ...env, LOG_LEVEL: 'silent' });
  const product = openProduct(config, createLogger('silent', 'kills'));
  const portalId = sandbox.portals.list()[0]?.id ?? 0;
  const issued = sandbox.tokens.issue({});
  await saveConnection(product.db, {
    workspaceId: 'default',
    portalId,
    hubDomain: 'northwind.example',
    uiDomain: 'app.hubspot.example',
    timeZone: 'Europe/Madrid',
    accountType: 'STANDARD',
    userId: issued.grant.userId,
    userEmail: 'admin@northwind.example',
    scopes: issued.grant.scopes,
    tokens: product.tokens.seal('default', {
      ...issued,
      expiresInSeconds: issued.expiresIn,
      portalId,
      userId: null,
      scopes: null,
    }),
  });
  await product.db.destroy();
  sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
}

async function post(meetingId: string): Promise<Response> {
  return await fetch(`${base}/api/v1/meetings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(meeting({ meetingId })),
    signal: AbortSignal.timeout(15_000),
  });
}

/** Posts until the API accepts the meeting, as callers should. */
async function accepted(meetingId: string): Promise<void> {
  for (;;) {
    const status = await post(meetingId).then(
      (answer) => answer.status,
      () => null,
    );
    if (status === 202 || status === 200) return;
    if (status !== null && status !== 503) throw new Error(`${meetingId} was answered ${status}`);
    await delay(200);
  }
}

async function until(meetingId: string, wanted: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${base}/api/v1/meetings/${meetingId}`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    }).catch(() => null);
    const document: unknown = await answer?.json().catch(() => null);
    if (typeof document === 'object' && document !== null && 'status' in document) {
      if (document.status === wanted) return;
      if (document.status === 'needs_attention') throw new Error(JSON.stringify(document));
    }
    await delay(100);
  }
}

/** Waits until HubSpot has this many activities of the test's meetings. */
async function activities(count: number): Promise<void> {
  const written = () =>
    ['meetings', 'notes']
      .flatMap((objectType) => sandbox.crm.list(objectType))
      .filter(({ properties }) => JSON.stringify(properties).includes('/meetings/killed-')).length;
  while (written() < count) await delay(10);
}
