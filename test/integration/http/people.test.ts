import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { CHANGES, DEVICES, KEYS, PEOPLE, PUBLIC_URL, secretOf, SETTINGS, SettingsPage } from './settings-page';
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

/** Another workspace, with its own key and browser. */
async function stranger(): Promise<{ workspaceId: string; apiKey: string; browser: Browser }> {
  const made = await createWorkspace(stack.product.db, 'Contoso');
  return { ...made, browser: await stack.signIn(made.apiKey) };
}

describe('API keys', () => {
  test('A key is created, shown once, works, and ends when it is revoked', async () => {
    const { id, key } = await settings.makeKey('pipeline');
    expect(key).toMatch(/^hms_[\w-]{43}$/);
    const page = await browser.open(KEYS);
    expect(page).not.toMatch(key);
    expect(textOf(page)).toMatch(/pipeline .* by a person via API key "first key" Never/);
    expect((await stack.call('GET', '/api/v1/connection', undefined, key)).statusCode).toBe(200);
    expect(textOf(await browser.open(KEYS))).not.toMatch('Never');
    expect(stack.logLines.join('')).not.toMatch(key);

    const asked = textOf(await browser.open(`/settings/keys/${id}/revoke`));
    expect(asked).toMatch('Revoke “pipeline”?');
    expect(asked).not.toMatch('last key');
    await browser.press(`/settings/keys/${id}/revoke`, `/settings/keys/${id}/revoke`);
    expect((await stack.call('GET', '/api/v1/connection', undefined, key)).statusCode).toBe(401);
    expect(textOf(await browser.open(KEYS))).toMatch('The key “pipeline” is revoked.');
    expect((await browser.get(`/settings/keys/${id}/revoke`)).statusCode).toBe(404);
  });

  test('A form that is sent twice creates one key', async () => {
    const page = await browser.open(KEYS);
    const hidden = (name: string) =>
      new RegExp(`name="${name}" value="(?<value>[^"]+)"`).exec(page)?.groups?.['value'] ?? '';
    const fields = { _csrf: hidden('_csrf'), id: hidden('id'), name: 'twice' };
    expect((await browser.post('/settings/keys', fields)).statusCode).toBe(200);
    const again = await browser.post('/settings/keys', fields);
    expect(again.statusCode).toBe(303);
    expect(textOf(await browser.open(KEYS))).toMatch('This key was already created, and a key is shown only once.');
    const keys = await stack.product.db.selectFrom('api_keys').select('id').where('name', '=', 'twice').execute();
    expect(keys).toHaveLength(1);
  });

  test.each(['', '   ', 'x'.repeat(101), 'a\u0000b'])(
    'A name that cannot be used is refused at the field: %j',
    async (name) => {
      const answer = await settings.send('/settings/keys', { name });
      expect(answer.statusCode).toBe(400);
      expect(textOf(answer.body)).toMatch('It must be 1 to 100 visible characters.');
    },
  );

  test('A person who revokes the last key sees what ends with it', async () => {
    const { id } = await stack.product.db.selectFrom('api_keys').select('id').executeTakeFirstOrThrow();
    expect(textOf(await browser.open(`/settings/keys/${id}/revoke`))).toMatch('This is the last key of this workspace');
  });

  test('A revoked key ends its sign-in links and their sessions, except the session that revokes it', async () => {
    const ana = await settings.joined('ana@northwind.example');
    const { id, key } = await new SettingsPage(stack, ana.browser).makeKey('stolen');
    const thief = await stack.signIn(key);
    const { url } = (await stack.call('POST', '/api/v1/sessions', undefined, key)).json<{ url: string }>();
    const { url: named } = (
      await stack.call('POST', '/api/v1/sessions', { email: 'ana@northwind.example' }, key)
    ).json<{ url: string }>();
    const namedThief = new Browser(stack.app);
    await namedThief.press(named.replace(PUBLIC_URL, ''), '/sign-in');
    expect((await thief.get(SETTINGS)).statusCode).toBe(200);
    expect((await namedThief.get(SETTINGS)).statusCode).toBe(200);

    await settings.send(`/settings/keys/${id}/revoke`);
    expect((await thief.get(SETTINGS)).statusCode).toBe(401);
    expect((await namedThief.get(SETTINGS)).statusCode).toBe(401);
    expect((await new Browser(stack.app).get(url.replace(PUBLIC_URL, ''))).statusCode).toBe(401);

    const first = await stack.product.db
      .selectFrom('api_keys')
      .select('id')
      .where('name', '=', 'first key')
      .executeTakeFirstOrThrow();
    await settings.send(`/settings/keys/${first.id}/revoke`);
    expect((await browser.get(SETTINGS)).statusCode).toBe(200);
  });

  /** A thief uses a stolen key to create keys, members and sessions, directly and indirectly. */
  async function plunder(key: string) {
    const make = async (name: string, by: string) =>
      (await stack.call('POST', '/api/v1/keys', { name }, by)).json<{ id: string; key: string }>();
    const child = await make('child', key);
    const grandchild = await make('grandchild', child.key);
    const thief = new SettingsPage(stack, await stack.signIn(child.key));
    const onPages = await thief.makeKey('made on a page');
    const invited = await thief.joined('mallory@elsewhere.example');
    const byMember = await new SettingsPage(stack, invited.browser).makeKey('made by a member');
    const ana = await settings.joined('ana@northwind.example');
    const asAna = secretOf((await thief.send(`/settings/members/${ana.id}/link`, {}, invited.browser)).body).replace(
      PUBLIC_URL,
      '',
    );
    const fakeAna = new Browser(stack.app);
    await fakeAna.press(asAna, '/sign-in');
    const byFakeAna = await new SettingsPage(stack, fakeAna).makeKey('made as Ana');
    // A member whom the thief invited, and who signs in by an honest person's link.
    const guest = await thief.joined('guest@elsewhere.example');
    const asGuest = secretOf((await settings.send(`/settings/members/${guest.id}/link`, {}, ana.browser)).body).replace(
      PUBLIC_URL,
      '',
    );
    await guest.browser.press(asGuest, '/sign-in');
    const byGuest = await new SettingsPage(stack, guest.browser).makeKey('made by a guest');
    const admin = secretOf((await thief.send('/settings/admin-links')).body).replace(PUBLIC_URL, '');
    // Remove the key and the member in between, as a thief would.
    await stack.call('DELETE', `/api/v1/keys/${child.id}`, undefined, child.key);
    await settings.send(`/settings/members/${invited.id}/remove`);
    const keys = [grandchild.key, onPages.key, byMember.key, byFakeAna.key, byGuest.key];
    return { keys, browsers: [fakeAna, guest.browser], admin, ana };
  }
  const opens = async (key: string) => (await stack.call('GET', '/api/v1/keys', undefined, key)).statusCode;

  test('Revoking a stolen key can also revoke everything created with it, and nothing else', async () => {
    const { id, key } = await settings.makeKey('stolen');
    const honest = await settings.makeKey('honest');
    const { keys, browsers, admin, ana } = await plunder(key);
    for (const each of [...keys, honest.key]) expect(await opens(each)).toBe(200);

    const asked = textOf(await browser.open(`/settings/keys/${id}/revoke`));
    expect(asked).toMatch('Also revoke what was created with this key: the key “grandchild”');
    for (const name of ['made on a page', 'made by a member', 'made as Ana', 'made by a guest'])
      expect(asked).toMatch(`the key “${name}”`);
    expect(asked).not.toMatch('honest');
    await settings.send(`/settings/keys/${id}/revoke`, { withWhatItMade: 'true' });

    for (const each of keys) expect(await opens(each)).toBe(401);
    for (const each of browsers) expect((await each.get(SETTINGS)).statusCode).toBe(401);
    expect((await new Browser(stack.app).get(admin)).statusCode).toBe(410);
    expect(await opens(honest.key)).toBe(200);
    expect((await ana.browser.get(SETTINGS)).statusCode).toBe(200);
    expect((await browser.get(SETTINGS)).statusCode).toBe(200);
    expect(textOf(await browser.open(CHANGES))).toMatch('revoked the API key "grandchild", created with "stolen"');
  });

  test('By default, what a key created stays; the API can revoke it, too', async () => {
    const { id, key } = await settings.makeKey('first stolen');
    const { keys } = await plunder(key);
    await settings.send(`/settings/keys/${id}/revoke`);
    for (const each of keys) expect(await opens(each)).toBe(200);
    const second = await settings.makeKey('second stolen');
    const made = (await stack.call('POST', '/api/v1/keys', { name: 'made' }, second.key)).json<{ key: string }>();
    await new SettingsPage(stack, await stack.signIn(second.key)).joined('eve@elsewhere.example');
    const wrong = await stack.call('DELETE', `/api/v1/keys/${second.id}?withWhatItMade=maybe`);
    expect(wrong.statusCode).toBe(400);
    const answer = await stack.call('DELETE', `/api/v1/keys/${second.id}?withWhatItMade=true`);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { name: 'second stolen', keys: ['made'], members: ['eve@elsewhere.example'] },
    ]);
    expect(await opens(made.key)).toBe(401);
  });

  test('Changes of keys, members and the connection, and deletions, are recorded and shown', async () => {
    const { id, browser: ana } = await settings.joined('ana@northwind.example');
    const hers = new SettingsPage(stack, ana);
    const key = await hers.makeKey('hers');
    await hers.send(`/settings/keys/${key.id}/revoke`);
    await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'erased' }));
    await stack.call('DELETE', '/api/v1/meetings/erased');
    await settings.send(`/settings/members/${id}/remove`);
    const { changes } = (await stack.call('GET', '/api/v1/settings/access-changes')).json<{
      changes: { actor: string; action: string }[];
    }>();
    const link = 'a person via API key "first key"';
    expect(changes.map(({ actor, action }) => `${actor} ${action}`).toReversed()).toEqual([
      `${link} invited ana@northwind.example`,
      `${link} created a sign-in link for ana@northwind.example`,
      'ana@northwind.example created the API key "hers"',
      'ana@northwind.example revoked the API key "hers"',
      'API key "first key" deleted the meeting "erased"',
      `${link} removed ana@northwind.example`,
    ]);
    const page = textOf(await browser.open(CHANGES));
    for (const { actor, action } of changes) expect(page).toMatch(`${actor} ${action}`);
  });

  test('The API creates, lists and revokes keys, too', async () => {
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
  test('A member is invited, confirms, signs in by name, and their changes carry the name', async () => {
    const answer = await settings.send('/settings/members', {
      email: ' Ana.Ruiz@Northwind.example ',
      name: 'Ana Ruiz',
    });
    expect(textOf(answer.body)).toMatch('Sign-in link for Ana Ruiz (ana.ruiz@northwind.example) No e-mail is sent');
    const link = secretOf(answer.body);
    expect(link).toMatch(/^http:\/\/localhost:3000\/invitation\?token=[\w-]{43}$/);
    const ana = new Browser(stack.app);
    // A chat's preview or a mail scanner opens the link, too.
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

    const page = textOf(await ana.open(PEOPLE));
    expect(page).toMatch('Northwind · Ana Ruiz');
    expect(page).toMatch('Ana Ruiz (ana.ruiz@northwind.example) (you)');
    expect(textOf(await ana.open(DEVICES))).toMatch(
      'Chrome on macOS This device Ana Ruiz (ana.ruiz@northwind.example)',
    );
    await settings.send('/settings/keys', { name: 'of Ana' }, ana);
    expect((await stack.call('GET', '/api/v1/keys')).json()).toMatchObject({
      keys: [{}, { name: 'of Ana', madeBy: 'Ana Ruiz (ana.ruiz@northwind.example)' }],
    });
  });

  test('A form without the token of this browser does not sign in', async () => {
    const link = secretOf((await settings.send('/settings/members', { email: 'ana@northwind.example' })).body);
    const token = link.split('token=')[1] ?? '';
    const forged = new Browser(stack.app);
    await forged.get(`/invitation?token=${token}`);
    expect((await forged.post('/sign-in', { token })).statusCode).toBe(403);
    expect((await new Browser(stack.app).post('/sign-in', { token, _csrf: 'made-up' })).statusCode).toBe(403);
  });

  test('A new link ends the previous one, and an invitation expires', async () => {
    const first = secretOf((await settings.send('/settings/members', { email: 'ana@northwind.example' })).body);
    const { id } = await stack.product.db.selectFrom('members').select('id').executeTakeFirstOrThrow();
    const second = secretOf((await settings.send(`/settings/members/${id}/link`)).body);
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

  test('A signed-in person confirms before a link signs them in as another person', async () => {
    const link = secretOf((await settings.send('/settings/members', { email: 'ana@northwind.example' })).body);
    const token = link.split('token=')[1] ?? '';
    for (const path of ['/sign-in', '/invitation']) {
      const asked = await browser.get(`${path}?token=${token}`);
      expect(asked.statusCode).toBe(200);
      expect(textOf(asked.body)).toMatch('Sign in as someone else?');
    }
    expect(textOf(await browser.open(SETTINGS))).not.toMatch('Northwind · ana');
    await browser.press(`/sign-in?token=${token}`, '/sign-in');
    expect(textOf(await browser.open(SETTINGS))).toMatch('Northwind · ana@northwind.example');
  });

  test('A removed member is signed out everywhere at once, and their links end', async () => {
    const { id, browser: ana } = await settings.joined('ana@northwind.example');
    const { browser: ben } = await settings.joined('ben@northwind.example');
    const waiting = secretOf((await settings.send(`/settings/members/${id}/link`, {}, ben)).body).replace(
      PUBLIC_URL,
      '',
    );
    expect(textOf(await browser.open(`/settings/members/${id}/remove`))).toMatch('Remove ana@northwind.example?');
    await browser.press(`/settings/members/${id}/remove`, `/settings/members/${id}/remove`);
    expect((await ana.get(SETTINGS)).statusCode).toBe(401);
    expect((await new Browser(stack.app).get(waiting)).statusCode).toBe(401);
    expect((await browser.get(SETTINGS)).statusCode).toBe(200);
    expect((await settings.send(`/settings/members/${id}/remove`)).statusCode).toBe(404);
  });

  test('A member who removes themselves sees a confirmation and is signed out', async () => {
    const { id, browser: ana } = await settings.joined('ana@northwind.example');
    expect(textOf(await ana.open(`/settings/members/${id}/remove`))).toMatch('This is you');
    const answer = await ana.press(`/settings/members/${id}/remove`, `/settings/members/${id}/remove`);
    expect(textOf(answer.body)).toMatch('You are no longer a member of this workspace.');
    expect((await ana.get(SETTINGS)).statusCode).toBe(401);
  });

  test('An invalid address or name is refused at its field, which keeps it', async () => {
    const answer = await settings.send('/settings/members', { email: 'ana at northwind', name: 'x'.repeat(101) });
    expect(answer.statusCode).toBe(400);
    expect(textOf(answer.body)).toMatch('It must be an e-mail address, for example ana@northwind.example.');
    expect(textOf(answer.body)).toMatch('It must be 1 to 100 visible characters.');
    expect(answer.body).toMatch('value="ana at northwind"');
  });

  test('A key signs the member in who created it, for five minutes, and no one else', async () => {
    const joined = await settings.joined('ana@northwind.example');
    const { key } = await new SettingsPage(stack, joined.browser).makeKey('of Ana');
    const link = async (body: object, by?: string) => await stack.call('POST', '/api/v1/sessions', body, by);
    for (const [email, by] of [
      ['ana@northwind.example', undefined],
      ['ben@northwind.example', key],
    ] as const)
      expect((await link({ email }, by)).json()).toMatchObject({
        status: 400,
        errors: [{ path: 'email', message: expect.stringMatching('Invite other people under Settings → People') }],
      });
    const answer = await link({ email: 'Ana@Northwind.example', name: 'Ana' }, key);
    expect(answer.statusCode).toBe(201);
    const { url, expiresAt } = answer.json<{ url: string; expiresAt: string }>();
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThan(5 * 60_000 + 5_000);
    const ana = new Browser(stack.app);
    expect((await ana.press(url.replace(PUBLIC_URL, ''), '/sign-in')).statusCode).toBe(303);
    expect(textOf(await ana.open(SETTINGS))).toMatch('Northwind · Ana');
    for (const body of [{}, undefined])
      expect((await stack.call('POST', '/api/v1/sessions', body)).statusCode).toBe(201);
    for (const [body, path] of [
      [{ email: 'no-address' }, 'email'],
      [{ name: 'Ana' }, 'email'],
      [{ mail: 'a@b.example' }, 'mail'],
    ] as const)
      expect((await stack.call('POST', '/api/v1/sessions', body)).json()).toMatchObject({ errors: [{ path }] });
  });
});

describe('Signed-in browsers', () => {
  test('One browser is signed out, or all of them', async () => {
    const { browser: ana } = await settings.joined('ana@northwind.example');
    const other = await stack.signIn();
    const page = await browser.open(DEVICES);
    expect(textOf(page).match(/This device/g)).toHaveLength(1);
    const ends = [...page.matchAll(/\/settings\/sessions\/(?<id>[\da-f-]{36})\/end/g)];
    expect(ends).toHaveLength(2);
    const sessions = await stack.product.db
      .selectFrom('sessions')
      .selectAll()
      .where('member_id', 'is not', null)
      .execute();
    await settings.send(`/settings/sessions/${sessions[0]?.id}/end`);
    expect((await ana.get(SETTINGS)).statusCode).toBe(401);
    expect((await other.get(SETTINGS)).statusCode).toBe(200);

    const foreign = await stranger();
    const { url } = (await stack.call('POST', '/api/v1/sessions')).json<{ url: string }>();
    const answer = await settings.send('/settings/sessions/end-all');
    expect(textOf(answer.body)).toMatch('Every device of this workspace is signed out, including this one.');
    for (const gone of [browser, other]) expect((await gone.get(SETTINGS)).statusCode).toBe(401);
    expect((await new Browser(stack.app).get(url.replace(PUBLIC_URL, ''))).statusCode).toBe(401);
    expect((await foreign.browser.get(SETTINGS)).statusCode).toBe(200);
  });

  test('All other browsers are signed out, and this one stays', async () => {
    const { browser: ana } = await settings.joined('ana@northwind.example');
    const foreign = await stranger();
    const { url } = (await stack.call('POST', '/api/v1/sessions')).json<{ url: string }>();
    expect((await settings.send('/settings/sessions/end-others')).headers['location']).toBe(DEVICES);
    expect((await ana.get(SETTINGS)).statusCode).toBe(401);
    expect((await new Browser(stack.app).get(url.replace(PUBLIC_URL, ''))).statusCode).toBe(401);
    expect((await foreign.browser.get(SETTINGS)).statusCode).toBe(200);
    const page = textOf(await browser.open(DEVICES));
    expect(page).toMatch('Every other device is signed out.');
    expect(page).toMatch('This device');
    expect(page).not.toMatch('Sign out all others');
  });
});
