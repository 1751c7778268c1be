import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { DEMO_PORTAL, startSandbox, type Sandbox } from '../../../sandbox/sandbox';
import { Journal } from '../../../src/hubspot/journal/journal';
import { wantedSubscriptions } from '../../../src/hubspot/journal/journal-subscriptions';
import { HubSpotOAuth } from '../../../src/hubspot/client/oauth';
import { HubSpotTransport } from '../../../src/hubspot/client/transport';

const TOKEN = '/oauth/2026-03/token';
const SUBSCRIPTIONS = '/webhooks-journal/subscriptions/2026-03';

let sandbox: Sandbox;
let journal: Journal;
let type: string;
beforeEach(async () => {
  sandbox = await startSandbox({ journal: { access: 'granted' } });
  sandbox.tokens.issue();
  const schemas = await fetch(`${sandbox.url}/crm-object-schemas/2026-03/schemas`, {
    headers: { authorization: `Bearer ${sandbox.tokens.issue().accessToken}` },
  });
  ({
    results: [{ objectTypeId: type }],
  } = (await schemas.json()) as { results: [{ objectTypeId: string }] });
  journal = journalOf(sandbox.url);
  sandbox.requests.clear();
});
afterEach(() => sandbox.close());

function journalOf(url: string): Journal {
  const transport = new HubSpotTransport(url);
  const app = { clientId: sandbox.clientId, clientSecret: sandbox.clientSecret, authorizeUrl: '' };
  return new Journal({ transport, oauth: new HubSpotOAuth(transport, app) });
}

const wanted = (...properties: string[]) =>
  wantedSubscriptions([{ portalId: DEMO_PORTAL, objectType: type, properties }]);
const subscribe = (...properties: string[]) => journal.subscribe(wanted(...properties), [DEMO_PORTAL]);
const asked = (path = '') =>
  sandbox.requests.list({ path }).map(({ method, path: where, status }) => `${method} ${where} ${status}`);
const subscriptions = async () => {
  const form = new URLSearchParams({ grant_type: 'client_credentials', scope: SCOPE });
  form.set('client_id', sandbox.clientId);
  form.set('client_secret', sandbox.clientSecret);
  const token = (await (await fetch(sandbox.url + TOKEN, { method: 'POST', body: form })).json()) as TokenAnswer;
  const headers = { authorization: `Bearer ${token.access_token}` };
  return ((await (await fetch(sandbox.url + SUBSCRIPTIONS, { headers })).json()) as { results: Listed[] }).results;
};
const SCOPE = 'developer.webhooks_journal.subscriptions.read';
interface TokenAnswer {
  access_token: string;
}
interface Listed {
  subscriptionType: string;
  objectTypeId: string;
  properties: string[];
}

/** Reads on until there is nothing more. */
async function readFrom(cursor: string | null): Promise<{ cursor: string | null; kinds: string[][] }> {
  const kinds: string[][] = [];
  let at = cursor;
  for (let file = await journal.next(at); file !== null; file = await journal.next(at)) {
    kinds.push(file.changes.map(({ kind }) => kind));
    at = file.offset;
  }
  return { cursor: at, kinds };
}

test('subscriptions are created once, and later one call finds them complete', async () => {
  expect(await subscribe('project_name')).toEqual([]);
  expect((await subscriptions()).map(({ subscriptionType, objectTypeId }) => [subscriptionType, objectTypeId])).toEqual(
    [
      ['APP_LIFECYCLE_EVENT', '4-1916193'],
      ['OBJECT', type],
      ['ASSOCIATION', type],
    ],
  );
  sandbox.requests.clear();
  await subscribe('project_name');
  expect(asked()).toEqual([`GET ${SUBSCRIPTIONS} 200`]);
});

test('a subscription without a property is changed, an unwanted one is ended, and others are kept', async () => {
  await subscribe('project_name');
  await subscribe('project_name', 'go_live');
  expect(await subscriptions()).toMatchObject([{}, { properties: ['project_name', 'go_live'] }, {}]);
  // Another installation has the same app in another account.
  await journal.subscribe(wantedSubscriptions([]), []);
  expect(await subscriptions()).toHaveLength(3);
  await journal.subscribe(wantedSubscriptions([]), [DEMO_PORTAL]);
  expect(await subscriptions()).toMatchObject([{ subscriptionType: 'APP_LIFECYCLE_EVENT' }]);
});

test('the first subscription is ended if HubSpot creates a second one instead of changing it', async () => {
  await subscribe('project_name');
  sandbox.faults.add({
    match: { method: 'POST', path: SUBSCRIPTIONS },
    times: 1,
    action: { kind: 'status', status: 200, body: { id: 999 } },
  });
  sandbox.requests.clear();
  await subscribe('go_live');
  expect(asked(`${SUBSCRIPTIONS}/`)).toEqual([expect.stringMatching(/^DELETE .*\/\d+ 204$/)]);
});

test('a subscription that HubSpot reports as existing is replaced', async () => {
  await subscribe('project_name');
  const body = { status: 'error', category: 'CONFLICT', message: 'exists' };
  sandbox.faults.add({
    match: { method: 'POST', path: SUBSCRIPTIONS },
    times: 1,
    action: { kind: 'status', status: 409, body },
  });
  expect(await subscribe('go_live')).toEqual([]);
  expect(await subscriptions()).toContainEqual(
    expect.objectContaining({ subscriptionType: 'OBJECT', properties: ['go_live'] }),
  );
});

test('a refused subscription does not stop the others', async () => {
  const refused = await journal.subscribe(
    [
      ...wantedSubscriptions([{ portalId: DEMO_PORTAL, objectType: '2-1', properties: [] }]),
      ...wanted('project_name').slice(1),
    ],
    [DEMO_PORTAL],
  );
  expect(refused).toEqual([expect.stringContaining('2-1')]);
  expect((await subscriptions()).map(({ objectTypeId }) => objectTypeId)).toEqual(['4-1916193', type, type]);
});

test('one token is used until shortly before it expires, or until HubSpot no longer accepts it', async () => {
  await subscribe('project_name');
  const before = asked(TOKEN).length;
  for (let times = 0; times < 3; times += 1) expect(await journal.next(null)).toBeNull();
  expect(asked(TOKEN)).toHaveLength(before);
  sandbox.tokens.expire();
  expect(await journal.next(null)).toBeNull();
  expect(asked(TOKEN)).toHaveLength(before + 1);
  sandbox.requests.clear();
  const soon = Date.now() + 1_501_000;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => soon);
  await journal.next(null);
  clock.mockRestore();
  // It was still good, and not tried before another was asked for.
  expect(asked()).toEqual([`POST ${TOKEN} 200`, 'GET /webhooks-journal/journal/2026-03/earliest 204']);
});

test('a token with an object type’s scope is requested if HubSpot wants one, and once only if it grants none', async () => {
  sandbox.faults.add({
    match: { path: TOKEN },
    after: 1,
    times: 1,
    action: { kind: 'status', status: 400, body: { error: 'invalid_scope', status: 'BAD_SCOPES', message: 'no' } },
  });
  expect(await subscribe('project_name')).toEqual([expect.stringContaining('scopes are required')]);
  sandbox.requests.clear();
  expect(await subscribe('project_name')).toHaveLength(1);
  // Asked for once, and not at every subscription.
  expect(asked(TOKEN)).toEqual([]);
  journal = journalOf(sandbox.url);
  expect(await subscribe('project_name')).toEqual([]);
});

test.each([204, 404] as const)(
  'files come once, in their order; nothing newer is no failure, answered by %s',
  async (nothingNew) => {
    sandbox.settings.journal.nothingNew = nothingNew;
    sandbox.settings.journal.fileSize = 2;
    await subscribe('project_name');
    expect(await readFrom(null)).toEqual({ cursor: null, kinds: [] });
    const { crm } = sandbox;
    const record = crm.create(type, { project_name: 'One' });
    crm.update(type, record.id, { project_name: 'Two' });
    crm.archive(type, record.id);
    const first = await readFrom(null);
    expect(first.kinds).toEqual([['creation', 'propertyChange'], ['deletion']]);
    sandbox.requests.clear();
    expect(await readFrom(first.cursor)).toEqual({ cursor: first.cursor, kinds: [] });
    expect(asked()).toEqual(['GET /webhooks-journal/journal/2026-03/latest 200']);
    crm.restore(type, record.id);
    expect((await readFrom(first.cursor)).kinds).toEqual([['restore']]);

    // Away for longer than files are kept: reading begins again with what is there.
    sandbox.settings.journal.keptMs = -1;
    expect((await readFrom(first.cursor)).kinds).toEqual([]);
    sandbox.settings.journal.keptMs = 60_000;
    crm.archive(type, record.id);
    expect((await readFrom(first.cursor)).kinds).toEqual([['deletion']]);
  },
);

/** A HubSpot whose files lie elsewhere. */
async function withPointers(url: (store: string) => string, use: () => Promise<void>): Promise<IncomingHttpHeaders[]> {
  const seen: IncomingHttpHeaders[] = [];
  const store: Server = createServer((request, response) => {
    seen.push(request.headers);
    if (request.url?.startsWith('/redirect') === true) response.writeHead(302, { location: '/file' }).end();
    else response.end(JSON.stringify({ journalEvents: [] }));
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  const body = { url: url(`http://127.0.0.1:${(store.address() as AddressInfo).port}`), currentOffset: 'o' };
  const fault = sandbox.faults.add({ match: { path: '/earliest' }, action: { kind: 'status', status: 200, body } });
  try {
    await use();
  } finally {
    sandbox.faults.clear(fault);
    store.closeAllConnections();
    store.close();
  }
  return seen;
}

test('no token is sent to the store of the files', async () => {
  const seen = await withPointers(
    (store) => `${store}/file`,
    async () => {
      expect(await journal.next(null)).toEqual({ offset: 'o', changes: [], uninstalled: [] });
    },
  );
  expect(seen).toHaveLength(1);
  expect(seen[0]).not.toHaveProperty('authorization');
});

test.each([
  ['http beyond this machine', () => 'http://files.example/f?signature=s3cret'],
  ['a file of this machine', () => 'file:///etc/hostname?s3cret'],
  ['no address', () => 's3cret'],
  ['an address that leads elsewhere', (store: string) => `${store}/redirect?s3cret`],
])('%s is not followed, and not shown', async (_, url) => {
  await withPointers(url, async () => {
    const failure = await journal.next(null).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'HubSpotError', failure: { kind: 'retry' } });
    expect(String(failure)).not.toMatch('s3cret');
  });
});

test.each(['refused', 'powerless'] as const)('a journal that is %s says so with one call', async (access) => {
  sandbox.settings.journal.access = access;
  await expect(subscribe('project_name')).rejects.toMatchObject({ failure: { kind: 'needs_attention' } });
  expect(asked().filter((line) => !line.endsWith('200'))).toHaveLength(1);
});
