import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { startKeeper, type Keeper } from '../../../src/dev/keeping';
import { startPostgres } from '../../../src/dev/postgres';
import { ProcessGroup } from '../../../src/dev/process-group';
import { isRunning } from '../../../src/dev/system-processes';

let folder: string;
let keeper: Keeper;
let groups: ProcessGroup[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postgres-test-'));
  chmodSync(folder, 0o755);
  const started = await startKeeper();
  if (started.state !== 'ready') throw new Error('busy');
  keeper = started.keeper;
  keeper.removeAtEnd(folder);
  groups = [];
});

afterEach(async () => {
  for (const group of groups) await group.stop();
  await keeper.close();
});

function start(group: ProcessGroup, password = 'first'): Promise<string> {
  groups.push(group);
  const logFile = join(folder, 'postgres.log');
  return startPostgres({ folder, password, database: 'app', group, logFile });
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

function postmasterPid(): number {
  return Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
}

test('started again, it finds its data', async () => {
  const first = new ProcessGroup(keeper);
  const url = await start(first);
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const pid = postmasterPid();
  await first.stop();
  expect(isRunning(pid)).toBe(false);
  expect(await query(await start(new ProcessGroup(keeper)), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('a server that an earlier run left running is ended first, and its data found', async () => {
  const url = await start(new ProcessGroup(keeper));
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const leftover = postmasterPid();
  const again = await start(new ProcessGroup(keeper));
  expect(isRunning(leftover)).toBe(false);
  expect(await query(again, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('killed with SIGKILL and started again, it finds its data', async () => {
  const first = new ProcessGroup(keeper);
  const url = await start(first);
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const pid = postmasterPid();
  first.kill();
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await query(await start(new ProcessGroup(keeper)), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('it listens on this machine only, wants its password, and sorts text alike everywhere', async () => {
  const url = await start(new ProcessGroup(keeper));
  expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(
    await query(
      url,
      `SELECT datcollate, datlocale, pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = 'app'`,
    ),
  ).toEqual([{ datcollate: 'C', datlocale: 'C.UTF-8', encoding: 'UTF8' }]);
  const wrong = new URL(url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
});

test('another password than the first is told in a sentence', async () => {
  const first = new ProcessGroup(keeper);
  await start(first);
  await first.stop();
  await expect(start(new ProcessGroup(keeper), 'second')).rejects.toThrow(/another password than the one in/);
});

test('two run side by side on ports of their own', async () => {
  const other = mkdtempSync(join(tmpdir(), 'postgres-test-'));
  chmodSync(other, 0o755);
  try {
    const group = new ProcessGroup(keeper);
    const urls = [await start(group)];
    urls.push(
      await startPostgres({ folder: other, password: 'x', database: 'app', group, logFile: join(other, 'log') }),
    );
    const ports = new Set(urls.map((url) => new URL(url).port));
    expect(ports.size).toBe(2);
    await group.stop();
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});
