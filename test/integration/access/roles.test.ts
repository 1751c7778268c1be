import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hashToken } from '../../../src/secrets';
import { SCOPES, type Role } from '../../../src/store/access/scopes';
import { meeting } from '../../support/meetings';
import { DEVICES, KEYS, PEOPLE, PUBLIC_URL, secretOf, SettingsPage } from '../http/settings-page';
import { Browser, startHttpStack, textOf, type HttpStack } from '../http/support';

let stack: HttpStack;
let settings: SettingsPage;
beforeEach(async () => {
  stack = await startHttpStack();
  settings = new SettingsPage(stack, await stack.signIn());
});
afterEach(async () => {
  await stack.close();
});

/** A member who was invited with a role, and signed in. */
async function joined(name: string, role: Role): Promise<{ id: string; page: SettingsPage; browser: Browser }> {
  const email = `${name}@northwind.example`;
  const invitation = await settings.send('/settings/members', { email, role });
  const browser = new Browser(stack.app);
  await browser.press(secretOf(invitation.body).replace(PUBLIC_URL, ''), '/sign-in');
  const { id } = await stack.product.db
    .selectFrom('members')
    .select('id')
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  return { id, browser, page: new SettingsPage(stack, browser) };
}

async function scopesOf(key: string): Promise<readonly string[] | number> {
  const { db } = stack.product;
  const answer = await stack.call('GET', '/api/v1/meetings', undefined, key);
  if (answer.statusCode === 401) return 401;
  const keys = db.selectFrom('api_keys').select('scopes').where('key_hash', '=', hashToken(key));
  return (await keys.executeTakeFirstOrThrow()).scopes;
}

const setRole = async (by: SettingsPage, id: string, role: Role) =>
  await by.send(`/settings/members/${id}/role`, { role });
const rolesOf = async () =>
  (await stack.product.db.selectFrom('members').select(['email', 'role']).orderBy('email').execute()).map(
    ({ email, role }) => `${email.split('@')[0]} ${role}`,
  );

describe('Roles', () => {
  test('A person is invited with a role, which a page explains, and another admin changes it', async () => {
    const ana = await joined('ana', 'admin');
    const vera = await joined('vera', 'viewer');
    const page = textOf(await ana.browser.open(PEOPLE));
    expect(page).toMatch('Viewer Sees meetings, records, analytics and reviews, and changes nothing.');
    expect(await rolesOf()).toEqual(['ana admin', 'vera viewer']);
    expect((await vera.browser.get('/meetings')).statusCode).toBe(200);
    const refused = await vera.browser.get(PEOPLE);
    expect(refused.statusCode).toBe(403);
    expect(textOf(refused.body)).toMatch(
      'You may not do this This needs the role Admin. Yours is Viewer. Ask an admin of this workspace: ana@northwind.example.',
    );
    await setRole(ana.page, vera.id, 'operator');
    expect(textOf(await ana.browser.open(PEOPLE))).toMatch('vera@northwind.example has the role Operator now.');
    expect(await rolesOf()).toEqual(['ana admin', 'vera operator']);
    const spanish = await vera.browser.post('/language', {
      _csrf: await csrfOf(vera.browser),
      language: 'es',
      back: '/meetings',
    });
    expect(spanish.statusCode).toBe(303);
    expect(textOf((await vera.browser.get(KEYS)).body)).toMatch(
      'Para esto hace falta el rol Administrador. El rol actual es Operador.',
    );
  });

  test('The last admin can neither be removed nor demoted, and one that is not the last can', async () => {
    const ana = await joined('ana', 'admin');
    const vera = await joined('vera', 'operator');
    await setRole(ana.page, ana.id, 'viewer');
    expect(textOf(await ana.browser.open(PEOPLE))).toMatch('Nothing was changed: a workspace needs an admin');
    await settings.send(`/settings/members/${ana.id}/remove`);
    expect(textOf(await settings.browser.open(PEOPLE))).toMatch('Nothing was changed: a workspace needs an admin');
    expect(await rolesOf()).toEqual(['ana admin', 'vera operator']);
    await setRole(ana.page, vera.id, 'admin');
    await settings.send(`/settings/members/${ana.id}/remove`);
    expect(await rolesOf()).toEqual(['vera admin']);
  });

  test('The only member can be removed while a key can administer the workspace', async () => {
    const ana = await joined('ana', 'admin');
    await stack.product.db
      .updateTable('api_keys')
      .set({ scopes: ['read', 'meetings:write'] })
      .execute();
    await ana.page.send(`/settings/members/${ana.id}/remove`);
    expect(await rolesOf()).toEqual(['ana admin']);
    await stack.product.db.updateTable('api_keys').set({ scopes: SCOPES }).execute();
    await ana.page.send(`/settings/members/${ana.id}/remove`);
    expect(await rolesOf()).toEqual([]);
  });

  test('Two admins who remove or demote each other at the same time leave one of them', async () => {
    for (let round = 0; round < 8; round += 1) {
      // oxlint-disable no-await-in-loop -- one round after the other
      const [ana, ben] = [await joined(`ana${round}`, 'admin'), await joined(`ben${round}`, 'admin')];
      await (round % 2 === 0
        ? Promise.all([
            ana.page.send(`/settings/members/${ben.id}/remove`),
            ben.page.send(`/settings/members/${ana.id}/remove`),
          ])
        : Promise.all([setRole(ana.page, ben.id, 'viewer'), setRole(ben.page, ana.id, 'viewer')]));
      const left = await stack.product.db.selectFrom('members').select('id').where('role', '=', 'admin').execute();
      expect(left).toHaveLength(1);
      await stack.product.db.deleteFrom('members').execute();
      // oxlint-enable no-await-in-loop
    }
  });

  test('An admin who is demoted meanwhile changes nothing more', async () => {
    const [ana, ben] = [await joined('ana', 'admin'), await joined('ben', 'admin')];
    const csrf = await csrfOf(ben.browser);
    await stack.product.db.updateTable('members').set({ role: 'viewer' }).where('id', '=', ben.id).execute();
    const answer = await ben.browser.post(`/settings/members/${ana.id}/remove`, { _csrf: csrf });
    expect(answer.statusCode).toBe(403);
    expect(await rolesOf()).toEqual(['ana admin', 'ben viewer']);
  });
});

describe('Keys of members', () => {
  test('A demoted member keeps keys with the scopes of the new role, at any depth, and sessions with it', async () => {
    const [ana, ben] = [await joined('ana', 'admin'), await joined('ben', 'admin')];
    const own = await ben.page.makeKey('own');
    const child = (await stack.call('POST', '/api/v1/keys', { name: 'child' }, own.key)).json<{ key: string }>().key;
    const anonymous = new SettingsPage(stack, await stack.signIn(child));
    const grandchild = await anonymous.makeKey('grandchild');
    const adminOnly = (
      await stack.call('POST', '/api/v1/keys', { name: 'admin only', scopes: ['admin'] }, own.key)
    ).json<{ key: string }>().key;
    const other = await ana.page.makeKey('other');
    const link = secretOf((await ben.page.send('/settings/admin-links')).body).replace(PUBLIC_URL, '');
    const keyLink = secretOf((await anonymous.send('/settings/admin-links')).body).replace(PUBLIC_URL, '');

    await setRole(ana.page, ben.id, 'operator');
    expect(textOf(await ana.browser.open(PEOPLE))).toMatch(
      'ben@northwind.example has the role Operator now. These API keys of theirs may do less now: own, child, and grandchild. These API keys are revoked: admin only.',
    );
    for (const key of [own.key, child, grandchild.key]) expect(await scopesOf(key)).toEqual(['read', 'meetings:write']);
    expect(await scopesOf(adminOnly)).toBe(401);
    expect(await scopesOf(other.key)).toEqual([...SCOPES]);
    expect((await stack.call('GET', '/api/v1/keys', undefined, grandchild.key)).statusCode).toBe(403);
    expect((await anonymous.browser.get(KEYS)).statusCode).toBe(403);
    expect((await ben.browser.get(KEYS)).statusCode).toBe(403);
    for (const each of [link, keyLink]) expect((await new Browser(stack.app).get(each)).statusCode).toBe(410);

    // A promotion gives no scopes back to keys that were created before.
    await setRole(ana.page, ben.id, 'admin');
    expect(await scopesOf(own.key)).toEqual(['read', 'meetings:write']);
    expect((await ben.browser.get(KEYS)).statusCode).toBe(200);
  });

  test('The page that removes a member lists the keys they created, and can revoke them', async () => {
    const [ana, ben] = [await joined('ana', 'admin'), await joined('ben', 'admin')];
    const own = await ben.page.makeKey('own');
    const child = (await stack.call('POST', '/api/v1/keys', { name: 'child' }, own.key)).json<{ key: string }>().key;
    const asked = textOf(await ana.browser.open(`/settings/members/${ben.id}/remove`));
    expect(asked).toMatch('API keys that they created go on working unless you revoke them here.');
    expect(asked).toMatch('Also revoke the API keys that they created: own and child');
    await ana.page.send(`/settings/members/${ben.id}/remove`, { withKeys: 'true' });
    for (const key of [own.key, child]) expect(await scopesOf(key)).toBe(401);
    const again = await joined('ben', 'admin');
    const kept = await again.page.makeKey('kept');
    await ana.page.send(`/settings/members/${again.id}/remove`);
    expect(await scopesOf(kept.key)).toEqual([...SCOPES]);
  });
});

test('An API key cannot sign in as a member who has signed in before, by any page', async () => {
  const ana = await joined('ana', 'admin');
  const page = await settings.browser.open(PEOPLE);
  expect(page).not.toMatch(`/settings/members/${ana.id}/link`);
  expect((await settings.send(`/settings/members/${ana.id}/link`)).statusCode).toBe(403);
  expect((await settings.send('/settings/members', { email: 'ana@northwind.example' })).statusCode).toBe(403);
  expect((await ana.page.send(`/settings/members/${ana.id}/link`)).statusCode).toBe(200);
});

test('The link of an API key signs in its maker, who can then make none for other members', async () => {
  const [ana, vera] = [await joined('ana', 'admin'), await joined('vera', 'admin')];
  const { key } = await ana.page.makeKey('own');
  const made = await stack.call('POST', '/api/v1/sessions', { email: 'ana@northwind.example' }, key);
  const browser = new Browser(stack.app);
  await browser.press(made.json<{ url: string }>().url.replace(PUBLIC_URL, ''), '/sign-in');
  const byKey = new SettingsPage(stack, browser);
  expect(await browser.open(PEOPLE)).not.toMatch(`/settings/members/${vera.id}/link`);
  expect((await byKey.send(`/settings/members/${vera.id}/link`)).statusCode).toBe(403);
});

test.each(['removed', 'demoted'])('The sign-in links of an admin who is %s end', async (how) => {
  const [ana, ben] = [await joined('ana', 'admin'), await joined('ben', 'admin')];
  const invited = await ben.page.send('/settings/members', { email: 'carla@northwind.example', role: 'admin' });
  const link = secretOf(invited.body).replace(PUBLIC_URL, '');
  expect((await new Browser(stack.app).get(link)).statusCode).toBe(200);
  if (how === 'removed') await ana.page.send(`/settings/members/${ben.id}/remove`);
  else await setRole(ana.page, ben.id, 'viewer');
  expect((await new Browser(stack.app).get(link)).statusCode).toBe(401);
});

test('A person without the role Admin sees and ends their own sessions only', async () => {
  const [ana, vera] = [await joined('ana', 'admin'), await joined('vera', 'viewer')];
  const page = await vera.browser.open(DEVICES);
  expect(textOf(page)).not.toMatch('ana@northwind.example');
  expect(page).not.toMatch('end-all');
  const sessions = await stack.product.db.selectFrom('sessions').select(['id', 'member_id']).execute();
  const csrf = await csrfOf(vera.browser);
  const end = async (memberId: string | null) => {
    const id = sessions.find((session) => session.member_id === memberId)?.id;
    return (await vera.browser.post(`/settings/sessions/${id}/end`, { _csrf: csrf })).statusCode;
  };
  expect([await end(ana.id), await end(null), await end(vera.id)]).toEqual([404, 404, 303]);
  expect((await vera.browser.get('/overview')).statusCode).toBe(401);
});

/** Every link and form of the pages leads to something that the person may do. */
test.each(['viewer', 'operator'] as const)('The pages show nothing that they refuse: %s', async (role) => {
  await joined('ana', 'admin');
  const { browser } = await joined('someone', role);
  const seen = new Set<string>();
  const todo = ['/overview', '/meetings', '/reviews', '/analytics', '/search', DEVICES, '/records/contacts/1'];
  await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'm-1' }));
  for (const path of todo) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const { body, statusCode } = await browser.get(path);
    expect([path, statusCode]).toEqual([path, 200]);
    for (const { groups } of body.matchAll(/<form[^>]*method="post"[^>]*action="(?<action>\/[^"]*)"/g)) {
      const action = groups?.['action'] ?? '';
      if (seen.has(action)) continue;
      seen.add(action);
      // Without its token, a form that they may send has expired.
      // oxlint-disable-next-line no-await-in-loop -- one form after the other
      expect([action, textOf((await browser.post(action, {})).body)]).toEqual([
        action,
        expect.stringMatching('This form can no longer be sent'),
      ]);
    }
    for (const { groups } of body.matchAll(/ (?:href|hx-get)="(?<href>\/[^"#]*)"/g)) {
      const href = (groups?.['href'] ?? '').replaceAll('&amp;', '&').replaceAll('&#39;', "'");
      if (seen.has(href) || href.startsWith('/assets/') || href.startsWith('/api/') || seen.size > 400) continue;
      seen.add(href);
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      expect([path, href, (await browser.get(href)).statusCode]).not.toEqual([path, href, 403]);
    }
  }
  expect(seen.size).toBeGreaterThan(20);
  expect([...seen].some((path) => path.endsWith('/resync'))).toBe(role === 'operator');
});

async function csrfOf(browser: Browser): Promise<string> {
  return /name="_csrf" value="(?<token>[^"]+)"/.exec(await browser.open('/meetings'))?.groups?.['token'] ?? '';
}
