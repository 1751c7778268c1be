import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { consent } from './consent';
import { PUBLIC_URL, secretOf, SETTINGS, SettingsPage } from './settings-page';
import { Browser, startHttpStack, textOf, type HttpStack } from './support';

let stack: HttpStack;
let browser: Browser;
let settings: SettingsPage;
beforeEach(async () => {
  stack = await startHttpStack();
  browser = await stack.signIn();
  settings = new SettingsPage(stack, browser);
});
afterEach(async () => {
  await stack.close();
});

describe("A link for the account's admin", () => {
  /** The path and query of the link that the page shows. */
  async function makeLink(who = browser): Promise<string> {
    const answer = await settings.send('/settings/admin-links', {}, who);
    expect(textOf(answer.body)).toMatch('No e-mail is sent');
    return secretOf(answer.body).replace(PUBLIC_URL, '');
  }

  /** Opens the link and presses Connect. @returns the URL of HubSpot's consent page */
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
    const { browser: ana } = await settings.joined('ana@northwind.example', 'Ana Ruiz');
    const link = await makeLink(ana);
    expect(link).toMatch(/^\/connect\?token=[\w-]{43}$/);
    const admin = new Browser(stack.app);
    const page = textOf(await admin.open(link));
    expect(page).toMatch('Connect HubSpot to Northwind Ana Ruiz of the workspace Northwind asks you');
    expect(page).toMatch('HubSpot will ask you to allow access to contacts, companies and deals');
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
    expect(textOf(again.body)).toMatch('It was already used');
    expect(textOf(await browser.open(SETTINGS))).toMatch(/by Ana Ruiz \(ana@northwind\.example\) .* Used/);
  });

  test('can be made with an API key, too', async () => {
    const answer = await stack.call('POST', '/api/v1/connection/links');
    expect(answer.statusCode).toBe(201);
    const { url, expiresAt } = answer.json<{ url: string; expiresAt: string }>();
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    const admin = new Browser(stack.app);
    const back = await consent(stack.sandbox, await pressConnect(admin, url.replace(PUBLIC_URL, '')));
    expect((await admin.get(back)).headers['location']).toBe('/connect/done');
    expect(await connection()).toMatchObject({ state: 'connected' });
  });

  test('may be tried again after a refused consent', async () => {
    const link = await makeLink();
    const admin = new Browser(stack.app);
    const back = await consent(stack.sandbox, await pressConnect(admin, link), { decision: 'cancel' });
    const refused = textOf(await admin.open(back));
    expect(refused).toMatch('You cancelled in HubSpot. Nothing was connected.');
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

  test('connects only one of two browsers', async () => {
    const link = await makeLink();
    const [one, two] = [new Browser(stack.app), new Browser(stack.app)];
    const [first, second] = [await pressConnect(one, link), await pressConnect(two, link)];
    const backs = [await consent(stack.sandbox, first), await consent(stack.sandbox, second)];
    const ends = await Promise.all([one.open(backs[0] ?? ''), two.open(backs[1] ?? '')]);
    expect(ends.filter((page) => textOf(page).includes('Thank you'))).toHaveLength(1);
    expect(ends.filter((page) => textOf(page).includes('It was already used'))).toHaveLength(1);
  });

  test('works in the browser that begins it only', async () => {
    const link = await makeLink();
    const back = await consent(stack.sandbox, await pressConnect(new Browser(stack.app), link));
    const victim = new Browser(stack.app);
    expect(textOf(await victim.open(back))).toMatch('this browser did not start the connection');
    // A browser that began another connection by the same link is refused.
    await pressConnect(victim, link);
    const again = await consent(stack.sandbox, await pressConnect(new Browser(stack.app), link));
    expect(textOf(await victim.open(again))).toMatch('started in another browser session');
    // A signed-in browser is refused as well.
    const third = await consent(stack.sandbox, await pressConnect(new Browser(stack.app), link));
    await browser.get(third);
    expect(await connection()).toMatchObject({ state: 'none' });
  });

  test('does not skip the page that names the workspace', async () => {
    const link = await makeLink();
    const token = link.split('token=')[1] ?? '';
    const victim = new Browser(stack.app);
    expect((await victim.get(`/connect/hubspot?token=${token}`)).statusCode).toBe(403);
    expect((await victim.get(`/connect/hubspot?token=${token}&_csrf=made-up`)).statusCode).toBe(403);
    const strangers = await new Browser(stack.app).open(link);
    const theirs = /_csrf=(?<csrf>[^"]+)"/.exec(strangers)?.groups?.['csrf'] ?? '';
    expect((await victim.get(`/connect/hubspot?token=${token}&_csrf=${theirs}`)).statusCode).toBe(403);
  });

  test('ends when it is revoked or expired, even while it is in use', async () => {
    const link = await makeLink();
    const admin = new Browser(stack.app);
    const hubspot = await pressConnect(admin, link);
    const { id } = await stack.product.db.selectFrom('admin_links').select('id').executeTakeFirstOrThrow();
    await settings.send(`/settings/admin-links/${id}/revoke`);
    expect(textOf(await admin.open(await consent(stack.sandbox, hubspot)))).toMatch('It was revoked');
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
    expect(textOf(await browser.open(SETTINGS))).toMatch('Revoked');
  });

  test('shows a guest with another account what they can do', async () => {
    await settings.send('/settings/admin-links');
    const first = await makeLink();
    const admin = new Browser(stack.app);
    await admin.open(await consent(stack.sandbox, await pressConnect(admin, first)));
    const link = await makeLink();
    const back = await consent(stack.sandbox, await pressConnect(admin, link), { portalId: 4815199 });
    const text = textOf(await admin.open(back));
    expect(text).toMatch('this workspace is connected to account 4815162');
    expect(text).toMatch('Try again and choose that account, or ask the person who sent you the link.');
  });
});
