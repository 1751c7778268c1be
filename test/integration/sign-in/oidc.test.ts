import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { AccessEndedError } from '../../../src/store/access/creator';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { deleteProvider, saveProvider, type OidcProvider } from '../../../src/store/sign-in/providers';
import { adminOf } from '../../support/actors';
import { startProvider, type TestProvider } from '../../support/oidc-provider';
import { Browser, startHttpStack, textOf, type HttpStack } from '../http/support';
import { addMember } from './members';

const PUBLIC_URL = 'http://localhost:3000';
const ANA = { email: 'ana@northwind.example', email_verified: true, name: 'Ana Ruiz' };

let stack: HttpStack;
let provider: TestProvider;
let other: TestProvider;
beforeAll(async () => {
  const redirects = Array.from({ length: 40 }, (_, index) => `${PUBLIC_URL}/sign-in/oidc/team-${index + 1}/callback`);
  [stack, provider, other] = await Promise.all([startHttpStack(), startProvider(redirects), startProvider(redirects)]);
});
afterAll(async () => {
  await Promise.all([stack.close(), provider.close(), other.close()]);
});

let teams = 0;
let team: string;
let domain: string;
beforeEach(async () => {
  teams += 1;
  ({ workspaceId: team } = await createWorkspace(stack.product.db, `Team ${teams}`));
  domain = `team-${teams}.example`;
  await provider.set({ deny: false });
});

async function setProvider(values: Partial<OidcProvider> = {}, workspaceId = team): Promise<void> {
  const { db } = stack.product;
  await saveProvider(db, await adminOf(db, workspaceId), {
    issuer: provider.issuer,
    clientId: 'meeting-sync',
    sealedSecret: stack.product.secrets.seal('client-secret', `oidc:${workspaceId}`),
    groupsClaim: 'groups',
    groupRoles: {},
    defaultRole: null,
    domains: [domain],
    ...values,
  });
}

/** An account at the provider, which signs in next. */
async function account(values: object = {}, id = `ana-${team}`, at = provider): Promise<void> {
  await at.set({ accounts: { [id]: { ...ANA, email: `ana@${domain}`, ...values } }, account: id });
}

async function invite(email = `ana@${domain}`): Promise<void> {
  await addMember(stack.product.db, team, email);
}

/** The address of the button on the page that names the workspace. */
async function continuing(browser: Browser, workspaceId: string): Promise<string> {
  const href = /href="(?<href>[^"]+\/go\?[^"]+)"/.exec((await browser.get(`/sign-in/oidc/${workspaceId}`)).body);
  return href?.groups?.['href'] ?? '';
}

const pathOf = (url: string) => url.replace(PUBLIC_URL, '');

/** The address of the provider's page. */
async function toProvider(browser: Browser, path?: string): Promise<string> {
  const answer = await browser.get(path ?? (await continuing(browser, team)));
  expect(answer.statusCode).toBe(303);
  return String(answer.headers['location']);
}

async function signIn(browser: Browser, path?: string) {
  return await browser.get(pathOf(await provider.follow(await toProvider(browser, path))));
}

async function members() {
  return await stack.product.db
    .selectFrom('members')
    .selectAll()
    .where('workspace_id', '=', team)
    .orderBy('email')
    .execute();
}

test('An invited member signs in at the address of the workspace, with code, PKCE and nonce', async () => {
  await setProvider();
  await account();
  await invite();
  const browser = new Browser(stack.app);
  const url = new URL(await toProvider(browser));
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
  });
  const answer = await browser.get(pathOf(await provider.follow(url.href)));
  expect(answer.headers['location']).toBe('/overview');
  expect(textOf(await browser.open('/settings/sessions'))).toMatch('Single sign-on, from 127.0.0.1');
});

test('The page for signing in finds the provider by the e-mail domain', async () => {
  await setProvider();
  await account();
  await invite();
  const browser = new Browser(stack.app);
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await browser.open('/sign-in'))?.[1] ?? '';
  const page = await browser.post('/sign-in/email', { _csrf: csrf, email: ` ANA@${domain} ` });
  expect(textOf(page.body)).toMatch(`The workspace Team ${teams} signs its people in at localhost`);
  const url = String(page.headers['refresh']).replace('0; url=', '');
  expect(new URL(url).searchParams.get('login_hint')).toBe(`ana@${domain}`);
  expect((await browser.get(pathOf(await provider.follow(url)))).headers['location']).toBe('/overview');
});

test.each(['nowhere@nowhere.example', 'no address', ''])(
  'The page for signing in says why “%s” leads nowhere',
  async (email) => {
    const browser = new Browser(stack.app);
    const csrf = /name="_csrf" value="([^"]+)"/.exec(await browser.open('/sign-in'))?.[1] ?? '';
    const page = await browser.post('/sign-in/email', { _csrf: csrf, email });
    expect(page.statusCode).toBe(400);
    expect(textOf(page.body)).toMatch(
      /No workspace here uses single sign-on for nowhere\.example|It must be an e-mail address/,
    );
  },
);

describe('Members and roles', () => {
  test('Without an invitation and a rule, no one joins', async () => {
    await setProvider();
    await account();
    const answer = await signIn(new Browser(stack.app));
    expect([answer.statusCode, await members()]).toEqual([401, []]);
    expect(textOf(answer.body)).toMatch('You are not a member of this workspace.');
  });

  test('A group gives a role, which follows the groups at each sign-in, and the last admin stays one', async () => {
    await setProvider({ groupRoles: { admins: 'admin', sales: 'operator' }, defaultRole: 'viewer' });
    const roleWith = async (groups: readonly string[]) => {
      await account({ groups });
      expect((await signIn(new Browser(stack.app))).statusCode).toBe(303);
      return (await members()).map(({ email, name, role }) => [email, name, role]);
    };
    expect(await roleWith(['sales'])).toEqual([[`ana@${domain}`, 'Ana Ruiz', 'operator']]);
    expect(await roleWith(['admins'])).toEqual([[`ana@${domain}`, 'Ana Ruiz', 'admin']]);
    expect(await roleWith(['sales'])).toEqual([[`ana@${domain}`, 'Ana Ruiz', 'admin']]);
    await invite(`leo@${domain}`);
    await stack.product.db.updateTable('members').set({ role: 'admin' }).where('email', '=', `leo@${domain}`).execute();
    expect((await roleWith([]))[0]).toEqual([`ana@${domain}`, 'Ana Ruiz', 'viewer']);
  });

  test('A person is known by the id of the provider: another address is the same, another id is not', async () => {
    await setProvider();
    await account();
    await invite();
    expect((await signIn(new Browser(stack.app))).statusCode).toBe(303);
    await account({ email: `ana.ruiz@${domain}` });
    expect((await signIn(new Browser(stack.app))).statusCode).toBe(303);
    expect(await members()).toHaveLength(1);
    await account({}, `someone-else-${team}`);
    const answer = await signIn(new Browser(stack.app));
    expect(answer.statusCode).toBe(401);
    expect(textOf(answer.body)).toMatch('signs in with another account of your provider');
  });
});

describe('Refused', () => {
  beforeEach(async () => {
    await setProvider();
    await account();
    await invite();
  });

  async function expectRefused(answer: Awaited<ReturnType<Browser['get']>>, sentence: string, browser: Browser) {
    expect(textOf(answer.body)).toMatch(sentence);
    expect([answer.statusCode, browser.cookies.has('hms_session_3000')]).toEqual([401, false]);
  }

  test.each([
    ['an unverified address', { email_verified: false }, 'Your provider has not verified your e-mail address.'],
    [
      'an address of another domain',
      { email: 'ana@contoso.example' },
      'Your e-mail address is not one of the domains of this workspace.',
    ],
    ['no address', { email: undefined }, 'Your provider did not name your e-mail address.'],
  ])('%s', async (_case, values, sentence) => {
    await account(values);
    const browser = new Browser(stack.app);
    await expectRefused(await signIn(browser), sentence, browser);
  });

  test('an answer to another nonce', async () => {
    const browser = new Browser(stack.app);
    const url = new URL(await toProvider(browser));
    url.searchParams.set('nonce', 'of-another-sign-in');
    await expectRefused(
      await browser.get(pathOf(await provider.follow(url.href))),
      'The answer of your provider does not fit this sign-in.',
      browser,
    );
  });

  test('an answer that another browser obtained', async () => {
    const back = pathOf(await provider.follow(await toProvider(new Browser(stack.app))));
    const victim = new Browser(stack.app);
    await expectRefused(await victim.get(back), 'This sign-in was started in another browser.', victim);
    const withOwnFlow = new Browser(stack.app);
    await toProvider(withOwnFlow);
    await expectRefused(
      await withOwnFlow.get(back),
      'This sign-in was already used, or was not started here.',
      withOwnFlow,
    );
  });

  test('a code that was used before, with the same or with another state', async () => {
    const browser = new Browser(stack.app);
    const back = pathOf(await provider.follow(await toProvider(browser)));
    expect((await browser.get(back)).statusCode).toBe(303);
    const again = new Browser(stack.app);
    await expectRefused(await again.get(back), 'This sign-in was already used, or was not started here.', again);
    const own = new URL(await toProvider(again));
    const replayed = new URL(back, PUBLIC_URL);
    replayed.searchParams.set('state', own.searchParams.get('state') ?? '');
    await expectRefused(
      await again.get(pathOf(replayed.href)),
      'Your provider refused the request of this workspace.',
      again,
    );
  });

  test('an answer of another issuer, and one of another workspace', async () => {
    const mixedUp = new Browser(stack.app);
    const back = new URL(await provider.follow(await toProvider(mixedUp)));
    expect(back.searchParams.get('iss')).toBe(provider.issuer);
    back.searchParams.set('iss', other.issuer);
    await expectRefused(
      await mixedUp.get(pathOf(back.href)),
      'The answer of your provider does not fit this sign-in.',
      mixedUp,
    );

    const browser = new Browser(stack.app);
    const foreign = pathOf(await provider.follow(await toProvider(browser))).replace(team, 'team-1');
    await expectRefused(await browser.get(foreign), 'This answer belongs to another sign-in.', browser);
  });

  test('a provider that denies, refuses the client, or does not answer, each with a sentence', async () => {
    const browser = new Browser(stack.app);
    await provider.set({ deny: true });
    await expectRefused(
      await signIn(browser),
      'Your provider did not let you sign in. Its message: “access_denied: The account is locked”.',
      browser,
    );
    await provider.set({ deny: false });
    await setProvider({ sealedSecret: stack.product.secrets.seal('wrong', `oidc:${team}`) });
    await expectRefused(await signIn(browser), 'Your provider refused the request of this workspace.', browser);
    await setProvider({ issuer: 'http://localhost:9' });
    const answer = await browser.get(await continuing(browser, team));
    await expectRefused(answer, 'Your provider does not answer.', browser);
  });
});

test('A link alone signs no browser in to another workspace', async () => {
  await setProvider();
  const browser = new Browser(stack.app);
  const page = await browser.get(`/sign-in/oidc/${team}`);
  expect([page.statusCode, page.headers['location'], page.headers['refresh']]).toEqual([200, undefined, undefined]);
  expect(textOf(page.body)).toMatch(`The workspace Team ${teams} signs its people in at`);
  for (const query of ['', '?_csrf=x', (await continuing(new Browser(stack.app), team)).replace(/^[^?]+/, '')])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect((await browser.get(`/sign-in/oidc/${team}/go${query}`)).statusCode).toBe(403);
});

test('An admin who was removed meanwhile stores no provider', async () => {
  const admin = await adminOf(stack.product.db, team);
  await stack.product.db
    .updateTable('api_keys')
    .set({ revoked_at: new Date() })
    .where('workspace_id', '=', team)
    .execute();
  await expect(deleteProvider(stack.product.db, admin)).rejects.toThrow(AccessEndedError);
});

test('A new signing key of the provider is used at once', async () => {
  await setProvider();
  await account();
  await invite();
  expect((await signIn(new Browser(stack.app))).statusCode).toBe(303);
  await provider.set({ rotateKeys: true });
  expect((await signIn(new Browser(stack.app))).statusCode).toBe(303);
});

test('A session is confirmed only by entering the credentials again', async () => {
  await setProvider();
  await account();
  await invite();
  const browser = new Browser(stack.app);
  const atProvider = new Map<string, string>();
  await browser.get(pathOf(await provider.follow(await toProvider(browser), atProvider)));
  await sql`update sessions set authenticated_at = now() - interval '1 hour' where workspace_id = ${team}`.execute(
    stack.product.db,
  );
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await browser.open('/settings/members'))?.[1] ?? '';
  const asked = await browser.post('/settings/members', { _csrf: csrf, email: `leo@${domain}`, name: '' });
  expect(asked.body).toMatch(`href="/sign-in/oidc/${team}?confirm=1"`);

  const url = new URL(await toProvider(browser, `/sign-in/oidc/${team}?confirm=1`));
  expect([url.searchParams.get('prompt'), url.searchParams.get('max_age')]).toEqual(['login', '0']);
  // Someone who leaves the request for credentials out gets the provider's session of before, with its time.
  await sql`update sign_in_flows set created_at = now() + interval '10 minutes'`.execute(stack.product.db);
  const old = new URL(url);
  old.searchParams.delete('prompt');
  old.searchParams.delete('max_age');
  const refused = await browser.get(pathOf(await provider.follow(old.href, atProvider)));
  expect(textOf(refused.body)).toMatch('Your provider did not confirm that you signed in just now.');

  const confirmed = await toProvider(browser, `/sign-in/oidc/${team}?confirm=1`);
  const answer = await browser.get(pathOf(await provider.follow(confirmed, atProvider)));
  expect(answer.headers['location']).toBe('/sign-in/continue');
  expect(textOf((await browser.press('/sign-in/continue', '/settings/members')).body)).toMatch(
    `Sign-in link for leo@${domain}`,
  );
});

test('A domain belongs to one workspace', async () => {
  await setProvider();
  const second = await createWorkspace(stack.product.db, `Second of ${team}`);
  expect(
    await saveProvider(stack.product.db, await adminOf(stack.product.db, second.workspaceId), {
      issuer: provider.issuer,
      clientId: 'x',
      sealedSecret: 'x',
      groupsClaim: 'groups',
      groupRoles: {},
      defaultRole: null,
      domains: ['free.example', domain],
    }),
  ).toEqual({ takenDomain: domain });
});

test('A workspace without single sign-on says so', async () => {
  const answer = await new Browser(stack.app).get('/sign-in/oidc/no-such-workspace');
  expect(answer.statusCode).toBe(404);
  expect(textOf(answer.body)).toMatch('This workspace has no single sign-on.');
});
