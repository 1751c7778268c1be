import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Logger } from 'pino';
import { followJournal, type FollowedJournal } from '../../../src/activities/follow-journal';
import { refreshCatalogue } from '../../../src/connection/refresh-catalogue';
import { Journal } from '../../../src/hubspot/journal/journal';
import { HubSpotOAuth } from '../../../src/hubspot/client/oauth';
import { HubSpotTransport } from '../../../src/hubspot/client/transport';
import { JournalDispatcher } from '../../../src/dispatch/journal-dispatcher';
import { createLogger } from '../../../src/telemetry/log';
import { objectTypes } from '../../../src/store/mirror/catalogue';
import { findConnection } from '../../../src/store/connections/connections';
import { meetingContext } from '../../../src/store/mirror/context';
import { claimLook, makeLookDue } from '../../../src/store/inbox/journal';
import { changeSettings } from '../../../src/store/settings/settings';
import { FOLLOW_JOURNAL } from '../../../src/temporal/names';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

let stack: Stack;
let follower: JournalDispatcher;
/** The demo account's "Onboarding project". */
let type: string;
beforeAll(async () => {
  stack = await startStack({ sandbox: { seed: 'demo' }, ownNamespace: true });
  follower = new JournalDispatcher({ ...stack.product, temporal: stack.temporal, taskQueue: stack.taskQueue });
  await stack.connect();
  await refreshCatalogue(stack.product, await stack.product.gateway.connect(stack.workspaceId));
  type = (await objectTypes(stack.product.db, stack.portalId))[0]?.object_type ?? '';
});
beforeEach(async () => {
  const { sandbox, product } = stack;
  sandbox.faults.clear();
  sandbox.settings.journal.access = 'granted';
  sandbox.settings.journal.fileSize = 100;
  // A test may leave the connection closed, and files unread.
  await stack.connect();
  await choose(type);
  await product.db.updateTable('webhooks_journal').set({ subscribed: null, refused: null }).execute();
  await readAll();
  await product.db.deleteFrom('crm_events').execute();
  sandbox.requests.clear();
});
afterAll(() => stack.close());

const choose = (...types: string[]) =>
  changeSettings(stack.product.db, stack.workspaceId, { customObjectTypes: types }, TEST_ACTOR);

/**
 * Reads the journal once with new clients, as after a restart.
 *
 * @param inHand - called after each file was read and before it is stored; the read waits for it
 */
async function look(
  log: Logger = createLogger('silent', 'test'),
  inHand?: () => Promise<void>,
): Promise<FollowedJournal> {
  const { sandbox, product } = stack;
  const transport = new HubSpotTransport(sandbox.url);
  const app = { clientId: sandbox.clientId, clientSecret: sandbox.clientSecret, authorizeUrl: '' };
  const journal = new Journal({ transport, oauth: new HubSpotOAuth(transport, app) });
  const next: Journal['next'] = async (cursor) => {
    const file = await journal.next(cursor);
    await inHand?.();
    return file;
  };
  const slow: Journal = Object.create(journal, {
    next: { value: next },
    subscribe: { value: journal.subscribe.bind(journal) },
  });
  return await followJournal({ ...product, journal: slow, log })();
}

/** Reads until the journal has no new file. */
async function readAll(): Promise<void> {
  while ((await look()).outcome === 'read');
}

const inbox = async () =>
  await stack.product.db.selectFrom('crm_events').select(['kind', 'records']).orderBy('id').execute();
const rename = (id: string, name: string) => stack.sandbox.crm.update(type, id, { project_name: name });
const calls = () => stack.sandbox.requests.list().map(({ method, path, status }) => `${method} ${path} ${status}`);

test('changes of custom objects are followed: association, update, merge, deletion and restoration', async () => {
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'jo@journal.example' });
  const deal = crm.create('deals', { dealname: 'Journal' });
  crm.associate('contacts', contact.id, 'deals', deal.id);
  await stack.sync(meeting({ meetingId: 'journal', participants: [{ email: 'jo@journal.example' }] }));
  await makeLookDue(stack.product.db);
  const rule = [`contacts/${contact.id}`, `deals/${deal.id}`];

  const project = crm.create(type, { project_name: 'Before', go_live: '2027-02-01' });
  crm.associate('deals', deal.id, type, project.id);
  await until(async () => expect(await links('journal')).toEqual([...rule, `${type}/${project.id}`]));
  await until(async () => expect(crm.timeline(type, project.id)).toHaveLength(2));

  rename(project.id, 'After');
  await until(async () => expect(await nameOf('journal')).toBe('After'));

  crm.archive(type, project.id);
  await until(async () => expect(await links('journal')).toEqual(rule));
  crm.restore(type, project.id);
  await until(async () => expect(await links('journal')).toEqual([...rule, `${type}/${project.id}`]));

  const other = crm.create(type, { project_name: 'Other' });
  const merged = crm.merge(type, project.id, other.id);
  await until(async () => expect(await links('journal')).toEqual([...rule, `${type}/${merged.id}`]));

  // A read that still runs would take the events of the next test.
  await stack.temporal.workflow.getHandle(FOLLOW_JOURNAL).result();
  // No reconciliation corrected the links.
  expect(await stack.product.db.selectFrom('reconciliations').selectAll().execute()).toEqual([]);
});

test('an interrupted read continues where it stopped, without losing or repeating an event', async () => {
  const project = stack.sandbox.crm.create(type, { project_name: '0' });
  await look();
  await stack.product.db.deleteFrom('crm_events').execute();
  stack.sandbox.settings.journal.fileSize = 3;
  for (let count = 1; count <= 10; count += 1) {
    // Two changes at the same millisecond would count as one.
    await tick();
    rename(project.id, String(count));
  }
  stack.sandbox.faults.add({ match: { path: '/journal-files/' }, after: 2, times: 1, action: { kind: 'cut-json' } });
  expect(await look()).toMatchObject({ outcome: 'failed' });
  expect(await inbox()).toHaveLength(6);
  expect(await look()).toEqual({ outcome: 'read', files: 2, events: 4, more: false });
  expect(await inbox()).toHaveLength(10);
  expect(await look()).toEqual({ outcome: 'quiet', files: 0, events: 0, more: false });

  // Read again from the beginning, as when the cursor expired.
  await stack.product.db.updateTable('webhooks_journal').set({ cursor: null }).execute();
  expect(await look()).toMatchObject({ outcome: 'read', events: expect.any(Number) });
  await readAll();
  const records = (await inbox()).filter(({ records: [record] }) => record === `${type}/${project.id}`);
  expect(records.filter(({ kind }) => kind === 'propertyChange')).toHaveLength(10);
});

test('two concurrent readers store each event once and leave the cursor at the end', async () => {
  const project = stack.sandbox.crm.create(type, { project_name: 'a' });
  stack.sandbox.settings.journal.fileSize = 1;
  for (let count = 0; count < 12; count += 1) {
    await tick();
    rename(project.id, String(count));
  }
  const looks = await Promise.all([look(), look(), look()]);
  expect(looks.map(({ outcome }) => outcome)).not.toContain('failed');
  await readAll();
  const changes = (await inbox()).filter(({ kind }) => kind === 'propertyChange');
  expect(changes).toHaveLength(12);
  rename(project.id, 'last');
  expect(await look()).toEqual({ outcome: 'read', files: 1, events: 1, more: false });
});

test('a late reader does not move the cursor back', async () => {
  const project = stack.sandbox.crm.create(type, { project_name: 'a' });
  stack.sandbox.settings.journal.fileSize = 1;
  await tick();
  rename(project.id, 'b');
  const [taken, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = look(undefined, async () => {
    taken.resolve();
    await released.promise;
  });
  await taken.promise;
  expect(await look()).toMatchObject({ outcome: 'read', files: 2, events: 2 });
  released.resolve();
  expect(await slow).toEqual({ outcome: 'quiet', files: 0, events: 0, more: false });
  expect(await look()).toMatchObject({ outcome: 'quiet' });
});

test('events of accounts that are not connected here are ignored', async () => {
  const { sandbox, product } = stack;
  const project = sandbox.crm.create(type, { project_name: 'ours' });
  await product.db.updateTable('connections').set({ portal_id: 99 }).execute();
  expect(await look()).toMatchObject({ outcome: 'read', files: 1, events: 0 });
  await product.db.updateTable('connections').set({ portal_id: stack.portalId }).execute();
  rename(project.id, 'still ours');
  expect(await look()).toMatchObject({ events: 1 });
});

test('the subscriptions follow the settings', async () => {
  await choose();
  await look();
  const project = stack.sandbox.crm.create(type, { project_name: 'unseen' });
  expect(await look()).toMatchObject({ outcome: 'quiet' });
  await choose(type);
  await look();
  rename(project.id, 'seen');
  expect(await look()).toMatchObject({ outcome: 'read', events: 1 });
  stack.sandbox.requests.clear();
  await look();
  // The subscriptions are not read again while the chosen types stay the same.
  expect(calls().map((call) => call.replace(/ \d+$/, ''))).not.toContain('GET /webhooks-journal/subscriptions/2026-03');
});

test.each([
  ['refused', ['POST /oauth/2026-03/token 400']],
  ['powerless', ['POST /oauth/2026-03/token 200', 'GET /webhooks-journal/subscriptions/2026-03 403']],
] as const)('a journal that is %s is tried once a day and logged once', async (access, asked) => {
  stack.sandbox.settings.journal.access = access;
  await stack.product.db.updateTable('webhooks_journal').set({ subscribed: null }).execute();
  const lines: string[] = [];
  const log = createLogger('info', 'test', { write: (line: string) => void lines.push(line) });
  stack.sandbox.requests.clear();
  expect(await look(log)).toMatchObject({ outcome: 'refused' });
  expect(calls()).toEqual(asked);
  await look(log);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('reconciliation keeps custom objects up to date');
  expect(await findConnection(stack.product.db, stack.workspaceId)).toMatchObject({ state: 'connected' });

  // Once HubSpot grants access, the journal is read automatically.
  stack.sandbox.settings.journal.access = 'granted';
  expect(await look(log)).toMatchObject({ outcome: 'quiet' });
});

test('pauses grow while the journal is empty, last a day after a refusal, and end at a server’s start', async () => {
  const { sandbox, product } = stack;
  const pauses: number[] = [];
  const readOnce = async () => {
    await look();
    const row = await product.db.selectFrom('webhooks_journal').selectAll().executeTakeFirstOrThrow();
    pauses.push(row.rest_ms / 1_000);
  };
  const project = sandbox.crm.create(type, { project_name: 'pause' });
  for (let count = 0; count < 6; count += 1) await readOnce();
  expect(pauses.splice(0)).toEqual([5, 10, 20, 40, 60, 60]);
  const fault = sandbox.faults.add({ match: { path: '/latest' }, action: { kind: 'html-502' } });
  for (let count = 0; count < 7; count += 1) await readOnce();
  expect(pauses.splice(0)).toEqual([120, 240, 480, 960, 1_920, 3_600, 3_600]);
  sandbox.faults.clear(fault);
  rename(project.id, 'again');
  await readOnce();
  sandbox.settings.journal.access = 'powerless';
  await readOnce();
  expect(pauses.splice(0)).toEqual([5, 86_400]);

  expect(await claimLook(product.db, 60_000)).toBe(false);
  await makeLookDue(product.db);
  await product.db.updateTable('connections').set({ state: 'reauthorize' }).execute();
  // No connected workspace needs the journal.
  expect(await claimLook(product.db, 60_000)).toBe(false);
  await product.db.updateTable('connections').set({ state: 'connected' }).execute();
  await choose();
  expect(await claimLook(product.db, 60_000)).toBe(false);
  await choose(type);
  // Only one of two servers claims the read.
  const claims = await Promise.all([claimLook(product.db, 60_000), claimLook(product.db, 60_000)]);
  expect(claims.toSorted()).toEqual([false, true]);
});

test.each(['html-502', 'cut', 'rate-limit-429'] as const)(
  '%s is a failure that passes, and no refusal',
  async (kind) => {
    stack.sandbox.faults.add({
      match: { path: '/webhooks-journal/' },
      action: kind === 'rate-limit-429' ? { kind, policy: 'SECONDLY' } : { kind },
    });
    expect(await look()).toMatchObject({ outcome: 'failed' });
    stack.sandbox.faults.clear();
    expect(await look()).toMatchObject({ outcome: 'quiet' });
  },
);

test('an uninstall in HubSpot closes the connection, but an old event does not', async () => {
  const { sandbox, product } = stack;
  sandbox.tokens.uninstall(stack.portalId);
  await stack.connect();
  expect(await look()).toMatchObject({ outcome: 'read', files: 1 });
  expect(await findConnection(product.db, stack.workspaceId)).toMatchObject({ state: 'connected' });

  // HubSpot dropped the subscriptions with the connection, so connecting again creates them again.
  const project = sandbox.crm.create(type, { project_name: 'x' });
  expect(await look()).toMatchObject({ outcome: 'read', events: 1 });
  rename(project.id, 'y');
  sandbox.tokens.uninstall(stack.portalId);
  sandbox.requests.clear();
  expect(await look()).toMatchObject({ outcome: 'read', events: 1 });
  expect(await findConnection(product.db, stack.workspaceId)).toMatchObject({ state: 'reauthorize' });
  // Without a connected account, the journal is not read.
  sandbox.requests.clear();
  expect(await look()).toMatchObject({ outcome: 'quiet' });
  expect(calls()).toEqual([]);
});

test('a restored object whose associations cannot be read does not delay other events', async () => {
  const path = `/crm/associations/2026-03/${type}/deals/batch/read`;
  const body = { status: 'error', category: 'VALIDATION_ERROR', message: 'no such association' };
  stack.sandbox.faults.add({ match: { path }, action: { kind: 'status', status: 400, body } });
  const project = stack.sandbox.crm.create(type, { project_name: 'back' });
  await stack.apply({ subscriptionType: 'object.restore', objectTypeId: type, objectId: Number(project.id) });
  const waiting = await stack.product.db.selectFrom('crm_events').selectAll().where('done_at', 'is', null).execute();
  expect(waiting).toEqual([]);
});

async function links(meetingId: string): Promise<string[]> {
  return (await stack.status(meetingId)).links.map(({ objectType, id }) => `${objectType}/${id}`);
}

async function nameOf(meetingId: string): Promise<string | null | undefined> {
  const context = await meetingContext(stack.product.db, stack.workspaceId, meetingId);
  return context?.customObjects[0]?.name;
}

/** Runs the server's sweeps until the expectation passes. */
async function until(expectation: () => Promise<void>): Promise<void> {
  for (const giveUpAt = Date.now() + 240_000; ;) {
    await follower.sweep();
    await stack.changes.sweep();
    await stack.starter.sweep(0);
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function tick(): Promise<void> {
  const now = Date.now();
  while (Date.now() === now) await new Promise((resolve) => setTimeout(resolve, 1));
}
