import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { requireAccessRules, type AccessRule } from '../../../src/http/plumbing/access-rules';
import { insertApiKey } from '../../../src/store/access/api-keys';
import { ROLE_SCOPES, ROLES, SCOPES, type Role, type Scope } from '../../../src/store/access/scopes';
import { SettingsPage } from '../http/settings-page';
import { Browser, startHttpStack, type HttpStack } from '../http/support';

const NOT_SIGNED_IN = /Please sign in|This link no longer works/;
const FORBIDDEN = 'You may not do this';
const FORM_EXPIRED = 'This form can no longer be sent';
/** Public, because it also ends the flow of a link for an admin. It refuses the sessions of people who may not connect. */
const CALLBACK = '/oauth/hubspot/callback';

let stack: HttpStack;
let pages: AccessRule[];
let api: AccessRule[];
const browsers = new Map<Role, Browser>();
const keys = new Map<string, string>();

beforeAll(async () => {
  stack = await startHttpStack();
  const { db } = stack.product;
  const inApi = ({ url }: AccessRule) => url.startsWith('/api/v1/') || url === '/mcp';
  api = stack.app.accessRules.filter(inApi);
  pages = stack.app.accessRules.filter((rule) => !inApi(rule));
  const settings = new SettingsPage(stack, await stack.signIn());
  for (const role of ROLES) {
    // oxlint-disable-next-line no-await-in-loop -- one form after the other
    const { id, browser } = await settings.joined(`${role}@northwind.example`);
    // oxlint-disable-next-line no-await-in-loop -- one form after the other
    await db.updateTable('members').set({ role }).where('id', '=', id).execute();
    browsers.set(role, browser);
  }
  const { workspaceId } = stack;
  for (const scopes of [...SCOPES.map((scope) => [scope]), SCOPES]) {
    const name = scopes.join(' ');
    // oxlint-disable-next-line no-await-in-loop -- one key after the other
    keys.set(name, (await insertApiKey(db, { workspaceId, name, scopes }))?.key ?? '');
  }
  const expired = await insertApiKey(db, { workspaceId, name: 'expired', expiresAt: new Date(Date.now() - 60_000) });
  keys.set('expired', expired?.key ?? '');
});
afterAll(() => stack.close());

/** An address of the route, of objects that do not exist. */
function addressOf({ url }: AccessRule): string {
  return url.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000');
}

/** The scopes of which a rule needs one; null when it needs none. */
function scopesOf({ access }: AccessRule): readonly Scope[] | null {
  if (access === 'public' || access === 'hubspot' || access === 'signed-in') return null;
  return typeof access === 'string' ? [access] : access;
}

function allows(rule: AccessRule, scopes: readonly Scope[]): boolean {
  return scopesOf(rule)?.some((scope) => scopes.includes(scope)) ?? true;
}

const nameOf = ({ method, url }: AccessRule) => `${method} ${url}`;

test('There are routes, and each kind of rule is in use', () => {
  expect(pages.length).toBeGreaterThan(70);
  expect(api.length).toBeGreaterThan(40);
  const used = new Set([...pages, ...api].flatMap(({ access }) => access));
  expect([...used].toSorted()).toEqual(['admin', 'hubspot', 'meetings:write', 'public', 'read', 'signed-in']);
});

test.each(ROLES)('A member can open and send exactly what the rules allow: %s', async (role) => {
  const browser = browsers.get(role);
  if (browser === undefined) throw new Error('no browser');
  const wrong: string[] = [];
  for (const rule of pages.filter(({ url, method }) => url !== CALLBACK && method !== 'HEAD')) {
    const address = addressOf(rule);
    // A form without its token is refused after the access rule was satisfied.
    // oxlint-disable-next-line no-await-in-loop -- one browser
    const { body, statusCode } = await (rule.method === 'GET' ? browser.get(address) : browser.post(address, {}));
    const refused = statusCode === 403 && !body.includes(FORM_EXPIRED);
    if (refused !== body.includes(FORBIDDEN)) wrong.push(`${nameOf(rule)}: ${statusCode}`);
    if (refused === allows(rule, ROLE_SCOPES[role])) wrong.push(nameOf(rule));
  }
  expect(wrong).toEqual([]);
});

test('A browser that is not signed in can use the public pages only', async () => {
  const wrong: string[] = [];
  for (const rule of pages.filter(({ access, method }) => access !== 'hubspot' && method !== 'HEAD')) {
    const browser = new Browser(stack.app);
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { body, statusCode } = await (rule.method === 'GET'
      ? browser.get(addressOf(rule))
      : browser.post(addressOf(rule), {}));
    const refused = statusCode === 401 && NOT_SIGNED_IN.test(body);
    if (rule.access !== 'public' && !refused) wrong.push(`${nameOf(rule)}: ${statusCode}`);
    if (body.includes(FORBIDDEN)) wrong.push(nameOf(rule));
  }
  expect(wrong).toEqual([]);
});

test.each([...SCOPES.map((scope) => [scope]), [...SCOPES]])(
  'A key can call exactly what the rules allow: %s %s %s',
  async (...given) => {
    const scopes = given.filter((scope) => scope !== undefined);
    const key = keys.get(scopes.join(' '));
    const wrong: string[] = [];
    for (const rule of api) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await stack.call(methodOf(rule), addressOf(rule), undefined, key);
      const type = String(answer.json<{ type?: string } | null>()?.type);
      if (answer.statusCode === 401) wrong.push(`${nameOf(rule)}: 401`);
      if ((answer.statusCode === 403 && type.endsWith('scope-missing')) === allows(rule, scopes))
        wrong.push(nameOf(rule));
    }
    expect(wrong).toEqual([]);
  },
);

test('An expired key, and one that no workspace has, can call nothing', async () => {
  for (const key of [keys.get('expired'), 'hms_unknown'])
    for (const rule of api) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await stack.call(methodOf(rule), addressOf(rule), undefined, key);
      expect([nameOf(rule), answer.statusCode]).toEqual([nameOf(rule), 401]);
    }
  const { detail } = (await stack.call('GET', '/api/v1/meetings', undefined, keys.get('expired'))).json<{
    detail: string;
  }>();
  expect(detail).toMatch(/^This API key expired at 20/);
});

test('The refusal names the scope that is missing', async () => {
  const answer = await stack.call('PATCH', '/api/v1/settings', {}, keys.get('read'));
  expect([answer.statusCode, answer.json()]).toEqual([
    403,
    expect.objectContaining({ detail: 'This call needs the scope "admin". The API key "read" has "read".' }),
  ]);
});

test('What HubSpot calls needs its signature, with any key', async () => {
  for (const rule of pages.filter(({ access }) => access === 'hubspot')) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const answer = await stack.call(methodOf(rule), addressOf(rule), {});
    expect([nameOf(rule), answer.statusCode]).toEqual([nameOf(rule), 401]);
  }
});

test('A server with a route without a rule does not start', async () => {
  const app = Fastify();
  requireAccessRules(app);
  await app.register((scope, _options, done) => {
    scope.get('/with', { config: { access: 'read' } }, () => '');
    scope.get('/without', () => '');
    done();
  });
  await expect(app.ready()).rejects.toThrow('Routes without an access rule: GET /without');
});

function methodOf({ method }: AccessRule) {
  const found = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).find((each) => each === method);
  if (found === undefined) throw new Error(`unknown method ${method}`);
  return found;
}
