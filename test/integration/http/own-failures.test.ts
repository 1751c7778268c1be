import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { Client } from 'pg';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { openDatabase } from '../../../src/store/database';
import { databaseFailure } from '../../../src/store/failures';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { queryAsSuperuser } from '../../support/database';
import { meeting } from '../../support/meetings';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
let databaseName: string;
beforeAll(async () => {
  stack = await startHttpStack({ listen: true });
  databaseName = new URL(stack.config.databaseUrl).pathname.slice(1);
});
afterEach(async () => {
  await queryAsSuperuser(`ALTER DATABASE ${databaseName} RESET ALL`);
  await reconnect();
  await sql`drop trigger if exists fails on meetings`.execute(stack.product.db);
});
afterAll(() => stack.close());

/** Settings of a database apply to new connections. Closes those of the pool, as a failover does. */
async function reconnect(): Promise<void> {
  await queryAsSuperuser(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${databaseName}'`);
  // The pool notices it a moment later, one connection after the other.
  const ask = async () => await sql`select 1`.execute(stack.product.db);
  let answers: PromiseSettledResult<unknown>[];
  // oxlint-disable-next-line no-await-in-loop -- until none of the old ones is left
  do answers = await Promise.allSettled(Array.from({ length: 20 }, ask));
  while (answers.some(({ status }) => status === 'rejected'));
}

async function fail(code: string): Promise<void> {
  await sql
    .raw(
      `create or replace function fail() returns trigger language plpgsql as
       $$ begin raise exception 'staged' using errcode = '${code}'; end $$;
       create trigger fails before insert on meetings for each row execute function fail();`,
    )
    .execute(stack.product.db);
}

const post = (meetingId: string) => stack.call('POST', '/api/v1/meetings', meeting({ meetingId }));
/** A readiness check is reused for a moment. Asks until the status has changed. */
async function readiness(turned: 200 | 503): Promise<{ database: string }> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    const answer = await stack.app.inject({ url: '/readyz' });
    if (answer.statusCode === turned) return answer.json();
    // oxlint-disable-next-line no-await-in-loop -- polling
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function expectOwnFailure(answer: Awaited<ReturnType<typeof post>>, sentence: RegExp): Promise<void> {
  expect(answer.statusCode).toBe(503);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  expect(answer.json()).toMatchObject({
    status: 503,
    type: expect.stringMatching(/#database-unavailable$/),
    detail: expect.stringMatching(/^Something went wrong on our side: /),
  });
  expect(answer.json<{ detail: string }>().detail).toMatch(sentence);
}

test('With a read-only database, meetings are refused with 503 and the server is not ready until writes work again', async () => {
  await queryAsSuperuser(`ALTER DATABASE ${databaseName} SET default_transaction_read_only = on`);
  await reconnect();
  await expectOwnFailure(await post('read-only'), /read-only/);
  expect((await readiness(503)).database).toMatch('read-only');
  // Reads still work. Only the first use of this key is not recorded.
  expect((await stack.call('GET', '/api/v1/meetings')).statusCode).toBe(200);

  await queryAsSuperuser(`ALTER DATABASE ${databaseName} RESET default_transaction_read_only`);
  await reconnect();
  expect((await post('read-only')).statusCode).toBe(202);
  expect((await readiness(200)).database).toBe('reached');
});

test.each([
  ['53100', 'disk_full', /disk space/],
  ['53200', 'out_of_memory', /memory/],
  ['40P01', 'deadlock_detected', /blocked it/],
  ['40001', 'serialization_failure', /blocked it/],
  ['57014', 'query_canceled', /in time/],
  ['58030', 'io_error', /see the log/],
  ['57P01', 'admin_shutdown', /cannot be reached/],
])('%s (%s) is our failure, and /readyz reports it', async (code, _name, sentence) => {
  await fail(code);
  await expectOwnFailure(await post('full'), sentence);
  expect((await readiness(503)).database).toMatch(sentence);
  await sql`drop trigger fails on meetings`.execute(stack.product.db);
  expect([200, 202]).toContain((await post('full')).statusCode);
  await readiness(200);
});

test('A statement that waits too long for a lock is our failure', async () => {
  const impatient = openDatabase(stack.config.databaseUrl, { max: 1, statement_timeout: 200 });
  const other = new Client({ connectionString: stack.config.databaseUrl });
  await other.connect();
  await other.query('begin; lock table meetings in access exclusive mode');
  const accepted = acceptMeeting(impatient, {
    workspaceId: stack.workspaceId,
    meeting: processedMeetingSchema.parse(meeting({ meetingId: 'locked' })),
  });
  const error = await accepted.catch((failure: unknown) => failure);
  expect(databaseFailure(error)).toBe('busy');
  await other.query('rollback');
  await other.end();
  await impatient.destroy();
  expect((await post('locked')).statusCode).toBe(202);
});

test('A client that disconnects is no failure of the database', async () => {
  const { port } = new URL(stack.config.publicUrl);
  const before = stack.logLines.length;
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    `POST /api/v1/meetings HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${stack.apiKey}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"meetingId": "half',
  );
  // Wait until the key has been looked up, so that the request has reached its handler.
  await new Promise((resolve) => setTimeout(resolve, 300));
  socket.resetAndDestroy();
  const ended = () => stack.logLines.slice(before).find((line) => line.includes('"status":499'));
  while (ended() === undefined) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  expect(JSON.parse(ended() ?? '')).toMatchObject({ level: 30, route: '/api/v1/meetings' });
  expect(stack.logLines.slice(before).join('\n')).not.toMatch(/database|"level":[456]0/);
});
