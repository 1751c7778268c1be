import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApiKey } from '../../../src/store/api-keys';
import { createWorkspace } from '../../../src/store/workspaces';
import { consent } from './consent';
import { Browser, startHttpStack, textOf, type HttpStack } from './support';

const SETTINGS = '/settings/integrations';
const PUBLIC_URL = 'http://localhost:3000';
const NASTY = '<img src=x onerror=alert(1)>"&';

let stack: HttpStack;
let browser: Browser;
beforeEach(async () => {
  stack = await startHttpStack();
  browser = await stack.signIn();
});
afterEach(async () => {
  await stack.close();
});

/** Sends a form of the settings page as its owner would. */
async function send(action: string, fields: Record<string, string> = {}, who = browser) {
  const page = await who.open(SETTINGS);
  const csrf = /name="_csrf" value="(?<token>[^"]+)"/.exec(page)?.groups?.['token'] ?? '';
  const id = /name="id" value="(?<id>[^"]+)"/.exec(page)?.groups?.['id'] ?? '';
  return await who.post(action, { _csrf: csrf, ...(action === '/settings/keys' ? { id } : {}), ...fields });
}

/** What a page shows once. */
function secretOf(body: string): string {
  return /<textarea id="secret"[^>]*>(?<secret>[^<]+)</.exec(body)?.groups?.['secret'] ?? '';
}

async function makeKey(name: string): Promise<{ id: string; key: string }> {
  const key = secretOf((await send('/settings/keys', { name })).body);
  const row = await stack.product.db.selectFrom('api_keys').selectAll().where('name', '=', name).executeTakeFirst();
  return { id: row?.id ?? '', key };
}

/** A member who was invited on the page and has followed the link. */
async function joined(email: string, name = ''): Promise<{ id: string; browser: Browser }> {
  const link = secretOf((await send('/settings/members', { email, name })).body).replace(PUBLIC_URL, '');
  const member = new Browser(stack.app);
  expect((await member.press(link, '/sign-in')).statusCode).toBe(303);
  const row = await stack.product.db.selectFrom('members').select('id').where('email', '=', email).executeTakeFirst();
  return { id: row?.id ?? '', browser: member };
}

/** Another workspace, with a key and a browser of its own. */
async function stranger(): Promise<{ workspaceId: string; apiKey: string; browser: Browser }> {
  const made = await createWorkspace(stack.product.db, 'Contoso');
  return { ...made, browser: await stack.signIn(made.apiKey) };
}

describe('API keys', () => {
  test('One is made, shown once, works, and stops at once when it is revoked', async () => {
    const { id, key } = await makeKey('pipeline');
    expect(key).toMatch(/^hms_[\w-]{43}$/);
    const page = await browser.open(SETTINGS);
    expect(page).not.toMatch(key);
    expect(textOf(page)).toMatch(/pipeline .* by a sign-in link of API key "first key" Not yet/);
    expect((await stack.call('GET', '/api/v1/connection', undefined, key)).statusCode).toBe(200);
    expect(textOf(await browser.open(SETTINGS))).not.toMatch('Not yet');
    expect(stack.logLines.join('')).not.toMatch(key);

    const asked = textOf(await browser.open(`/settings/keys/${id}/revoke`));
    expect(asked).toMatch('Revoke “pipeline”?');
    expect(asked).not.toMatch('last key');
    await browser.press(`/settings/keys/${id}/revoke`, `/settings/keys/${id}/revoke`);
    expect((await stack.call('GET', '/api/v1/connection', undefined, key)).statusCode).toBe(401);
    expect(textOf(await browser.open(SETTINGS))).toMatch('The key “pipeline” is revoked.');
    expect((await browser.get(`/settings/keys/${id}/revoke`)).statusCode).toBe(404);
  });

  test('A form that is sent twice makes one key', async () => {
    const page = await browser.open(SETTINGS);
    const hidden = (name: string) =>
      new RegExp(`name="${name}" value="(?<value>[^"]+)"`).exec(page)?.groups?.['value'] ?? '';
    const fields = { _csrf: hidden('_csrf'), id: hidden('id'), name: 'twice' };
    expect((await browser.post('/settings/keys', fields)).statusCode).toBe(200);
    const again = await browser.post('/settings/keys', fields);
    expect(again.statusCode).toBe(303);
    expect(textOf(await browser.open(SETTINGS))).toMatch('This key was made already, and a key is shown only once.');
    const keys = await stack.product.db.selectFrom('api_keys').select('id').where('name', '=', 'twice').execute();
    expect(keys).toHaveLength(1);
  });

  test.each(['', '   ', 'x'.repeat(101), 'a\u0000b'])(
    'A name that cannot be used is refused at the field: %j',
    async (name) => {
      const answer = await send('/settings/keys', { name });
      expect(answer.statusCode).toBe(400);
      expect(textOf(answer.body)).toMatch('It must be 1 to 100 visible characters.');
    },
  );

  test('Who revokes the last key is told what ends', async () => {
    const { id } = await stack.product.db.selectFrom('api_keys').select('id').executeTakeFirstOrThrow();
    expect(textOf(await browser.open(`/settings/keys/${id}/revoke`))).toMatch('It is the last key of this workspace');
  });

  test('With a key end its sign-in links and the sessions that they began, but not that of whoever revokes it', async () => {
    const { id, key } = await makeKey('stolen');
    const thief = await stack.signIn(key);
    const { url } = (await stack.call('POST', '/api/v1/sessions', undefined, key)).json<{ url: string }>();
    const { url: named } = (
      await stack.call('POST', '/api/v1/sessions', { email: 'thief@elsewhere.example' }, key)
    ).json<{ url: string }>();
    const namedThief = new Browser(stack.app);
    await namedThief.get(named.replace(PUBLIC_URL, ''));
    expect((await thief.get(SETTINGS)).statusCode).toBe(200);
    expect((await namedThief.get(SETTINGS)).statusCode).toBe(200);

    await send(`/settings/keys/${id}/revoke`);
    expect((await thief.get(SETTINGS)).statusCode).toBe(401);
    expect((await namedThief.get(SETTINGS)).statusCode).toBe(401);
    expect((await new Browser(stack.app).get(url.replace(PUBLIC_URL, ''))).statusCode).toBe(401);

    const first = await stack.product.db
      .selectFrom('api_keys')
      .select('id')
      .where('name', '=', 'first key')
      .executeTakeFirstOrThrow();
    await send(`/settings/keys/${first.id}/revoke`);
    expect((await browser.get(SETTINGS)).statusCode).toBe(200);
  });

  test('The API makes, lists and revokes them, too', async () => {
    expect((await stack.call('POST', '/api/v1/keys', {})).json()).toMatchObject({ errors: [{ path: 'name' }] });
    const made = await stack.call('POST', '/api/v1/keys', { name: 'second' });
    expect(made.statusCode).toBe(201);
    const { id, key } = made.json<{ id: string; key: string }>();
    const listed = await stack.call('GET', '/api/v1/keys', undefined, key);
    expect(listed.json()).toMatchObject({
      keys: [
        { name: 'first key', madeBy: null },
        { id, madeBy: 'API key "first key"' },
      ],
    });
    expect(listed.body).not.toMatch(key);
    expect((await stack.call('DELETE', `/api/v1/keys/${id}`)).statusCode).toBe(204);
    expect((await stack.call('DELETE', `/api/v1/keys/${id}`)).statusCode).toBe(404);
    expect((await stack.call('DELETE', '/api/v1/keys/none')).statusCode).toBe(404);
    expect((await stack.call('GET', '/api/v1/keys', undefined, key)).statusCode).toBe(401);
  });
});

describe('Members', () => {
  test('One is invited, signs in by name after being asked, and what they change bears their name', async () => {
    const answer = await send('/settings/members', { email: ' Ana.Ruiz@Northwind.example ', name: 'Ana Ruiz' });
    expect(textOf(answer.body)).toMatch('A link for Ana Ruiz (ana.ruiz@northwind.example) No e-mail is sent');
    const link = secretOf(answer.body);
    expect(link).toMatch(/^http:\/\/localhost:3000\/invitation\?token=[\w-]{43}$/);
    const ana = new Browser(stack.app);
    // A chat's preview or a mail scanner opens it, too.
    for (const opened of [await ana.get(link.replace(PUBLIC_URL, '')), await ana.get(link.replace(PUBLIC_URL, ''))])
      expect(textOf(opened.body)).toMatch(
        'Sign in to Northwind This link signs this browser in to the workspace Northwind',
      );
    const signedIn = await ana.press(link.replace(PUBLIC_URL, ''), '/sign-in');
    expect(signedIn.cookies.find(({ name }) => name === 'hms_session_3000')).toMatchObject({
      httpOnly: true,
      sameSite: 'Lax',
      maxAge: 14 * 24 * 60 * 60,
    });
    expect((await new Browser(stack.app).get(link.replace(PUBLIC_URL, ''))).statusCode).toBe(401);

    const page = textOf(await ana.open(SETTINGS));
    expect(page).toMatch('Northwind · Ana Ruiz');
    expect(page).toMatch('Ana Ruiz (ana.ruiz@northwind.example) (you)');
    expect(page).toMatch('Ana Ruiz (ana.ruiz@northwind.example) (this browser)');
    await send('/settings/keys', { name: 'of Ana' }, ana);
    expect((await stack.call('GET', '/api/v1/keys')).json()).toMatchObject({
      keys: [{}, { name: 'of Ana', madeBy: 'Ana Ruiz (ana.ruiz@northwind.example)' }],
    });
  });

  test('A form without the token of this browser signs nobody in', async () => {
    const link = secretOf((await send('/settings/members', { email: 'ana@northwind.example' })).body);
    const token = link.split('token=')[1] ?? '';
    const forged = new Browser(stack.app);
    await forged.get(`/invitation?token=${token}`);
    expect((await forged.post('/sign-in', { token })).statusCode).toBe(403);
    expect((await new Browser(stack.app).post('/sign-in', { token, _csrf: 'made-up' })).statusCode).toBe(403);
  });

  test('A new link ends the one before, and an invitation ends', async () => {
    const first = secretOf((await send('/settings/members', { email: 'ana@northwind.example' })).body);
    const { id } = await stack.product.db.selectFrom('members').select('id').executeTakeFirstOrThrow();
    const second = secretOf((await send(`/settings/members/${id}/link`)).body);
    const open = async (link: string) => (await new Browser(stack.app).get(link.replace(PUBLIC_URL, ''))).statusCode;
    expect(await open(first)).toBe(401);
    expect(await open(second)).toBe(200);
    const rows = await stack.product.db
      .selectFrom('sign_in_links')
      .select('expires_at')
      .where('member_id', '=', id)
      .execute();
    expect(rows.map((row) => Math.round((row.expires_at.getTime() - Date.now()) / 3_600_000))).toEqual([72]);
    await stack.product.db
      .updateTable('sign_in_links')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .execute();
    expect(await open(second)).toBe(401);
  });

  test('Whoever is signed in already is asked before a link makes them somebody else', async () => {
    const link = secretOf((await send('/settings/members', { email: 'ana@northwind.example' })).body);
    const token = link.split('token=')[1] ?? '';
    for (const path of ['/sign-in', '/invitation']) {
      const asked = await browser.get(`${path}?token=${token}`);
      expect(asked.statusCode).toBe(200);
      expect(textOf(asked.body)).toMatch('Sign in as somebody else?');
    }
    expect(textOf(await browser.open(SETTINGS))).not.toMatch('Northwind · ana');
    await browser.press(`/sign-in?token=${token}`, '/sign-in');
    expect(textOf(await browser.open(SETTINGS))).toMatch('Northwind · ana@northwind.example');
  });

  test('Who is removed is signed out everywhere at once, and their links end', async () => {
    const { id, browser: ana } = await joined('ana@northwind.example');
    const waiting = secretOf((await send(`/settings/members/${id}/link`)).body).replace(PUBLIC_URL, '');
    expect(textOf(await browser.open(`/settings/members/${id}/remove`))).toMatch('Remove ana@northwind.example?');
    await browser.press(`/settings/members/${id}/remove`, `/settings/members/${id}/remove`);
    expect((await ana.get(SETTINGS)).statusCode).toBe(401);
    expect((await new Browser(stack.app).get(waiting)).statusCode).toBe(401);
    expect((await browser.get(SETTINGS)).statusCode).toBe(200);
    expect((await send(`/settings/members/${id}/remove`)).statusCode).toBe(404);
  });

  test('Who removes themselves is told so, and signed out', async () => {
    const { id, browser: ana } = await joined('ana@northwind.example');
    expect(textOf(await ana.open(`/settings/members/${id}/remove`))).toMatch('This is you');
    const answer = await ana.press(`/settings/members/${id}/remove`, `/settings/members/${id}/remove`);
    expect(textOf(answer.body)).toMatch('You are no member of this workspace any more.');
    expect((await ana.get(SETTINGS)).statusCode).toBe(401);
  });

  test('What cannot be an address or a name is refused at its field, and kept', async () => {
    const answer = await send('/settings/members', { email: 'ana at northwind', name: 'x'.repeat(101) });
    expect(answer.statusCode).toBe(400);
    expect(textOf(answer.body)).toMatch('It must be an e-mail address, for example ana@northwind.example.');
    expect(textOf(answer.body)).toMatch('It must be 1 to 100 visible characters.');
    expect(answer.body).toMatch('value="ana at northwind"');
  });

  test('The API makes a link that signs a member in at once, for five minutes', async () => {
    const answer = await stack.call('POST', '/api/v1/sessions', { email: 'Ana@Northwind.example', name: 'Ana' });
    expect(answer.statusCode).toBe(201);
    const { url, expiresAt } = answer.json<{ url: string; expiresAt: string }>();
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThan(5 * 60_000 + 5_000);
    const ana = new Browser(stack.app);
    expect((await ana.get(url.replace(PUBLIC_URL, ''))).statusCode).toBe(303);
    expect(textOf(await ana.open(SETTINGS))).toMatch('Northwind · Ana');
    for (const body of [{}, undefined])
      expect((await stack.call('POST', '/api/v1/sessions', body)).statusCode).toBe(201);
    for (const [body, path] of [
      [{ email: 'nobody' }, 'email'],
      [{ name: 'Ana' }, 'email'],
      [{ mail: 'a@b.example' }, 'mail'],
    ] as const)
      expect((await stack.call('POST', '/api/v1/sessions', body)).json()).toMatchObject({ errors: [{ path }] });
  });
});

describe('Signed-in browsers', () => {
  test('One is signed out, or all', async () => {
    const { browser: ana } = await joined('ana@northwind.example');
    const other = await stack.signIn();
    const page = await browser.open(SETTINGS);
    expect(textOf(page).match(/\(this browser\)/g)).toHaveLength(1);
    const ends = [...page.matchAll(/\/settings\/sessions\/(?<id>[\da-f-]{36})\/end/g)];
    expect(ends).toHaveLength(2);
    const sessions = await stack.product.db
      .selectFrom('sessions')
      .selectAll()
      .where('member_id', 'is not', null)
      .execute();
    await send(`/settings/sessions/${sessions[0]?.id}/end`);
    expect((await ana.get(SETTINGS)).statusCode).toBe(401);
    expect((await other.get(SETTINGS)).statusCode).toBe(200);

    const foreign = await stranger();
    const { url } = (await stack.call('POST', '/api/v1/sessions')).json<{ url: string }>();
    const answer = await send('/settings/sessions/end-all');
    expect(textOf(answer.body)).toMatch('Every browser of this workspace is signed out, this one too.');
    for (const gone of [browser, other]) expect((await gone.get(SETTINGS)).statusCode).toBe(401);
    expect((await new Browser(stack.app).get(url.replace(PUBLIC_URL, ''))).statusCode).toBe(401);
    expect((await foreign.browser.get(SETTINGS)).statusCode).toBe(200);
  });
});

describe("A link for the account's admin", () => {
  /** As it is sent, without the host. */
  async function makeLink(who = browser): Promise<string> {
    const answer = await send('/settings/admin-links', {}, who);
    expect(textOf(answer.body)).toMatch('No e-mail is sent');
    return secretOf(answer.body).replace(PUBLIC_URL, '');
  }

  /** Opens the link and presses Connect. @returns where HubSpot's page is */
  async function pressConnect(admin: Browser, link: string): Promise<string> {
    const page = await admin.open(link);
    const href = /href="(?<href>\/connect\/hubspot\?[^"]+)"/.exec(page)?.groups?.['href'] ?? '';
    const answer = await admin.get(href.replaceAll('&amp;', '&'));
    expect(answer.statusCode).toBe(303);
    return String(answer.headers['location']);
  }

  async function connection() {
    return (await stack.call('GET', '/api/v1/connection')).json<{ state: string }>();
  }

  test('leads through Connect once, and nowhere else', async () => {
    const { browser: ana } = await joined('ana@northwind.example', 'Ana Ruiz');
    const link = await makeLink(ana);
    expect(link).toMatch(/^\/connect\?token=[\w-]{43}$/);
    const admin = new Browser(stack.app);
    const page = textOf(await admin.open(link));
    expect(page).toMatch('Connect HubSpot to Northwind Ana Ruiz of the workspace Northwind asks you');
    expect(page).toMatch('HubSpot asks you to allow this: To read and change contacts, companies and deals');
    const hubspot = await pressConnect(admin, link);
    expect(hubspot).toMatch(`${stack.sandbox.url}/oauth/authorize`);
    for (const path of [SETTINGS, '/meetings', '/integrations/hubspot/connect'])
      expect((await admin.get(path)).statusCode).toBe(401);

    const back = await admin.get(await consent(stack.sandbox, hubspot));
    expect(back.headers['location']).toBe('/connect/done');
    expect(textOf(await admin.open('/connect/done'))).toMatch('Thank you HubSpot account 4815162 is connected.');
    expect(await connection()).toMatchObject({ state: 'connected' });
    for (const path of [SETTINGS, '/meetings']) expect((await admin.get(path)).statusCode).toBe(401);

    const again = await admin.get(link);
    expect(again.statusCode).toBe(410);
    expect(textOf(again.body)).toMatch('It was used already');
    expect(textOf(await browser.open(SETTINGS))).toMatch(/by Ana Ruiz \(ana@northwind\.example\) .* Used/);
  });

  test('may be tried again after a refused consent', async () => {
    const link = await makeLink();
    const admin = new Browser(stack.app);
    const back = await consent(stack.sandbox, await pressConnect(admin, link), { decision: 'cancel' });
    const refused = textOf(await admin.open(back));
    expect(refused).toMatch('HubSpot was not given your consent, so nothing was connected.');
    expect(refused).toMatch('Connect HubSpot to Northwind');
    expect(textOf(await admin.open(await consent(stack.sandbox, await pressConnect(admin, link))))).toMatch(
      'Thank you',
    );
    expect(await connection()).toMatchObject({ state: 'connected' });
  });

  test('stays open when HubSpot fails while the code is exchanged', async () => {
    const link = await makeLink();
    const admin = new Browser(stack.app);
    stack.sandbox.faults.add({ match: { path: '/oauth/2026-03/token' }, times: 1, action: { kind: 'html-502' } });
    const failed = textOf(await admin.open(await consent(stack.sandbox, await pressConnect(admin, link))));
    expect(failed).toMatch('HubSpot did not finish the connection');
    expect(textOf(await admin.open(await consent(stack.sandbox, await pressConnect(admin, link))))).toMatch(
      'Thank you',
    );
  });

  test('of two browsers connects one', async () => {
    const link = await makeLink();
    const [one, two] = [new Browser(stack.app), new Browser(stack.app)];
    const [first, second] = [await pressConnect(one, link), await pressConnect(two, link)];
    const backs = [await consent(stack.sandbox, first), await consent(stack.sandbox, second)];
    const ends = await Promise.all([one.open(backs[0] ?? ''), two.open(backs[1] ?? '')]);
    expect(ends.filter((page) => textOf(page).includes('Thank you'))).toHaveLength(1);
    expect(ends.filter((page) => textOf(page).includes('It was used already'))).toHaveLength(1);
  });

  test('works in the browser that begins it only', async () => {
    const link = await makeLink();
    const back = await consent(stack.sandbox, await pressConnect(new Browser(stack.app), link));
    const victim = new Browser(stack.app);
    expect(textOf(await victim.open(back))).toMatch('this browser did not begin the connection');
    // Nor in one that began another connection by the same link.
    await pressConnect(victim, link);
    const again = await consent(stack.sandbox, await pressConnect(new Browser(stack.app), link));
    expect(textOf(await victim.open(again))).toMatch('begun in another browser session');
    // Nor in one that is signed in.
    const third = await consent(stack.sandbox, await pressConnect(new Browser(stack.app), link));
    await browser.get(third);
    expect(await connection()).toMatchObject({ state: 'none' });
  });

  test('goes past the page that names the workspace for nobody', async () => {
    const link = await makeLink();
    const token = link.split('token=')[1] ?? '';
    const victim = new Browser(stack.app);
    expect((await victim.get(`/connect/hubspot?token=${token}`)).statusCode).toBe(403);
    expect((await victim.get(`/connect/hubspot?token=${token}&_csrf=made-up`)).statusCode).toBe(403);
    const strangers = await new Browser(stack.app).open(link);
    const theirs = /_csrf=(?<csrf>[^"]+)"/.exec(strangers)?.groups?.['csrf'] ?? '';
    expect((await victim.get(`/connect/hubspot?token=${token}&_csrf=${theirs}`)).statusCode).toBe(403);
  });

  test('ends when it is taken back or too old, even on the way', async () => {
    const link = await makeLink();
    const admin = new Browser(stack.app);
    const hubspot = await pressConnect(admin, link);
    const { id } = await stack.product.db.selectFrom('admin_links').select('id').executeTakeFirstOrThrow();
    await send(`/settings/admin-links/${id}/revoke`);
    expect(textOf(await admin.open(await consent(stack.sandbox, hubspot)))).toMatch('It was taken back');
    expect(await connection()).toMatchObject({ state: 'none' });

    const late = await makeLink();
    await stack.product.db
      .updateTable('admin_links')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .execute();
    const answer = await admin.get(late);
    expect(answer.statusCode).toBe(410);
    expect(textOf(answer.body)).toMatch('It is older than three days.');
    expect((await admin.get('/connect?token=made-up')).statusCode).toBe(404);
    expect((await admin.get('/connect')).statusCode).toBe(404);
    expect(textOf(await browser.open(SETTINGS))).toMatch('Taken back');
  });

  test('tells a guest about another account what they can do', async () => {
    await send('/settings/admin-links');
    const first = await makeLink();
    const admin = new Browser(stack.app);
    await admin.open(await consent(stack.sandbox, await pressConnect(admin, first)));
    const link = await makeLink();
    const back = await consent(stack.sandbox, await pressConnect(admin, link), { portalId: 4815199 });
    const told = textOf(await admin.open(back));
    expect(told).toMatch('this workspace is connected to account 4815162');
    expect(told).toMatch('Press Connect again and choose that account, or ask whoever sent you the link.');
  });
});

test('Of another workspace nothing can be seen, ended or opened', async () => {
  const { id: memberId } = await joined('ana@northwind.example', 'Ana Ruiz');
  await send('/settings/admin-links');
  await send('/settings/sync', { minimumMinutes: '5' });
  const { id: keyId } = await makeKey('our-pipeline');
  const { db } = stack.product;
  const { id: linkId } = await db.selectFrom('admin_links').select('id').executeTakeFirstOrThrow();
  const sessions = await db.selectFrom('sessions').select('id').execute();
  const { browser: other, apiKey } = await stranger();

  const page = textOf(await other.open(SETTINGS));
  for (const word of ['Ana Ruiz', 'ana@', 'our-pipeline', 'Northwind', 'Waiting']) expect(page).not.toMatch(word);
  for (const path of [`/settings/keys/${keyId}/revoke`, `/settings/members/${memberId}/remove`]) {
    expect((await other.get(path)).statusCode).toBe(404);
    expect((await send(path, {}, other)).statusCode).toBe(404);
  }
  for (const path of [
    `/settings/members/${memberId}/link`,
    `/settings/admin-links/${linkId}/revoke`,
    ...sessions.map(({ id }) => `/settings/sessions/${id}/end`),
  ])
    expect((await send(path, {}, other)).statusCode).toBe(404);
  for (const path of ['/settings/keys/x/revoke', '/settings/members/%27/remove', '/settings/sessions/1/end'])
    expect((await send(path, {}, other)).statusCode).toBe(404);
  expect((await stack.call('DELETE', `/api/v1/keys/${keyId}`, undefined, apiKey)).statusCode).toBe(404);
  expect((await stack.call('GET', '/api/v1/keys', undefined, apiKey)).json()).toMatchObject({
    keys: [{ name: 'first key' }],
  });

  // The same address in two workspaces is two members.
  await send('/settings/members', { email: 'ana@northwind.example', name: 'Impostor' }, other);
  expect(await db.selectFrom('members').select('name').orderBy('invited_at').execute()).toEqual([
    { name: 'Ana Ruiz' },
    { name: 'Impostor' },
  ]);
  const ours = textOf(await browser.open(SETTINGS));
  expect(ours).toMatch('our-pipeline');
  expect(ours).toMatch('Ana Ruiz (ana@northwind.example)');
  expect(ours).toMatch('Waiting');
});

test('What people write is shown as text', async () => {
  const { workspaceId, apiKey } = await createWorkspace(stack.product.db, `Evil ${NASTY}`);
  await createApiKey(stack.product.db, { workspaceId, name: NASTY, madeBy: NASTY });
  const owner = await stack.signIn(apiKey);
  const invitation = await send('/settings/members', { email: 'eve@evil.example', name: NASTY }, owner);
  const eve = new Browser(stack.app);
  const link = secretOf(invitation.body).replace(PUBLIC_URL, '');
  const asked = await eve.get(link);
  await eve.press(link, '/sign-in');
  const admin = await send('/settings/admin-links', {}, eve);
  const adminPage = await new Browser(stack.app).get(secretOf(admin.body).replace(PUBLIC_URL, ''));
  const faulty = await send(
    '/settings/sync',
    { ownDomains: NASTY, minimumMinutes: NASTY, excludedTitleWords: NASTY, dealPipelines: NASTY },
    eve,
  );
  const settings = await eve.get(SETTINGS);
  const { id } = await stack.product.db.selectFrom('members').select('id').executeTakeFirstOrThrow();
  const remove = await eve.get(`/settings/members/${id}/remove`);
  for (const { body, headers } of [invitation, asked, admin, adminPage, faulty, settings, remove]) {
    expect(body).not.toMatch('<img src=x');
    expect(body).toMatch('&lt;img src=x');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch("default-src 'none'");
    expect(policy).toMatch("script-src 'self'");
    expect(policy).not.toMatch('unsafe');
  }
});
