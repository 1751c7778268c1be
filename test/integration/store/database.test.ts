import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { openDatabase } from '../../../src/store/database';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { FaultProxy } from '../../support/proxy';

let database: TestDatabase;
let proxy: FaultProxy;
beforeEach(async () => {
  database = await createTestDatabase();
  const { hostname, port } = new URL(database.url);
  proxy = await FaultProxy.start({ target: { host: hostname, port: Number(port) } });
});
afterEach(async () => {
  await proxy.close();
  await database.drop();
});

test('a connection that breaks between two statements fails the transaction, not the process', async () => {
  const url = new URL(database.url);
  url.port = String(proxy.port);
  const db = openDatabase(url.href);
  const broken = db.transaction().execute(async (transaction) => {
    await sql`select 1`.execute(transaction);
    proxy.cut();
    // Gives the client time to notice the broken connection between the two statements.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await sql`select 1`.execute(transaction);
  });
  await expect(broken).rejects.toThrow(/connection/i);
  expect((await sql<{ one: number }>`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  await db.destroy();
});

test('a hanging statement times out, a migration does not', async () => {
  const timeout = async (url: string, options: Parameters<typeof openDatabase>[1] = {}) => {
    const db = openDatabase(url, options);
    const { rows } = await sql<{ statement_timeout: string }>`show statement_timeout`.execute(db);
    await db.destroy();
    return rows[0]?.statement_timeout;
  };
  expect(await timeout(database.url)).toBe('30s');
  expect(await timeout(database.url, { statement_timeout: false })).toBe('0');
  const db = openDatabase(database.url, { statement_timeout: 50 });
  await expect(sql`select pg_sleep(60)`.execute(db)).rejects.toMatchObject({ code: '57014' });
  await db.destroy();
});
