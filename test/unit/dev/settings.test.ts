import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadConfig } from '../../../src/config';
import { loadSecrets } from '../../../src/dev/secrets';
import { closeOldFiles } from '../../../src/dev/private-files';
import { dataFolderOf, productEnvironment, readSettings, sandboxEnvironment } from '../../../src/dev/settings';

const STARTED = {
  databaseUrl: 'postgres://postgres@127.0.0.1:54320/hubspot_meeting_sync',
  temporal: { address: '127.0.0.1:7233', uiUrl: 'http://localhost:8233' },
  sandboxUrl: 'http://127.0.0.1:4010',
};

let folder: string;
let occupied: Server;
let occupiedPort: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dev-settings-test-'));
  occupied = createServer();
  await new Promise<void>((listening) => occupied.listen(0, () => listening()));
  const address = occupied.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  occupiedPort = address.port;
});

afterEach(() => {
  occupied.close();
  rmSync(folder, { recursive: true, force: true });
});

test('an empty environment gives a complete configuration that points to the sandbox', async () => {
  const settings = await readSettings({ PORT: '0' }, folder);
  const config = loadConfig(productEnvironment(settings, STARTED));
  const sandbox = sandboxEnvironment(settings, 4010, 'http://localhost:3000');
  expect(sandbox).toMatchObject({
    SANDBOX_PORT: '4010',
    SANDBOX_WEBHOOK_URL: 'http://localhost:3000/webhooks/hubspot',
  });
  expect(config).toMatchObject({
    databaseUrl: STARTED.databaseUrl,
    temporalUiUrl: 'http://localhost:8233',
    publicUrl: null,
    hubspot: {
      apiUrl: 'http://127.0.0.1:4010',
      authorizeUrl: 'http://127.0.0.1:4010/oauth/authorize',
      clientId: sandbox['SANDBOX_CLIENT_ID'],
      clientSecret: sandbox['SANDBOX_CLIENT_SECRET'],
    },
  });
  expect(config.encryptionKeys).toHaveLength(1);
  expect(config.bootstrapApiKey).not.toBeNull();
});

test('the server takes another port when its usual one is taken, unless the address is relied on', async () => {
  const fixed = async (env: NodeJS.ProcessEnv) =>
    (await readSettings({ METRICS_PORT: '0', ...env }, folder)).ports.server;
  expect(await fixed({})).toEqual({ preferred: 3000, fixed: false });
  const free = { PORT: '0', HUBSPOT_CLIENT_ID: 'app', HUBSPOT_CLIENT_SECRET: 'secret' };
  expect(await fixed(free)).toEqual({ preferred: 0, fixed: false });
  occupied.close();
  const kept = { preferred: occupiedPort, fixed: true };
  expect(await fixed({ PORT: String(occupiedPort) })).toEqual(kept);
});

test('a configured HubSpot app switches the sandbox off', async () => {
  const env = { PORT: '0', HUBSPOT_CLIENT_ID: 'app', HUBSPOT_CLIENT_SECRET: 'secret' };
  const settings = await readSettings(env, folder);
  expect(settings.sandbox).toBe(false);
  expect(loadConfig(productEnvironment(settings, { ...STARTED, sandboxUrl: null })).hubspot).toMatchObject({
    clientId: 'app',
    apiUrl: 'https://api.hubapi.com',
  });
});

test('a HubSpot app without its secret is a configuration error, before anything starts', async () => {
  await expect(readSettings({ PORT: '0', HUBSPOT_CLIENT_ID: 'app' }, folder)).rejects.toThrow(/HUBSPOT_CLIENT_SECRET/);
});

test('settings of another Temporal server do not apply when dev starts one', async () => {
  const env = { PORT: '0', TEMPORAL_API_KEY: 'key', TEMPORAL_TLS: 'true', TEMPORAL_NAMESPACE: 'own' };
  const product = productEnvironment(await readSettings(env, folder), STARTED);
  expect(product['TEMPORAL_API_KEY']).toBeUndefined();
  expect(product['TEMPORAL_TLS']).toBeUndefined();
  expect(product).toMatchObject({ TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_NAMESPACE: 'own' });
});

test("the settings of the caller's Temporal server are passed on unchanged", async () => {
  const env = { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_API_KEY: 'key' };
  const settings = await readSettings({ ...env, PORT: '0' }, folder);
  expect(settings.temporalAddress).toBe('temporal.example:7233');
  expect(productEnvironment(settings, { ...STARTED, temporal: null })).toMatchObject(env);
});

test.each(['PORT', 'METRICS_PORT', 'SANDBOX_PORT'])(
  'a taken %s fails the start with one sentence',
  async (variable) => {
    const env = { PORT: '0', METRICS_PORT: '0', [variable]: String(occupiedPort) };
    await expect(readSettings(env, folder)).rejects.toThrow(
      `Port ${occupiedPort} is in use by another program: stop that one, or choose another port with ${variable}=…`,
    );
  },
);

test('parts without a configured port prefer their usual one and can take another', async () => {
  const { ports } = await readSettings({ PORT: '0' }, folder);
  expect(ports).toEqual({
    server: { preferred: 0, fixed: false },
    workerMetrics: { preferred: 9464, fixed: false },
    serverMetrics: { preferred: 9465, fixed: false },
    sandbox: { preferred: 4010, fixed: false },
  });
});

test('an invalid SANDBOX_PORT is named in the error', async () => {
  await expect(readSettings({ PORT: '0', SANDBOX_PORT: '4010a' }, folder)).rejects.toThrow(
    'SANDBOX_PORT: must be a whole number from 0 to 65535',
  );
});

test('secrets are generated once, readable by their owner only, and a damaged file is not replaced', () => {
  const made = loadSecrets(folder);
  expect(loadSecrets(folder)).toEqual(made);
  const file = join(folder, 'secrets.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
  expect(() => loadSecrets(folder)).toThrow(/secrets\.json cannot be used/);
});

test('the parts listen on loopback only, unless configured otherwise', async () => {
  const settings = await readSettings({ PORT: '0' }, folder);
  expect(loadConfig(productEnvironment(settings, STARTED))).toMatchObject({
    host: '127.0.0.1',
    metricsHost: '127.0.0.1',
  });
  const open = await readSettings({ PORT: '0', HOST: '0.0.0.0' }, folder);
  expect(loadConfig(productEnvironment(open, STARTED))).toMatchObject({ host: '0.0.0.0', metricsHost: '127.0.0.1' });
});

test('files that an earlier version left readable by others become private', () => {
  const names = ['temporal.db', 'temporal.db-wal', 'temporal.pid', 'sandbox.db', 'logs/temporal.log'];
  mkdirSync(join(folder, 'logs'));
  for (const name of names) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o644);
  }
  closeOldFiles(folder);
  for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

test("a new data folder is private, but PostgreSQL's user can traverse it", () => {
  const made = dataFolderOf({ DATA_DIR: join(folder, 'new') });
  expect(statSync(made).mode & 0o066).toBe(0);
});
