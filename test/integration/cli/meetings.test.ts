import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { MeetingSyncClient } from '../../../src/client';
import { writeRunning } from '../../../src/dev/running-file';
import { buildApp } from '../../../src/http/app';
import { processedMeetingSchema, type ProcessedMeetingInput } from '../../../src/meeting/intake/schema';
import { hashToken } from '../../../src/secrets';
import { SCOPES } from '../../../src/store/access/scopes';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { sweepUntil } from '../../../src/dispatch/polling-loop';
import { startStack, type Stack } from '../../support/stack';
import { run as runIn, type CommandResult } from './run';
import { NO_OWN_LIMITS } from '../../support/limits';

const API_KEY = 'hms_key-of-the-command-line-tests';
const EXAMPLE = path.resolve('examples/meeting.json');
const example: ProcessedMeetingInput = processedMeetingSchema.parse(JSON.parse(readFileSync(EXAMPLE, 'utf8')));

/** The whole product behind a real port: the commands are processes and reach it like any other caller. */
interface Served extends Stack {
  readonly url: string;
  /** Runs a command with the address and the key of this product, unless `env` says otherwise. */
  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CommandResult>;
}

let folder: string;
/** What the tests share: it is connected, and its meetings are not counted. */
let shared: Served;
/** Of one test alone, which connects it or counts its meetings. */
const owned: Served[] = [];
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cli-meetings-'));
  shared = await serve();
  await shared.connect();
});
afterEach(async () => {
  await Promise.all(owned.splice(0).map((own) => own.close()));
});
afterAll(async () => {
  await shared.close();
  rmSync(folder, { recursive: true });
});

async function serve(): Promise<Served> {
  const stack = await startStack({ sandbox: { seed: 'demo' }, ownNamespace: true });
  const app = await buildApp({
    ...stack.product,
    config: {
      ownLimits: NO_OWN_LIMITS,
      trustProxy: false,
      publicUrl: 'http://localhost:3000',
      instanceId: 'test',
      encryptionKeys: [{ id: 'test', key: Buffer.alloc(32) }],
      hubspot: { clientSecret: 'secret' },
    },
    starter: stack.starter,
    changes: stack.changes,
    reconciler: stack.reconciler,
    temporal: { problem: () => Promise.resolve(null) },
    temporalUi: { temporalUiUrl: null, namespace: 'default' },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  await stack.product.db
    .insertInto('api_keys')
    .values({ workspace_id: stack.workspaceId, name: 'cli', key_hash: hashToken(API_KEY), scopes: SCOPES })
    .execute();
  return {
    ...stack,
    url,
    run: (args, env = {}) => runIn(args, { env: { PUBLIC_URL: url, BOOTSTRAP_API_KEY: API_KEY, ...env }, folder }),
    async close() {
      await app.close();
      await stack.close();
    },
  };
}

async function serveAlone(): Promise<Served> {
  const own = await serve();
  owned.push(own);
  return own;
}

const run: Served['run'] = (args, env) => shared.run(args, env);

function fileOf(content: unknown): string {
  const file = path.join(folder, 'meeting.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('a workspace without meetings says so', async () => {
  const { apiKey } = await createWorkspace(shared.product.db, 'Without meetings');
  expect(await run(['status'], { BOOTSTRAP_API_KEY: apiKey })).toEqual({
    code: 0,
    out: 'No meeting has been accepted yet.\n',
    err: '',
  });
});

test('properties lists what takes values, and creates the standard properties once', async () => {
  const listed = await run(['properties', 'contacts', '--writable']);
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(listed.out).toMatch(/^jobtitle \(string\) Job title$/m);
  expect(listed.out).not.toMatch('not writable');
  expect((await run(['properties', 'create-standard'])).out).toBe(
    'Group meeting_sync: 30 of 30 properties created, 0 existed before.\n',
  );
  const again = await run(['properties', 'create-standard', '--json']);
  expect(JSON.parse(again.out)).toMatchObject({ group: 'meeting_sync', created: 0 });
  expect(await run(['properties', 'tickets'])).toMatchObject({ code: 1, err: expect.stringMatching('objectType') });
});

test('sync follows a meeting to its end, resync runs one that needs attention again, and status shows both', async () => {
  const own = await serveAlone();
  const { meetingId } = example;
  expect(await own.run(['reconcile'])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching('connect one first'),
  });
  const stopped = await own.run(['sync', EXAMPLE]);
  expect(stopped).toMatchObject({ code: 1, err: '' });
  expect(stopped.out).toMatch(`${meetingId}: needs_attention · This workspace is not connected to HubSpot. Connect `);

  await own.connect();
  expect(await own.run(['resync', '--all', '--reason', 'missing_scope'])).toMatchObject({
    code: 0,
    out: 'No meeting has the reason missing_scope.\n',
  });
  expect(await own.run(['resync', '--all', '--reason', 'not_connected'])).toMatchObject({
    code: 0,
    out: '1 meeting runs again.\n',
  });
  await own.starter.sweep(0);
  const { engagements } = await own.until(meetingId, 'synced');
  const pages = [engagements.summary?.url, engagements.notes?.url];

  const again = await own.run(['resync', meetingId]);
  expect(again.code).toBe(0);
  expect(again.out.trimEnd().split('\n').slice(-3)).toEqual([
    `${meetingId}: synced · 6 linked`,
    ...pages.map((page) => `  ${page}`),
  ]);

  const unchanged = await own.run(['sync', EXAMPLE]);
  expect(unchanged.out.split('\n')[0]).toBe(`${meetingId}: synced · 6 linked`);
  expect(await own.run(['status'])).toEqual({
    code: 0,
    out: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d  \S+ ".+": synced · 6 linked\n$/),
    err: '',
  });
  expect(JSON.parse((await own.run(['status', '--json'])).out)).toMatchObject({
    meetings: [await own.status(meetingId)],
    nextCursor: null,
  });
  expect(JSON.parse((await own.run(['resync', meetingId, '--json'])).out)).toMatchObject({
    meetingId,
    status: 'synced',
  });
  const one = await own.run(['status', meetingId]);
  expect(JSON.parse(one.out)).toEqual(await own.status(meetingId));
});

test('reconcile follows the reconciliation to its end and prints what it repaired', async () => {
  const own = await serveAlone();
  const { crm } = own.sandbox;
  await own.connect();
  await own.sync(example);
  await own.apply();
  const { links } = await own.status(example.meetingId);
  const company = links.find(({ objectType }) => objectType === 'companies')?.id ?? '';
  crm.update('companies', company, { name: 'Renamed without a webhook' });
  const deal = crm.create('deals', { dealname: 'New without a webhook' });
  crm.associate('companies', company, 'deals', deal.id);

  const ended = new AbortController();
  // The server does this in the background.
  const sweeping = sweepUntil(ended.signal, own.product.log, 'syncs', () => own.starter.sweep(0));
  const first = await own.run(['reconcile']);
  const second = await own.run(['reconcile']);
  ended.abort();
  await sweeping;
  const lines = (out: string) => out.split('\n').filter((line) => !line.startsWith('  '));
  const opening = 'Comparing 1 meeting with HubSpot. Ctrl-C stops following it, not the reconciliation.';
  expect([first.code, first.err, ...lines(first.out)]).toEqual([
    0,
    '',
    opening,
    'Repaired: the links of 1 meeting and the copies of 1 record.',
    '',
  ]);
  expect([second.code, ...lines(second.out)]).toEqual([0, opening, 'No differences.', '']);
});

test('backfill prints the rejected lines and follows the other meetings to their end', async () => {
  const copies = ['file-1', 'file-2'].map((meetingId) => JSON.stringify({ ...example, meetingId }));
  const file = fileOf([copies[0], '{"meetingId": "file-3"}', copies[1], ''].join('\n'));
  const ended = new AbortController();
  // The server does this in the background.
  const sweeping = [
    sweepUntil(ended.signal, shared.product.log, 'syncs', () => shared.starter.sweep(0)),
    shared.backfiller.run(ended.signal),
  ];
  const first = await run(['backfill', file]);
  const second = await run(['backfill', fileOf(copies.join('\n'))]);
  ended.abort();
  await Promise.all(sweeping);
  const lines = (out: string) => out.split('\n').filter((line) => !/^  \d/.test(line));
  expect([first.code, first.err, ...lines(first.out)]).toEqual([
    1,
    '',
    expect.stringMatching(/^Backfill [\w-]{36}: 2 meetings\. Ctrl-C stops following it, not the backfill\.$/),
    '1 line rejected; all other lines were accepted:',
    expect.stringMatching(/^  line 2: startedAt is required; recordingUrl is required; /),
    'Done: 2 meetings, 2 synced.',
    '',
  ]);
  expect([second.code, lines(second.out).at(-2)]).toEqual([0, 'Done: 2 meetings, 2 synced.']);
  expect(await run(['backfill', 'missing.ndjson'])).toEqual({
    code: 1,
    out: '',
    err: 'missing.ndjson cannot be read: check the path.\n',
  });
});

test('backfill pause, resume and stop change a running backfill', async () => {
  const client = new MeetingSyncClient({ url: shared.url, apiKey: API_KEY });
  const id = await client.startBackfill(JSON.stringify({ ...example, meetingId: 'paused-1' }));
  const act = async (action: string) => await run(['backfill', action, id]);
  expect(await act('pause')).toEqual({ code: 0, out: '0 of 1 meeting; paused\n', err: '' });
  // The forecast depends on what else was synced.
  expect(await act('resume')).toMatchObject({ code: 0, out: expect.stringMatching(/^0 of 1 meeting[,\n]/), err: '' });
  expect(await act('stop')).toEqual({ code: 0, out: 'Stopped early.\n', err: '' });
  expect(await act('pause')).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(
      /^The backfill has ended: The backfill was stopped, so it cannot be paused\. \(POST .*\/pause\)\n$/,
    ),
  });
});

test('sync rejects an invalid file before it calls the API', async () => {
  const nowhere = { PUBLIC_URL: 'http://127.0.0.1:1' };
  expect(await run(['sync', 'missing.json'], nowhere)).toEqual({
    code: 1,
    out: '',
    err: 'missing.json cannot be read: check the path.\n',
  });
  const file = fileOf('{ "meetingId": ');
  expect(await run(['sync', file], nowhere)).toMatchObject({
    code: 1,
    err: expect.stringMatching(`${file} is not valid JSON: `),
  });
  const twice = fileOf('{ "meetingId": "a", "meetingId": "b" }');
  expect(await run(['sync', twice], nowhere)).toMatchObject({
    code: 1,
    err: `${twice} has the field "meetingId" twice in one object\n`,
  });
  const wrong = fileOf({ ...example, startedAt: '', participants: [{ email: 5 }], colour: 'red' });
  const { code, out, err } = await run(['sync', wrong], nowhere);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/is not a processed meeting:\n/);
  expect(err).toMatch(/^ {2}startedAt: must not be empty$/m);
  expect(err).toMatch(/^ {2}participants\[0\]\.email: must be a text/m);
  expect(err).toMatch(/^ {2}colour: is not a known field$/m);
});

test('an unknown meeting is reported in one sentence', async () => {
  for (const command of ['status', 'resync']) {
    // oxlint-disable-next-line no-await-in-loop -- one process after the other
    expect(await run([command, 'no-such-meeting'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching('This workspace has no meeting "no-such-meeting"'),
    });
  }
});

test.each([
  [['resync'], 'Name one meeting, or use --all'],
  [['resync', 'one', '--all'], 'Name one meeting, or use --all'],
  [['resync', 'one', '--reason', 'reauthorize'], '--reason filters --all'],
  [['resync', '--all', '--reason', 'tired'], 'reason: '],
  [['sync'], "missing required argument 'file'"],
])('%j is refused', async (args, words) => {
  expect(await run(args)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(words) });
});

test('an unreachable server and an unknown key are errors that say what to set', async () => {
  expect(await run(['status'], { PUBLIC_URL: 'http://127.0.0.1:1' })).toEqual({
    code: 1,
    out: '',
    err: 'http://127.0.0.1:1 cannot be reached. Start the server (npm start), or give its address with --url or PUBLIC_URL.\n',
  });
  expect(await run(['status'], { BOOTSTRAP_API_KEY: 'hms_another-key' })).toMatchObject({
    code: 1,
    err: expect.stringMatching('No workspace has this API key'),
  });
  expect(await run(['status'], { BOOTSTRAP_API_KEY: '' })).toMatchObject({
    code: 1,
    err: expect.stringMatching('with --key or BOOTSTRAP_API_KEY'),
  });
});

test('commands next to a running dev need no variables', async () => {
  const { meetingId } = await shared.sync({ ...example, meetingId: 'beside-dev' });
  writeRunning(folder, { url: shared.url, apiKey: API_KEY });
  const env = { PUBLIC_URL: '', BOOTSTRAP_API_KEY: '', DATA_DIR: folder };
  expect(await run(['status', meetingId], env)).toMatchObject({ code: 0, err: '' });
});

test('--url and --key come before the variables', async () => {
  const elsewhere = { PUBLIC_URL: 'http://127.0.0.1:1', BOOTSTRAP_API_KEY: 'hms_another-key' };
  const given = await run(['settings', 'lateMatchDays', '--url', shared.url, '--key', API_KEY], elsewhere);
  expect(given).toEqual({ code: 0, out: 'lateMatchDays=30\n', err: '' });
});

test('settings shows and changes settings, and says what is not valid', async () => {
  expect(JSON.parse((await run(['settings', '--json'])).out)).toMatchObject({ externalOnly: false, ownDomains: [] });
  const changed = await run(['settings', 'minimumMinutes=3', 'excludedTitleWords=interview,1:1']);
  expect(changed).toEqual({ code: 0, out: 'minimumMinutes=3\nexcludedTitleWords=interview,1:1\n', err: '' });
  await run(['settings', 'minimumMinutes=0', 'excludedTitleWords=']);
  expect(await run(['settings', 'minimumMinutes'])).toMatchObject({ out: 'minimumMinutes=0\n' });
  for (const [change, words] of [
    ['minimumMinute=3', 'There is no setting "minimumMinute"; did you mean "minimumMinutes"?'],
    ['minimumMinutes=soon', 'minimumMinutes: must be a whole number from 0 to 1,440'],
  ] as const)
    // oxlint-disable-next-line no-await-in-loop -- one process after the other
    expect(await run(['settings', change])).toMatchObject({ code: 1, out: '', err: expect.stringContaining(words) });
});

test('preview shows what a sync would do, and delete removes the meeting', async () => {
  const { meetingId } = await shared.sync({ ...example, meetingId: 'to-delete' });
  const preview = await run(['preview', meetingId]);
  expect(preview).toMatchObject({ code: 0, err: '' });
  expect(preview.out).toMatch(
    /^to-delete would be written:\n {2}meetings: .*\n {2}notes: .*\n6 records would be linked:\n {2}contacts\//,
  );
  expect(JSON.parse((await run(['preview', meetingId, '--json'])).out)).toMatchObject({ meetingId, written: true });
  expect(await run(['delete', meetingId])).toMatchObject({ code: 1, err: expect.stringMatching('add --yes') });
  expect(await run(['delete', meetingId, '--yes'])).toMatchObject({
    code: 0,
    out: expect.stringMatching('to-delete: '),
  });
  await shared.until(meetingId, 'deleted');
});

test('open prints a sign-in link, and connect says what is connected or prints a link', async () => {
  const opened = await run(['open']);
  expect(opened).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^http:\/\/localhost:3000\/sign-in\?token=\S+\n$/),
  });
  expect(await run(['connect'])).toMatchObject({
    code: 0,
    out: 'HubSpot is connected: northwind.example (4815162).\n',
  });
  const { apiKey } = await createWorkspace(shared.product.db, 'Not connected');
  const link = await run(['connect', '--no-wait', '--key', apiKey]);
  expect(link).toMatchObject({ code: 0, out: expect.stringMatching(/\/connect\?token=\S+\n$/) });
});

test('demo posts the example and made-up meetings', async () => {
  const { apiKey } = await createWorkspace(shared.product.db, 'With a demo');
  const posted = await run(['demo', '--count', '2', '--json', '--key', apiKey]);
  expect(JSON.parse(posted.out)).toEqual({ meetings: ['example-meeting', expect.any(String), expect.any(String)] });
  expect(await run(['demo', '--count', 'many'])).toMatchObject({
    code: 1,
    err: expect.stringMatching('--count must be'),
  });
});

test('--version prints the version of the package', async () => {
  const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});
