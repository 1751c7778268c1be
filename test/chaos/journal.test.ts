import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, type Connection } from '@temporalio/client';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { refreshCatalogue } from '../../src/connection/refresh-catalogue';
import { loadConfig } from '../../src/config';
import { JournalDispatcher } from '../../src/dispatch/journal-dispatcher';
import { createLogger } from '../../src/telemetry/log';
import { openProduct, type Product } from '../../src/runtime/container';
import { objectTypes } from '../../src/store/mirror/catalogue';
import { saveConnection } from '../../src/store/connections/connections';
import { changeSettings } from '../../src/store/settings/settings';
import { createWorkspace } from '../../src/store/access/workspaces';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { connectToTemporal, takeNamespace, temporalAddress } from '../support/temporal';
import { WorkerFleet } from '../support/worker-fleet';
import { TEST_ACTOR } from '../support/actors';

const CHANGES = 60;

let sandbox: Sandbox;
let database: TestDatabase;
let product: Product;
let connection: Connection;
let fleet: WorkerFleet;
let following: Promise<void>;
let type: string;
const stop = new AbortController();

beforeAll(async () => {
  const journal = { access: 'granted', fileSize: 10 } as const;
  [sandbox, database, connection] = await Promise.all([
    startSandbox({ seed: 'demo', journal }),
    createTestDatabase(),
    connectToTemporal(),
  ]);
  const namespace = await takeNamespace();
  const environment = {
    DATABASE_URL: database.url,
    HUBSPOT_API_URL: sandbox.url,
    HUBSPOT_CLIENT_ID: sandbox.clientId,
    HUBSPOT_CLIENT_SECRET: sandbox.clientSecret,
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    SYNC_TIME_SCALE: '0.01',
  };
  const log = createLogger('silent', 'test');
  product = openProduct(loadConfig({ ...environment, LOG_LEVEL: 'silent' }), log);
  const { workspaceId } = await createWorkspace(product.db, 'journal');
  const issued = sandbox.tokens.issue();
  await saveConnection(product.db, {
    workspaceId,
    portalId: issued.grant.portalId,
    hubDomain: null,
    uiDomain: 'app.hubspot.example',
    timeZone: 'Europe/Madrid',
    accountType: null,
    userId: null,
    userEmail: null,
    scopes: issued.grant.scopes,
    tokens: product.tokens.seal(workspaceId, {
      accessToken: issued.accessToken,
      refreshToken: issued.refreshToken,
      expiresInSeconds: issued.expiresIn,
      portalId: null,
      userId: null,
      scopes: null,
    }),
  });
  await refreshCatalogue(product, await product.gateway.connect(workspaceId));
  type = (await objectTypes(product.db, issued.grant.portalId))[0]?.object_type ?? '';
  await changeSettings(product.db, workspaceId, { customObjectTypes: [type] }, TEST_ACTOR);
  fleet = await WorkerFleet.start({
    workers: 2,
    requestTimeoutMs: 5_000,
    env: {
      PATH: process.env['PATH'],
      ...environment,
      TEMPORAL_ADDRESS: temporalAddress(),
      TEMPORAL_NAMESPACE: namespace,
      TEMPORAL_CONFIG_FILE: '/no-temporal-profile.toml',
      METRICS_PORT: '0',
      LOG_LEVEL: 'info',
    },
  });
  const follower = new JournalDispatcher({ ...product, temporal: new Client({ connection, namespace }) });
  following = follower.run(stop.signal);
});
afterAll(async () => {
  stop.abort();
  await following;
  await fleet.stop();
  await Promise.all([connection.close(), product.db.destroy(), sandbox.close()]);
  await database.drop();
});

test('workers that are killed while they read the journal lose no event and store none twice', async () => {
  const { crm, requests, faults } = sandbox;
  await until(() => requests.list({ path: '/journal/2026-03/earliest' }).length > 0);
  // The request for the third file hangs, so that a worker is killed while it reads.
  faults.add({ match: { path: '/journal-files/' }, after: 2, times: 1, action: { kind: 'hang' } });
  const project = crm.create(type, { project_name: 'Journal' });
  for (let count = 1; count <= CHANGES; count += 1) {
    // Two changes in the same millisecond would count as one.
    const now = Date.now();
    await until(() => Date.now() > now);
    crm.update(type, project.id, { project_name: `Journal ${count}` });
  }
  await until(() => faults.list()[0]?.struck === 1);
  for (const worker of [0, 1]) fleet.kill(worker);

  await until(async () => (await changes()).length >= CHANGES);
  expect(fleet.kills).toBe(2);
  expect(new Set((await changes()).map(({ event_key }) => event_key)).size).toBe(CHANGES);
  expect(await changes()).toHaveLength(CHANGES);
});

async function changes() {
  return await product.db.selectFrom('crm_events').selectAll().where('kind', '=', 'propertyChange').execute();
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
