import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findApiKey } from '../../../src/store/access/api-keys';
import { openDatabase } from '../../../src/store/database';
import { createBlankDatabase, createTestDatabase } from '../../support/database';
import { run as runIn, type CommandResult } from './run';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-configuration-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> =>
  runIn(args, { env, folder });

test.each(['server', 'worker'])('%s lists every invalid variable and exits with 78', async (command) => {
  const { code, out, err } = await run([command], {
    DATABASE_URL: 'mysql://localhost/x',
    HUBSPOT_CLIENT_ID: 'id',
    ENCRYPTION_KEYS: 'short:abc',
    PORT: '70000',
  });
  expect(code).toBe(78);
  expect(out).toBe('');
  const named = err.split('\n').flatMap((line) => /^ {2}(?<name>\w+):/.exec(line)?.groups?.['name'] ?? []);
  expect(named.toSorted()).toEqual(['DATABASE_URL', 'ENCRYPTION_KEYS', 'HUBSPOT_CLIENT_SECRET', 'PORT']);
});

test('dev lists invalid variables before it starts anything', async () => {
  const { code, out, err } = await run(['dev'], { LOG_LEVEL: 'loud', PUBLIC_URL: 'nowhere', DATA_DIR: folder });
  expect({ code, out }).toEqual({ code: 78, out: '' });
  expect(err).toMatch(/ {2}PUBLIC_URL: must be an http or https URL/);
  expect(err).toMatch(/ {2}LOG_LEVEL: /);
});

test.each([['migrate'], ['workspace', 'create', 'Northwind']])('%s needs DATABASE_URL', async (...args) => {
  const { code, err } = await run(args);
  expect(code).toBe(78);
  expect(err).toMatch('DATABASE_URL: is required but not set');
});

test('migrate creates the tables of an empty database once', async () => {
  const database = await createBlankDatabase();
  try {
    const env = { DATABASE_URL: database.url };
    const early = await run(['workspace', 'create', 'Northwind'], env);
    expect({ code: early.code, err: early.err }).toEqual({
      code: 1,
      err: 'The database has no tables of this version: run hubspot-meeting-sync migrate.\n',
    });
    const first = await run(['migrate'], env);
    expect(first).toMatchObject({ code: 0, out: expect.stringMatching('Applied: 0001_'), err: '' });
    expect(await run(['migrate'], env)).toEqual({ code: 0, out: 'The database is up to date.\n', err: '' });
  } finally {
    await database.drop();
  }
});

test('workspace create prints a valid key, and rejects a taken or empty name in one sentence', async () => {
  const database = await createTestDatabase();
  const db = openDatabase(database.url, { max: 1 });
  try {
    const env = { DATABASE_URL: database.url };
    const { code, out } = await run(['workspace', 'create', 'Acme España'], env);
    expect(code).toBe(0);
    const [sentence = '', key = ''] = out.split('\n');
    expect(sentence).toMatch('acme-espana');
    expect(await findApiKey(db, key)).toMatchObject({ workspaceId: 'acme-espana' });

    const again = await run(['workspace', 'create', 'Acme España'], env);
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringMatching('choose another name') });
    expect(await run(['workspace', 'create', ' '], env)).toMatchObject({ code: 1, out: '' });
  } finally {
    await db.destroy();
    await database.drop();
  }
});

test('an unreachable or refusing database is reported with its address and without the password', async () => {
  const away = await run(['migrate'], { DATABASE_URL: 'postgres://sync:s3cret@127.0.0.1:1/meetings' });
  expect(away).toMatchObject({ code: 1, out: '' });
  expect(away.err).toBe(
    'PostgreSQL cannot be reached at sync@127.0.0.1:1/meetings: start it, or correct DATABASE_URL.\n',
  );
  const unknown = new URL(process.env['TEST_DATABASE_URL'] ?? '');
  unknown.pathname = '/no_such_database';
  const refused = await run(['migrate'], { DATABASE_URL: unknown.href });
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(/^PostgreSQL has no such database \(.*no_such_database\): correct DATABASE_URL\.$/m);
  expect(refused.err).not.toMatch(unknown.password);
});

test('a worker without Temporal says which variable to correct', async () => {
  const { code, err } = await run(['worker'], {
    DATABASE_URL: 'postgres://127.0.0.1:1/x',
    HUBSPOT_CLIENT_ID: 'id',
    HUBSPOT_CLIENT_SECRET: 'secret',
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    METRICS_PORT: '0',
  });
  expect(code).toBe(1);
  expect(err).toMatch('Temporal cannot be reached: start it, or correct TEMPORAL_ADDRESS');
});

test('help lists every command, and an unknown one is rejected', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  for (const command of ['dev', 'server', 'worker', 'migrate', 'workspace', 'sync', 'resync', 'status'])
    expect(out).toMatch(new RegExp(String.raw`^ {2}${command}\b`, 'm'));
  expect(await run(['frobnicate'])).toMatchObject({
    code: 1,
    err: expect.stringMatching("unknown command 'frobnicate'"),
  });
});
