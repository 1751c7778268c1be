import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Connection } from '@temporalio/client';
import { Client } from 'pg';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/names';
import { migrate } from '../../../src/store/migrate';
import { createBlankDatabase, createTestDatabase } from '../../support/database';
import { connectToTemporal, takeNamespace } from '../../support/temporal';

let connection: Connection;

beforeAll(async () => {
  connection = await connectToTemporal();
});

afterAll(async () => {
  await connection.close();
});

test('databases created concurrently are migrated and separate', async () => {
  const databases = await Promise.all(Array.from({ length: 6 }, createTestDatabase));
  expect(new Set(databases.map(({ url }) => url)).size).toBe(6);
  for (const { url } of databases) expect(await migrate(url)).toEqual([]);
  await Promise.all(databases.map((database) => database.drop()));
});

test('a database can be dropped while it has connections', async () => {
  const database = await createBlankDatabase();
  const client = new Client({ connectionString: database.url });
  const lost = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await database.drop();
  await lost;
  await expect(new Client({ connectionString: database.url }).connect()).rejects.toThrow(/does not exist/);
});

test('every taken namespace is unique and has the search attributes', async () => {
  const namespaces = [await takeNamespace(), await takeNamespace()];
  expect(namespaces[0]).not.toBe(namespaces[1]);
  for (const namespace of namespaces) {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
  }
});
