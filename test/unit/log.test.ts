import { expect, test } from '@jest/globals';
import { createLogger } from '../../src/telemetry/log';
import { withLogFields } from '../../src/telemetry/log-context';

function logged(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger('trace', 'test', { write: (line: string) => void lines.push(line) }));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

test('a log line has the ids of its work, also in asynchronous code', async () => {
  const fields = { workspaceId: 'w', meetingId: 'm', workflowId: 'sync-meeting:w:m' };
  const line = await withLogFields(fields, async () => {
    await Promise.resolve();
    return logged((log) => log.info({ outcome: 'synced' }, 'done'));
  });
  expect(line).toMatchObject({ ...fields, outcome: 'synced', msg: 'done' });
  expect(logged((log) => log.info('outside'))).not.toHaveProperty('meetingId');
});

test.each<[Record<string, unknown>]>([
  [{ token: 'abc' }],
  [{ req: { query: { code: 'abc' } } }],
  [{ request: { headers: { authorization: 'Bearer abc' } } }],
  [{ said: 'mail zoë.o’hara+x@sub.acme.example and o.hara@acme.example bounced' }],
  [{ said: 'sent with Bearer abc.def-ghi' }],
])('no secret of %j is logged', (fields) => {
  const text = JSON.stringify(logged((log) => log.warn(fields, 'x')));
  for (const secret of ['abc', 'acme.example']) expect(text).not.toMatch(secret);
});

test('a logged error has its message and stack but no fields of libraries', () => {
  const fault = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (email)=(secret) already exists',
  });
  const { error } = logged((log) => log.error({ error: fault }, 'x')) as { error: Record<string, string> };
  expect(error).toMatchObject({
    type: 'Error',
    code: '23505',
    message: 'duplicate key',
    stack: expect.stringContaining('log.test'),
  });
  expect(JSON.stringify(error)).not.toMatch('secret');
});

test('a value quoted in a message is not logged', () => {
  const pg = Object.assign(new Error('invalid input syntax for type json: "secret text"'), { code: '22P02' });
  let syntax: unknown;
  try {
    JSON.parse('secret text');
  } catch (error) {
    syntax = error;
  }
  for (const error of [pg, syntax])
    expect(JSON.stringify(logged((log) => log.error({ error }, 'x')))).not.toMatch('secret');
});

test('package paths in stack traces are not masked as addresses', () => {
  const { said } = logged((log) =>
    log.info({ said: 'at node_modules/@temporalio/worker/lib/worker.js and pino@10.4.0' }, 'x'),
  );
  expect(said).toBe('at node_modules/@temporalio/worker/lib/worker.js and pino@10.4.0');
});
