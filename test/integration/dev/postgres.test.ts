import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { startReaper, type Reaper } from '../../../src/dev/reaper-client';
import { startPostgres } from '../../../src/dev/postgres/postgres';
import { ProcessGroup } from '../../../src/dev/process-group';
import { isRunning } from '../../../src/dev/system-processes';

let folder: string;
let reaper: Reaper;
let groups: ProcessGroup[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postgres-test-'));
  chmodSync(folder, 0o755);
  const started = await startReaper();
  if (started.state !== 'ready') throw new Error('busy');
  reaper = started.reaper;
  reaper.removeAtEnd(folder);
  groups = [];
});

afterEach(async () => {
  for (const group of groups) await group.stop();
  await reaper.close();
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

test('a restart keeps the data', async () => {
  const first = new ProcessGroup(reaper);
  const url = await start(first);
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const pid = postmasterPid();
  await first.stop();
  expect(isRunning(pid)).toBe(false);
  expect(await query(await start(new ProcessGroup(reaper)), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('a start ends the server that an earlier run left running and keeps its data', async () => {
  const url = await start(new ProcessGroup(reaper));
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const leftover = postmasterPid();
  const again = await start(new ProcessGroup(reaper));
  expect(isRunning(leftover)).toBe(false);
  expect(await query(again, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('a restart after SIGKILL keeps the data', async () => {
  const first = new ProcessGroup(reaper);
  const url = await start(first);
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const pid = postmasterPid();
  first.kill();
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await query(await start(new ProcessGroup(reaper)), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('the server listens on loopback only, requires its password and sorts text independently of locales', async () => {
  const url = await start(new ProcessGroup(reaper));
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

test('a password that differs from the first one is reported in one sentence', async () => {
  const first = new ProcessGroup(reaper);
  await start(first);
  await first.stop();
  await expect(start(new ProcessGroup(reaper), 'second')).rejects.toThrow(
    /password of the embedded PostgreSQL differs from the one in/,
  );
});

test('two servers run side by side on different ports', async () => {
  const other = mkdtempSync(join(tmpdir(), 'postgres-test-'));
  chmodSync(other, 0o755);
  try {
    const group = new ProcessGroup(reaper);
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
