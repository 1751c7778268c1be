import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { insertApiKey } from '../../../src/store/access/api-keys';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { CHANGES, DEVICES, KEYS, PEOPLE, PUBLIC_URL, secretOf, SETTINGS, SettingsPage } from './settings-page';
import { Browser, startHttpStack, textOf, type HttpStack } from './support';

const NASTY = '<img src=x onerror=alert(1)>"&';

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

test('Nothing of another workspace can be seen, ended or opened', async () => {
  const { id: memberId } = await settings.joined('ana@northwind.example', 'Ana Ruiz');
  await settings.send('/settings/admin-links');
  await settings.send('/settings/meetings', { minimumMinutes: '5' });
  const { id: keyId } = await settings.makeKey('our-pipeline');
  const { db } = stack.product;
  const { id: linkId } = await db.selectFrom('admin_links').select('id').executeTakeFirstOrThrow();
  const sessions = await db.selectFrom('sessions').select('id').execute();
  const { browser: other, apiKey } = await stranger();

  const everything = async (who: Browser) =>
    (await Promise.all([SETTINGS, KEYS, PEOPLE, DEVICES, CHANGES].map((path) => who.open(path)))).map(textOf).join(' ');
  const page = await everything(other);
  for (const word of ['Ana Ruiz', 'ana@', 'our-pipeline', 'Northwind', 'Active']) expect(page).not.toMatch(word);
  for (const path of [`/settings/keys/${keyId}/revoke`, `/settings/members/${memberId}/remove`]) {
    expect((await other.get(path)).statusCode).toBe(404);
    expect((await settings.send(path, {}, other)).statusCode).toBe(404);
  }
  for (const path of [
    `/settings/members/${memberId}/link`,
    `/settings/admin-links/${linkId}/revoke`,
    ...sessions.map(({ id }) => `/settings/sessions/${id}/end`),
  ])
    expect((await settings.send(path, {}, other)).statusCode).toBe(404);
  for (const path of ['/settings/keys/x/revoke', '/settings/members/%27/remove', '/settings/sessions/1/end'])
    expect((await settings.send(path, {}, other)).statusCode).toBe(404);
  expect((await stack.call('DELETE', `/api/v1/keys/${keyId}`, undefined, apiKey)).statusCode).toBe(404);
  expect((await stack.call('GET', '/api/v1/keys', undefined, apiKey)).json()).toMatchObject({
    keys: [{ name: 'first key' }],
  });

  // The same address in two workspaces belongs to two members.
  await settings.send('/settings/members', { email: 'ana@northwind.example', name: 'Impostor' }, other);
  expect(await db.selectFrom('members').select('name').orderBy('invited_at').execute()).toEqual([
    { name: 'Ana Ruiz' },
    { name: 'Impostor' },
  ]);
  const ours = await everything(browser);
  expect(ours).toMatch('our-pipeline');
  expect(ours).toMatch('Ana Ruiz (ana@northwind.example)');
  expect(ours).toMatch('Active');
});

test('Text that people write is shown as text', async () => {
  const { workspaceId, apiKey } = await createWorkspace(stack.product.db, `Evil ${NASTY}`);
  await insertApiKey(stack.product.db, { workspaceId, name: NASTY, madeBy: NASTY });
  const owner = await stack.signIn(apiKey);
  const invitation = await settings.send('/settings/members', { email: 'eve@evil.example', name: NASTY }, owner);
  const eve = new Browser(stack.app);
  const link = secretOf(invitation.body).replace(PUBLIC_URL, '');
  const asked = await eve.get(link);
  await eve.press(link, '/sign-in');
  const admin = await settings.send('/settings/admin-links', {}, eve);
  const adminPage = await new Browser(stack.app).get(secretOf(admin.body).replace(PUBLIC_URL, ''));
  const faulty = await settings.send(
    '/settings/meetings',
    { ownDomains: NASTY, minimumMinutes: NASTY, excludedTitleWords: NASTY },
    eve,
  );
  const shown = await eve.get(KEYS);
  const people = await eve.get(PEOPLE);
  const devices = await eve.get(DEVICES);
  const log = await eve.get(CHANGES);
  const { id } = await stack.product.db.selectFrom('members').select('id').executeTakeFirstOrThrow();
  const remove = await eve.get(`/settings/members/${id}/remove`);
  for (const { body, headers } of [invitation, asked, admin, adminPage, faulty, shown, people, devices, log, remove]) {
    expect(body).not.toMatch('<img src=x');
    expect(body).toMatch('&lt;img src=x');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch("default-src 'none'");
    expect(policy).toMatch("script-src 'self'");
    expect(policy).not.toMatch('unsafe');
  }
});
