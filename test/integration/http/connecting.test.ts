import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { consent } from './consent';
import { Browser, startHttpStack, textOf, type HttpStack } from './support';

const DEMO_PORTAL = 4815162;
const SMALL_PORTAL = 4815199;

let stack: HttpStack;
let browser: Browser;
beforeEach(async () => {
  stack = await startHttpStack();
  browser = await stack.signIn();
});
afterEach(async () => {
  await stack.close();
});

/** Presses Connect. @returns the URL of HubSpot's consent page */
async function pressConnect(who = browser): Promise<string> {
  const page = await who.open('/settings/integrations');
  expect(page).toMatch('href="/integrations/hubspot/connect"');
  const answer = await who.get('/integrations/hubspot/connect');
  expect(answer.statusCode).toBe(303);
  return String(answer.headers['location']);
}

/** Connects through the whole OAuth flow. @returns the text of the last page */
async function connect(choice: Parameters<typeof consent>[2] = {}, who = browser): Promise<string> {
  return textOf(await who.open(await consent(stack.sandbox, await pressConnect(who), choice)));
}

async function connection(apiKey?: string) {
  return (await stack.call('GET', '/api/v1/connection', undefined, apiKey)).json<{
    state: string;
    portal: { id: number } | null;
    connectedBy: string | null;
    missingScopes: { scope: string }[];
  }>();
}

test('Before connecting: what it does, and Connect, which requests exactly the needed scopes', async () => {
  const text = textOf(await browser.open('/settings/integrations'));
  expect(text).toMatch(/CRM HubSpot Not connected/);
  const asked = new URL(await pressConnect());
  expect(asked.origin + asked.pathname).toBe(`${stack.sandbox.url}/oauth/authorize`);
  expect(asked.searchParams.get('redirect_uri')).toBe('http://localhost:3000/oauth/hubspot/callback');
  expect(asked.searchParams.get('scope')).toMatch(/^oauth crm\.objects\.contacts\.read /);
  expect(asked.searchParams.get('optional_scope')).toMatch('crm.objects.owners.read');
  expect(asked.searchParams.get('state')).toMatch(/^[\w-]{43}$/);
});

test('Connect, consent, connected: the page and the API show the account and who connected it', async () => {
  const text = await connect();
  expect(text).toMatch(`HubSpot account ${DEMO_PORTAL} is connected.`);
  expect(text).toMatch(/HubSpot Connected, with a problem Workspace Northwind Account .* ID 4815162/);
  expect(text).toMatch('Connected by');
  expect(text).toMatch('None missing: everything works.');
  expect(text).toMatch('Disconnect');
  expect(await connection()).toMatchObject({ state: 'connected', portal: { id: DEMO_PORTAL }, missingScopes: [] });
  expect((await connection()).connectedBy).toMatch('@');
  // The message is shown once.
  expect(textOf(await browser.open('/settings/integrations'))).not.toMatch('is connected.');
});

test('Connecting reads the properties of the account, and the page shows them', async () => {
  const text = await connect();
  const host = new URL(stack.sandbox.url).host;
  expect(text).toMatch(`Its pages are at ${host}, its data in eu1.`);
  expect(text).toMatch('Activities of an erased person are erased in HubSpot for good.');
  expect(text).not.toMatch('Not used yet');
  expect((await stack.call('GET', '/api/v1/connection')).json()).toMatchObject({
    portal: { uiDomain: host, dataLocation: 'eu1', erasesActivities: true },
    unusedScopes: ['crm.schemas.custom.write'],
  });
});

test('After Reconnect, links lead to the data center that the account moved to', async () => {
  await connect();
  stack.sandbox.settings.activityErasure = false;
  stack.sandbox.portals.move(DEMO_PORTAL, { hublet: 'na2', uiDomain: 'app-na2.hubspot.com' });
  const again = String((await browser.get('/integrations/hubspot/connect')).headers['location']);
  const text = textOf(await browser.open(await consent(stack.sandbox, again)));
  expect(text).toMatch('Its pages are at app-na2.hubspot.com, its data in na2.');
  expect(text).toMatch('This account cannot erase activities for good');
  expect((await stack.call('GET', '/api/v1/connection')).json()).toMatchObject({
    state: 'connected',
    portal: { uiDomain: 'app-na2.hubspot.com', erasesActivities: false },
  });
});

test('No token reaches the page, the log or the database in the clear', async () => {
  await connect();
  const row = await stack.product.db.selectFrom('connections').selectAll().executeTakeFirstOrThrow();
  expect(row.access_token).toMatch(/^test:/);
  expect(row.refresh_token).toMatch(/^test:/);
  const { accessToken } = await stack.product.tokens.access(stack.workspaceId);
  const log = stack.logLines.join('');
  expect(log).toMatch('connecting ended');
  expect(log).not.toMatch(accessToken);
  expect(log).not.toMatch('eu1-');
  expect(log).not.toMatch('state=');
  expect(await browser.open('/settings/integrations')).not.toMatch(accessToken);
});

test('An account without custom objects connects, and the page says what is missing', async () => {
  const text = await connect({ portalId: SMALL_PORTAL });
  expect(text).toMatch('is connected.');
  expect(text).toMatch('crm.objects.custom.read Meetings are not linked to custom objects.');
  expect(text).toMatch('Connect again');
});

test('Refused consent', async () => {
  const text = await connect({ decision: 'cancel' });
  expect(text).toMatch('You cancelled in HubSpot. Nothing was connected.');
  expect(text).toMatch('To connect, try again and accept.');
  expect(await connection()).toMatchObject({ state: 'none' });
});

test('Another refusal shows the message of HubSpot, escaped', async () => {
  const state = new URL(await pressConnect()).searchParams.get('state');
  const query = new URLSearchParams({
    state: state ?? '',
    error: 'server_error',
    error_description: '<script>alert(1)</script> no',
  });
  const html = await browser.open(`/oauth/hubspot/callback?${query.toString()}`);
  expect(html).not.toMatch('<script>alert');
  expect(textOf(html)).toMatch('HubSpot’s message: “<script>alert(1)</script> no”.');
});

test('A state is accepted once', async () => {
  const back = await consent(stack.sandbox, await pressConnect());
  await browser.open(back);
  expect(textOf(await browser.open(back))).toMatch('was already used');
  expect(await connection()).toMatchObject({ state: 'connected' });
});

test('Two callbacks with one state at once: one connects', async () => {
  const back = await consent(stack.sandbox, await pressConnect());
  await Promise.all([browser.get(back), browser.get(back), browser.get(back)]);
  const exchanges = stack.sandbox.requests
    .list({ method: 'POST', path: '/oauth/2026-03/token' })
    .filter(({ path }) => path.endsWith('/token'));
  expect(exchanges).toHaveLength(1);
});

test('An invented state', async () => {
  const back = await consent(stack.sandbox, await pressConnect());
  const forged = back.replace(/state=[^&]+/, 'state=made-up');
  expect(textOf(await browser.open(forged))).toMatch('or no connection was started here');
  expect(await connection()).toMatchObject({ state: 'none' });
});

test('An expired state', async () => {
  const back = await consent(stack.sandbox, await pressConnect());
  await stack.product.db
    .updateTable('oauth_states')
    .set({ expires_at: new Date(Date.now() - 1_000) })
    .execute();
  expect(textOf(await browser.open(back))).toMatch('Connecting took longer than ten minutes');
  expect(await connection()).toMatchObject({ state: 'none' });
});

test("Another browser's state, of the same workspace or another", async () => {
  const { apiKey } = await createWorkspace(stack.product.db, 'Attacker');
  for (const other of [await stack.signIn(), await stack.signIn(apiKey)]) {
    const back = await consent(stack.sandbox, await pressConnect(other));
    expect(textOf(await browser.open(back))).toMatch('started in another browser session');
  }
  expect(await connection()).toMatchObject({ state: 'none' });
});

test('A callback without a session says how to sign in, and does not use up the state', async () => {
  const back = await consent(stack.sandbox, await pressConnect());
  const answer = await new Browser(stack.app).get(back);
  expect(answer.statusCode).toBe(401);
  expect(textOf(answer.body)).toMatch('HubSpot sent you back, but this browser is not signed in');
  expect(textOf(await browser.open(back))).toMatch('is connected.');
});

test('An install that begins in HubSpot', async () => {
  const text = textOf(await browser.open('/oauth/hubspot/callback?code=eu1-someone'));
  expect(text).toMatch('the connection was not started on this page');
  expect(text).toMatch('Start it here');
  expect(stack.sandbox.requests.list({ method: 'POST' })).toEqual([]);
});

test.each(['?error=access_denied', '?state=a&state=b', '?state=&code=', '', '?state=%00&code=x'])(
  'A bare callback%s ends on the page',
  async (query) => {
    const text = textOf(await browser.open(`/oauth/hubspot/callback${query}`));
    expect(text).toMatch(/[Nn]othing was connected|no connection was started here/);
  },
);

test('An expired, used or invalid code', async () => {
  stack.sandbox.settings.codeSeconds = 0;
  const text = await connect();
  expect(text).toMatch('HubSpot did not accept the authorisation');
  expect(text).toMatch('Try again.');
  expect(await stack.product.db.selectFrom('connections').selectAll().execute()).toEqual([]);
});

test('HubSpot fails during the code exchange', async () => {
  stack.sandbox.faults.add({ match: { path: '/oauth/2026-03/token' }, times: 1, action: { kind: 'html-502' } });
  const text = await connect();
  expect(text).toMatch('HubSpot did not finish the connection');
  expect(text).toMatch('Try again in a minute.');
  expect(await connection()).toMatchObject({ state: 'none' });
});

test('An unexpected response of HubSpot still ends on the page', async () => {
  stack.sandbox.faults.add({
    match: { path: '/oauth/2026-03/token' },
    times: 1,
    action: { kind: 'status', status: 200, body: {} },
  });
  expect(await connect()).toMatch(/nothing was connected|did not finish/);
  expect(await connection()).toMatchObject({ state: 'none' });
});

test('An account that is connected to another workspace', async () => {
  await connect();
  const { apiKey } = await createWorkspace(stack.product.db, 'Second');
  const second = await stack.signIn(apiKey);
  const text = await connect({}, second);
  expect(text).toMatch(`HubSpot account ${DEMO_PORTAL} is already connected to another workspace.`);
  expect(await connection(apiKey)).toMatchObject({ state: 'none' });
  expect(await connection()).toMatchObject({ state: 'connected' });
  expect(stack.sandbox.tokens.installed(DEMO_PORTAL)).toBe(true);
});

test('An account other than the connected one', async () => {
  await connect();
  const answer = await browser.get('/integrations/hubspot/connect');
  const back = await consent(stack.sandbox, String(answer.headers['location']), { portalId: SMALL_PORTAL });
  expect(textOf(await browser.open(back))).toMatch(`this workspace is connected to account ${DEMO_PORTAL}`);
  expect(await connection()).toMatchObject({ portal: { id: DEMO_PORTAL } });
  expect(stack.sandbox.tokens.installed(SMALL_PORTAL)).toBe(false);
});

test('After an uninstall in HubSpot: Reconnect', async () => {
  await connect();
  stack.sandbox.tokens.uninstall(DEMO_PORTAL);
  const { accessToken } = await stack.product.tokens.access(stack.workspaceId);
  await expect(stack.product.tokens.access(stack.workspaceId, accessToken)).rejects.toThrow('no longer accepts');

  const text = textOf(await browser.open('/settings/integrations'));
  expect(text).toMatch('Needs reconnecting');
  expect(text).toMatch('HubSpot disconnected us');
  expect(text).toMatch('Reconnect');
  expect(await connect()).toMatch(`HubSpot account ${DEMO_PORTAL} is connected again.`);
  expect(await connection()).toMatchObject({ state: 'connected' });
});

test('Disconnect asks first, then uninstalls the app and deletes the tokens', async () => {
  await connect();
  const asked = textOf(await browser.open('/integrations/hubspot/disconnect'));
  expect(asked).toMatch('Disconnect HubSpot?');
  expect(asked).toMatch('stay in HubSpot');
  expect(await connection()).toMatchObject({ state: 'connected' });

  const answer = await browser.press('/integrations/hubspot/disconnect', '/integrations/hubspot/disconnect');
  expect(answer.statusCode).toBe(303);
  expect(textOf(await browser.open('/settings/integrations'))).toMatch('HubSpot is disconnected');
  expect(await connection()).toMatchObject({ state: 'none' });
  expect(stack.sandbox.tokens.installed(DEMO_PORTAL)).toBe(false);
  expect(await stack.product.db.selectFrom('connections').selectAll().execute()).toEqual([]);
  // Nothing is connected any more, so the page redirects to the settings.
  expect(textOf(await browser.open('/integrations/hubspot/disconnect'))).toMatch('Not connected');
});

test('Disconnect through the API', async () => {
  await connect();
  expect((await stack.call('DELETE', '/api/v1/connection')).json()).toMatchObject({ state: 'none' });
  expect(stack.sandbox.tokens.installed(DEMO_PORTAL)).toBe(false);
});

test('Connecting starts the meetings that waited for it', async () => {
  await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'waited' }));
  await stack.product.db
    .updateTable('meetings')
    .set({
      status: 'needs_attention',
      reason: JSON.stringify({ code: 'not_connected', message: 'm', action: 'a' }),
      sync_requested_at: null,
    })
    .execute();
  await connect();
  const row = await stack.product.db.selectFrom('meetings').select('sync_requested_at').executeTakeFirstOrThrow();
  expect(row.sync_requested_at).not.toBeNull();
});

test('PKCE: a code is useless without the verifier, which only the server can derive', async () => {
  const asked = await pressConnect();
  const { searchParams } = new URL(asked);
  expect(searchParams.get('code_challenge_method')).toBe('S256');
  expect(searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  // An attacker puts the code of their own consent into the victim's callback.
  const other = await pressConnect();
  const stolen = new URL(await consent(stack.sandbox, other), 'http://localhost').searchParams.get('code') ?? '';
  const back = `/oauth/hubspot/callback?${new URLSearchParams({ code: stolen, state: searchParams.get('state') ?? '' }).toString()}`;
  expect(textOf(await browser.open(back))).toMatch('HubSpot did not accept the authorisation');
  expect((await connection()).state).toBe('none');
});

test('PKCE: a HubSpot that ignores the challenge connects as well', async () => {
  const asked = new URL(await pressConnect());
  asked.searchParams.delete('code_challenge');
  asked.searchParams.delete('code_challenge_method');
  const back = await consent(stack.sandbox, asked.href);
  expect(textOf(await browser.open(back))).toMatch('is connected.');
});

test('A server with a wrong clock uses a token until it expires by the clock of the database', async () => {
  await connect();
  const refreshes = async () => stack.sandbox.requests.list().filter(({ path }) => path.endsWith('/token')).length;
  const before = await refreshes();
  const { now } = Date;
  try {
    for (const offset of [86_400_000, -86_400_000]) {
      Date.now = () => now() + offset;
      for (let use = 0; use < 5; use += 1) await stack.product.tokens.access(stack.workspaceId);
    }
  } finally {
    Date.now = now;
  }
  expect(await refreshes()).toBe(before);
  await stack.product.db
    .updateTable('connections')
    .set({ access_token_expires_at: sql<Date>`now() - interval '1 second'` })
    .execute();
  await stack.product.tokens.access(stack.workspaceId);
  expect(await refreshes()).toBe(before + 1);
});
