import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { databaseProblem } from '../../../src/store/health';
import { openDatabase } from '../../../src/store/database';
import { migrate } from '../../../src/store/migrate';
import { createTestDatabase, queryAsSuperuser } from '../../support/database';
import { shared } from '../../support/shared';

// Roles belong to the whole server, which other tests share, so these have unique names.
const suffix = randomBytes(4).toString('hex');
const product = `product_${suffix}`;
const temporal = `temporal_${suffix}`;

function urlFor(role: string, database: string): string {
  const url = new URL(`/${database}`, shared('databaseUrl'));
  url.username = role;
  url.password = `password_of_${role}`;
  return url.href;
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  const script = readFileSync(join(__dirname, '../../../docker/postgres-roles.sql'), 'utf8')
    .replaceAll('hubspot_meeting_sync', product)
    .replaceAll(/\btemporal(?=\b|_)/g, temporal)
    .replaceAll(`init.${temporal}_password`, 'init.temporal_password');
  const client = new Client({
    connectionString: shared('databaseUrl'),
    options: `-c init.product_password=password_of_${product} -c init.temporal_password=password_of_${temporal}`,
  });
  await client.connect();
  // One statement at a time, as psql sends them: a transaction cannot create a database.
  for (const statement of script.split(/\n{2,}/)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await client.query(statement);
  }
  await client.end();
});
afterAll(async () => {
  for (const database of [product, temporal, `${temporal}_visibility`]) {
    // oxlint-disable-next-line no-await-in-loop -- few
    await queryAsSuperuser(`drop database if exists ${database} with (force)`);
  }
  await queryAsSuperuser(`drop role if exists ${product}`);
  await queryAsSuperuser(`drop role if exists ${temporal}`);
});

test('the product’s role can migrate and use its own database', async () => {
  const url = urlFor(product, product);
  expect((await migrate(url)).length).toBeGreaterThan(10);
  const db = openDatabase(url, { max: 1 });
  expect(await databaseProblem(db)).toBeNull();
  await db.destroy();
});

test.each([
  ['product', product, product],
  ['Temporal', temporal, temporal],
])('the role of %s is not a superuser and cannot create roles or databases', async (_, role, database) => {
  const url = urlFor(role, database);
  expect(
    await query(
      url,
      `select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls from pg_roles where rolname = current_user`,
    ),
  ).toEqual([
    { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false, rolbypassrls: false },
  ]);
  await expect(query(url, `create role thief_${suffix}`)).rejects.toThrow('permission denied');
  await expect(query(url, `create database loot_${suffix}`)).rejects.toThrow('permission denied');
  await expect(query(url, 'select rolpassword from pg_authid')).rejects.toThrow('permission denied');
  await expect(query(url, "select pg_read_file('/etc/passwd')")).rejects.toThrow('permission denied');
  await expect(query(url, "copy (select 1) to program 'true'")).rejects.toThrow('permission denied');
});

test('neither role can reach the other’s databases, and Temporal owns its two', async () => {
  await expect(query(urlFor(product, temporal), 'select 1')).rejects.toThrow('permission denied');
  await expect(query(urlFor(product, `${temporal}_visibility`), 'select 1')).rejects.toThrow('permission denied');
  await expect(query(urlFor(temporal, product), 'select 1')).rejects.toThrow('permission denied');
  // The statements that Temporal's schemas need.
  const visibility = urlFor(temporal, `${temporal}_visibility`);
  await query(visibility, 'create extension if not exists btree_gin');
  await query(visibility, 'create table executions (id int)');
});

test('the statements of docs/deployment.md move an existing installation to the roles', async () => {
  const old = await createTestDatabase();
  const owner = `owner_${suffix}`;
  const name = new URL(old.url).pathname.slice(1);
  const doc = readFileSync(join(__dirname, '../../../docs/deployment.md'), 'utf8');
  const [, handOver = ''] = [...doc.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  await queryAsSuperuser(`create role ${owner} login password 'password_of_${owner}'`);
  await queryAsSuperuser(`alter database ${name} owner to ${owner}`);
  await query(old.url, handOver.replaceAll('hubspot_meeting_sync', owner));
  const url = urlFor(owner, name);
  expect(
    await query(url, `select tablename from pg_tables where schemaname = 'public' and tableowner <> current_user`),
  ).toEqual([]);
  const db = openDatabase(url, { max: 1 });
  expect(await databaseProblem(db)).toBeNull();
  await db.destroy();
  // A later migration may add functions and sequences.
  const functions = await query(
    url,
    `select oid::regprocedure::text as name from pg_proc
     where pronamespace = 'public'::regnamespace and proowner = current_user::regrole`,
  );
  expect(functions.length).toBeGreaterThan(0);
  await query(url, 'alter table meetings add column later int');
  await old.drop();
  await queryAsSuperuser(`drop role ${owner}`);
});
