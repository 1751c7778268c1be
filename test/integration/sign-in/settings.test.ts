import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createRescueLink } from '../../../src/store/access/sign-in-links';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { startProvider, type TestProvider } from '../../support/oidc-provider';
import { PEOPLE, secretOf, SettingsPage } from '../http/settings-page';
import { Browser, startHttpStack, textOf, type HttpStack } from '../http/support';

const PAGE = '/settings/sign-in';
const PUBLIC_URL = 'http://localhost:3000';

let stack: HttpStack;
let provider: TestProvider;
beforeAll(async () => {
  const redirects = Array.from({ length: 30 }, (_, index) => `${PUBLIC_URL}/sign-in/oidc/firm-${index + 1}/callback`);
  [stack, provider] = await Promise.all([startHttpStack(), startProvider(redirects)]);
});
afterAll(async () => {
  await Promise.all([stack.close(), provider.close()]);
});

let firms = 0;
let firm: string;
let apiKey: string;
let settings: SettingsPage;
beforeEach(async () => {
  firms += 1;
  ({ workspaceId: firm, apiKey } = await createWorkspace(stack.product.db, `Firm ${firms}`));
  settings = new SettingsPage(stack, await stack.signIn(apiKey));
});

const POLICY = { links: 'on', idleMinutes: '', memberHours: '336', anonymousHours: '12' };

function form(values: Record<string, string> = {}): Record<string, string> {
  return {
    issuer: provider.issuer,
    clientId: 'meeting-sync',
    clientSecret: 'client-secret',
    domains: `firm-${firms}.example`,
    groupsClaim: 'groups',
    groupRoles: 'admins = admin',
    defaultRole: '',
    ...values,
  };
}

/** Signs a new browser in as an admin of the provider. */
async function signInAtProvider(): Promise<Browser> {
  const account = { email: `ana@firm-${firms}.example`, email_verified: true, groups: ['admins'] };
  await provider.set({ accounts: { [firm]: account }, account: firm });
  const browser = new Browser(stack.app);
  const { body } = await browser.get(`/sign-in/oidc/${firm}`);
  const path = /href="(?<path>[^"]+\/go\?[^"]+)"/.exec(body)?.groups?.['path'] ?? '';
  const url = String((await browser.get(path)).headers['location']);
  const answer = await browser.get((await provider.follow(url)).replace(PUBLIC_URL, ''));
  expect(answer.headers['location']).toBe('/overview');
  return browser;
}

test('A provider is stored with its secret sealed, and works', async () => {
  const saved = await settings.send(`${PAGE}/provider`, form());
  expect([saved.statusCode, saved.headers['location']]).toEqual([303, PAGE]);
  const rows = await stack.product.db
    .selectFrom('oidc_providers')
    .selectAll()
    .where('workspace_id', '=', firm)
    .execute();
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toMatch('client-secret"');
  const page = await settings.browser.open(PAGE);
  expect(page).not.toMatch('client-secret');
  expect(page).toMatch(`${PUBLIC_URL}/sign-in/oidc/${firm}/callback`);
  await signInAtProvider();
  // The stored secret stays when none is entered, and never goes to another issuer.
  expect((await settings.send(`${PAGE}/provider`, form({ clientSecret: '' }))).statusCode).toBe(303);
  await signInAtProvider();
  const other = await settings.send(`${PAGE}/provider`, form({ clientSecret: '', issuer: 'https://id.firm.example' }));
  expect(textOf(other.body)).toMatch('It is needed the first time.');
  const audit = await stack.product.db
    .selectFrom('audit_events')
    .selectAll()
    .where('workspace_id', '=', firm)
    .execute();
  expect(JSON.stringify(audit)).not.toMatch('client-secret"');
  expect(audit.map(({ action }) => action)).toEqual(expect.arrayContaining(['settings.change', 'sign_in.success']));
});

test.each([
  ['issuer', 'not an address', 'It must be an https address'],
  ['issuer', 'http://169.254.169.254/latest', 'The provider does not describe itself there'],
  ['issuer', 'http://localhost:9', 'The provider does not describe itself there'],
  ['domains', 'gmail.com', 'Everyone can have an address'],
  ['domains', '', 'It must be 1 to 20 domains'],
  ['groupRoles', 'admins = boss', 'Each line must be a group and a role'],
  ['clientSecret', '', 'It is needed the first time.'],
])('A provider with the %s “%s” is refused, and what was typed stays', async (name, value, sentence) => {
  const answer = await settings.send(`${PAGE}/provider`, form({ [name]: value }));
  expect(answer.statusCode).toBe(400);
  expect(textOf(answer.body)).toMatch(sentence);
  expect(answer.body).toMatch('value="meeting-sync"');
});

test('Links are switched off only after an admin has signed in otherwise, and no one is locked out', async () => {
  const off = { ...POLICY, links: '' };
  const refused = await settings.send(PAGE, off);
  expect(refused.statusCode).toBe(409);
  expect(textOf(refused.body)).toMatch('Links stay on until an admin has signed in');

  await settings.send(`${PAGE}/provider`, form());
  const ana = await signInAtProvider();
  const { url } = (await stack.call('POST', '/api/v1/sessions', undefined, apiKey)).json<{ url: string }>();
  expect((await settings.send(PAGE, off, ana)).statusCode).toBe(303);
  const answer = await stack.call('POST', '/api/v1/sessions', undefined, apiKey);
  expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([
    403,
    'This workspace has switched sign-in links off.',
  ]);
  const open = await new Browser(stack.app).get(url.replace(PUBLIC_URL, ''));
  expect(open.statusCode).toBe(403);
  expect(textOf(open.body)).toMatch(`The workspace Firm ${firms} does not use sign-in links.`);
  const invited = await settings.send(PEOPLE, { email: `leo@firm-${firms}.example`, name: '', role: 'viewer' }, ana);
  expect(secretOf(invited.body)).toBe(`${PUBLIC_URL}/sign-in/oidc/${firm}`);

  const rescue = await createRescueLink(stack.product.db, firm, 'rescue@northwind.example');
  const rescued = new Browser(stack.app);
  expect((await rescued.press(`/sign-in?token=${rescue.token}`, '/sign-in')).statusCode).toBe(303);
  expect(textOf(await rescued.open('/settings/members'))).toMatch('rescue@northwind.example');

  // Without the provider, links work again.
  expect((await settings.send(`${PAGE}/provider/remove`, {}, rescued)).statusCode).toBe(303);
  expect((await stack.call('POST', '/api/v1/sessions', undefined, apiKey)).statusCode).toBe(201);
});

test.each([
  ['memberHours', '0', 'It must be a whole number from 1 to 2,160.'],
  ['anonymousHours', '169', 'It must be a whole number from 1 to 168.'],
  ['idleMinutes', '4', 'It must be a whole number from 5 to 20,160.'],
  ['idleMinutes', 'never', 'It must be a whole number from 5 to 20,160.'],
])('The time-out %s cannot be “%s”', async (name, value, sentence) => {
  const answer = await settings.send(PAGE, { ...POLICY, [name]: value });
  expect(answer.statusCode).toBe(400);
  expect(textOf(answer.body)).toMatch(sentence);
  expect(answer.body).toMatch(`value="${value}"`);
});

test('Time-outs are saved, and the change is in the audit trail', async () => {
  const saved = await settings.send(PAGE, { ...POLICY, idleMinutes: '30', memberHours: '24' });
  expect(saved.statusCode).toBe(303);
  const page = await settings.browser.open(PAGE);
  expect(page).toMatch(
    'name="idleMinutes" class="form-control number" inputmode="numeric" autocomplete="off" value="30"',
  );
  const [event] = await stack.product.db
    .selectFrom('audit_events')
    .selectAll()
    .where('workspace_id', '=', firm)
    .execute();
  expect(event).toMatchObject({ action: 'settings.change', before: { memberHours: 336 }, after: { memberHours: 24 } });
});
