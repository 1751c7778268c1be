import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { Browser, startHttpStack, textOf, type HttpStack } from './support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
});
afterAll(async () => {
  await stack.close();
});

/** The fields that the page's form sends. */
function fieldsOf(page: string): Record<string, string> {
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '';
  return { _csrf: field('_csrf'), token: field('token') };
}

const SESSION = 'hms_session_3000';

async function link(apiKey?: string): Promise<string> {
  const answer = await stack.call('POST', '/api/v1/sessions', undefined, apiKey);
  expect(answer.statusCode).toBe(201);
  const { url, expiresAt } = answer.json<{ url: string; expiresAt: string }>();
  expect(url).toMatch(/^http:\/\/localhost:3000\/sign-in\?token=[\w-]{43}$/);
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(4 * 60_000);
  return url.replace('http://localhost:3000', '');
}

test('A link signs a browser in once, with a cookie that scripts and other sites do not get', async () => {
  const browser = new Browser(stack.app);
  const url = await link();
  const answer = await browser.press(url, '/sign-in');
  expect(answer.statusCode).toBe(303);
  expect(answer.headers['location']).toBe('/overview');
  const cookie = answer.cookies.find(({ name }) => name === SESSION);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 12 * 60 * 60 });
  expect(cookie?.secure).toBeUndefined();
  expect(textOf(await browser.open('/settings/integrations'))).toMatch('Northwind');

  const second = await new Browser(stack.app).get(url);
  expect(second.statusCode).toBe(401);
  expect(textOf(second.body)).toMatch('already used, has expired');
  expect(textOf(second.body)).toMatch('curl -X POST');
  expect(textOf(await browser.open(url))).toMatch('You are still signed in to Northwind');
});

test('Only hashes of tokens are stored', async () => {
  const browser = await stack.signIn();
  const rows = await stack.product.db.selectFrom('sessions').selectAll().execute();
  const [token = '', signature = ''] = (browser.cookies.get(SESSION) ?? '').split('.');
  expect(token).toHaveLength(43);
  expect(signature).not.toBe('');
  expect(JSON.stringify(rows)).not.toMatch(token);
  expect(rows.some((row) => row.id_hash.toString('utf8').includes(token))).toBe(false);
});

test('A cookie with a foreign signature does not sign in, even with the id of a session', async () => {
  const browser = await stack.signIn();
  const [token = ''] = (browser.cookies.get(SESSION) ?? '').split('.');
  for (const forged of [token, `${token}.`, `${token}.${Buffer.from('forged').toString('base64')}`]) {
    const forger = new Browser(stack.app);
    forger.cookies.set(SESSION, forged);
    expect((await forger.get('/settings/integrations')).statusCode).toBe(401);
  }
});

test('A link and a session end', async () => {
  const late = await link();
  await stack.product.db
    .updateTable('sign_in_links')
    .set({ expires_at: new Date(Date.now() - 1_000) })
    .execute();
  expect((await new Browser(stack.app).get(late)).statusCode).toBe(401);

  const browser = await stack.signIn();
  await stack.product.db
    .updateTable('sessions')
    .set({ expires_at: new Date(Date.now() - 1_000) })
    .execute();
  const page = await browser.get('/settings/integrations');
  expect(page.statusCode).toBe(401);
  expect(textOf(page.body)).toMatch('Please sign in');
});

test("Another workspace's link changes nothing until the person confirms", async () => {
  const { apiKey } = await createWorkspace(stack.product.db, 'Contoso & <sons>');
  const browser = await stack.signIn();
  const before = browser.cookies.get(SESSION);
  const url = await link(apiKey);

  const asked = await browser.get(url);
  expect(asked.statusCode).toBe(200);
  expect(textOf(asked.body)).toMatch(
    'signed in to the workspace Northwind . The link that was opened signs it in to Contoso & <sons> instead.',
  );
  expect(asked.body).not.toMatch('<sons>');
  expect(browser.cookies.get(SESSION)).toBe(before);
  expect(textOf(await browser.open('/settings/integrations'))).toMatch('Northwind');

  const token = url.replace('/sign-in?token=', '');
  expect((await browser.post('/sign-in', { token })).statusCode).toBe(403);
  const answer = await browser.press(url, '/sign-in');
  expect(answer.statusCode).toBe(303);
  expect(textOf(await browser.open(String(answer.headers['location'])))).toMatch('Contoso & <sons>');
  expect((await new Browser(stack.app).get(url)).statusCode).toBe(401);

  const replay = new Browser(stack.app);
  replay.cookies.set(SESSION, before ?? '');
  expect((await replay.get('/settings/integrations')).statusCode).toBe(401);
});

test('A switch with a link that was used meanwhile changes nothing', async () => {
  const { apiKey } = await createWorkspace(stack.product.db, 'Fabrikam');
  const browser = await stack.signIn();
  const url = await link(apiKey);
  const asked = await browser.get(url);
  const csrf = /name="_csrf" value="(?<token>[^"]+)"/.exec(asked.body)?.groups?.['token'] ?? '';
  expect((await new Browser(stack.app).press(url, '/sign-in')).statusCode).toBe(303);
  const answer = await browser.post('/sign-in', { _csrf: csrf, token: url.replace('/sign-in?token=', '') });
  expect(textOf(await browser.open(String(answer.headers['location'])))).toMatch(
    'You are still signed in to Northwind',
  );
});

test('A link of the same workspace takes one click, and the session before it ends', async () => {
  const browser = await stack.signIn();
  const before = browser.cookies.get(SESSION) ?? '';
  const answer = await browser.press(await link(), '/sign-in');
  expect(answer.statusCode).toBe(303);
  expect(browser.cookies.get(SESSION)).not.toBe(before);
  expect(textOf(await browser.open('/settings/integrations'))).toMatch('Northwind');
  const replay = new Browser(stack.app);
  replay.cookies.set(SESSION, before);
  expect((await replay.get('/settings/integrations')).statusCode).toBe(401);
});

test('Two uses of one link at once sign one browser in', async () => {
  const url = await link();
  const opened = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const browser = new Browser(stack.app);
      return { browser, page: (await browser.get(url)).body };
    }),
  );
  const answers = await Promise.all(opened.map(({ browser, page }) => browser.post('/sign-in', fieldsOf(page))));
  expect(answers.filter(({ statusCode }) => statusCode === 303)).toHaveLength(1);
  expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(4);
});

test('Opening a link does not sign in and does not use the link up: previews, scanners and other sites open links', async () => {
  const { apiKey } = await createWorkspace(stack.product.db, 'Attackers');
  const url = await link(apiKey);
  const victim = new Browser(stack.app);
  for (let opened = 0; opened < 3; opened += 1) {
    const page = await victim.get(url);
    expect(page.statusCode).toBe(200);
    expect(textOf(page.body)).toMatch('Sign in to Attackers');
    expect(textOf(page.body)).toMatch('Sign in only if you asked for this link');
  }
  await stack.app.inject({ url, headers: { 'sec-purpose': 'prefetch;prerender' } });
  await stack.app.inject({ method: 'HEAD', url });
  expect(victim.cookies.has(SESSION)).toBe(false);
  expect((await victim.get('/settings/integrations')).statusCode).toBe(401);
  // Another site can submit a form, but not with the token that only our page has.
  const token = url.replace('/sign-in?token=', '');
  expect((await victim.post('/sign-in', { token })).statusCode).toBe(403);
  expect((await victim.post(url, {})).statusCode).toBe(403);
  expect(victim.cookies.has(SESSION)).toBe(false);
  expect((await victim.press(url, '/sign-in')).statusCode).toBe(303);
});

test('An invented token or cookie does not sign in', async () => {
  for (const url of ['/invitation', '/sign-in?token=', '/sign-in?token=a&token=b', '/sign-in?token=%00']) {
    expect((await new Browser(stack.app).get(url)).statusCode).toBe(401);
  }
  const browser = new Browser(stack.app);
  browser.cookies.set(SESSION, 'made-up');
  browser.cookies.set('hms_flash_3000', 'made-up');
  expect((await browser.get('/meetings')).statusCode).toBe(401);
});

test.each([
  '/settings/integrations',
  '/settings/meetings',
  '/settings/linking',
  '/settings/appearance',
  '/settings/keys',
  '/settings/members',
  '/settings/sessions',
  '/settings/changes',
  '/settings/apply',
  '/meetings',
  '/meetings/m',
  '/integrations/hubspot/connect',
  '/integrations/hubspot/disconnect',
  '/settings/keys/00000000-0000-4000-8000-000000000000/revoke',
  '/settings/members/00000000-0000-4000-8000-000000000000/remove',
])('%s needs a signed-in browser', async (url) => {
  const answer = await new Browser(stack.app).get(url);
  expect(answer.statusCode).toBe(401);
  expect(textOf(answer.body)).toMatch('Please sign in You need to sign in to see this page.');
});

test('Signing out ends the session', async () => {
  const browser = await stack.signIn();
  const before = new Map(browser.cookies);
  const answer = await browser.press('/settings/integrations', '/sign-out');
  expect(textOf(answer.body)).toMatch('You are signed out');
  expect(browser.cookies.has(SESSION)).toBe(false);
  const replay = new Browser(stack.app);
  for (const [name, value] of before) replay.cookies.set(name, value);
  expect((await replay.get('/settings/integrations')).statusCode).toBe(401);
});

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

test.each([
  '/sign-in',
  '/sign-out',
  '/integrations/hubspot/disconnect',
  '/meetings/m/resync',
  '/settings/integrations',
  '/settings/meetings',
  '/settings/meetings/preview',
  '/settings/linking',
  '/settings/appearance',
  '/settings/apply',
  '/settings/keys',
  `/settings/keys/${UNKNOWN_ID}/revoke`,
  '/settings/members',
  `/settings/members/${UNKNOWN_ID}/link`,
  `/settings/members/${UNKNOWN_ID}/remove`,
  `/settings/sessions/${UNKNOWN_ID}/end`,
  '/settings/sessions/end-others',
  '/settings/sessions/end-all',
  '/settings/admin-links',
  `/settings/admin-links/${UNKNOWN_ID}/revoke`,
])('POST %s without the form token of this session is refused', async (url) => {
  const { apiKey } = await createWorkspace(stack.product.db, `forms of ${url}`);
  const [browser, stranger] = [await stack.signIn(), await stack.signIn(apiKey)];
  const strangersPage = await stranger.open('/settings/integrations');
  const token = /name="_csrf" value="(?<token>[^"]+)"/.exec(strangersPage)?.groups?.['token'] ?? '';
  expect(token).not.toBe('');
  const strangersSecret = stranger.cookies.get('hms_csrf_3000') ?? '';
  await browser.open('/settings/integrations');

  expect((await browser.post(url, {})).statusCode).toBe(403);
  expect((await browser.post(url, { _csrf: token })).statusCode).toBe(403);
  // Planting the stranger's cookie does not help, because the token is bound to the session.
  browser.cookies.set('hms_csrf_3000', strangersSecret);
  const answer = await browser.post(url, { _csrf: token });
  expect(answer.statusCode).toBe(403);
  expect(textOf(answer.body)).toMatch('load the page again');
});

test.each([
  ['/settings/meetings/preview', '/settings/meetings'],
  ['/settings/admin-links', '/settings'],
  [`/settings/admin-links/${UNKNOWN_ID}/revoke`, '/settings'],
  [`/settings/members/${UNKNOWN_ID}/link`, '/settings/members'],
  ['/settings/sessions/end-all', '/settings/sessions'],
  ['/integrations/hubspot/try-now', '/integrations'],
  ['/integrations', '/settings/integrations'],
  ['/settings', '/settings/integrations'],
  ['/meetings/a%20b/resync', '/meetings/a%20b'],
  ['/sign-out', '/'],
])('GET %s, which takes a form, leads to %s', async (url, page) => {
  const answer = await new Browser(stack.app).get(url);
  expect([answer.statusCode, answer.headers['location']]).toEqual([303, page]);
});

test('Over https cookies are secure and keep to this host', async () => {
  const secure = await startHttpStack({ publicUrl: 'https://sync.northwind.example' });
  const { url } = (await secure.call('POST', '/api/v1/sessions')).json<{ url: string }>();
  const answer = await new Browser(secure.app).press(url.replace('https://sync.northwind.example', ''), '/sign-in');
  expect(answer.cookies.find(({ name }) => name.includes('session'))).toMatchObject({
    name: '__Host-hms_session',
    secure: true,
    httpOnly: true,
    path: '/',
  });
  expect(answer.headers['strict-transport-security']).toMatch('max-age');
  await secure.close();
});

test('Below a path, every address of a page begins with it', async () => {
  const below = await startHttpStack({ publicUrl: 'https://tools.northwind.example/meeting-sync' });
  const { url } = (await below.call('POST', '/api/v1/sessions')).json<{ url: string }>();
  const browser = new Browser(below.app);
  const asked = await browser.get(url.replace('https://tools.northwind.example/meeting-sync', ''));
  expect(asked.body).toMatch('action="/meeting-sync/sign-in"');
  const answer = await browser.post('/sign-in', fieldsOf(asked.body));
  expect(answer.headers['location']).toBe('/meeting-sync/overview');
  const page = await browser.get('/settings/integrations');
  const addresses = [...page.body.matchAll(/(?:href|src|action)="(?<address>[^"]*)"/g)].map(
    ({ groups }) => groups?.['address'] ?? '',
  );
  expect(addresses.length).toBeGreaterThan(5);
  for (const address of addresses) expect(address).toMatch(/^(?:\/meeting-sync\/|#)/);
  await below.close();
});
