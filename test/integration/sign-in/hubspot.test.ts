import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { adminOf } from '../../support/actors';
import { DEFAULT_POLICY, saveSignInPolicy, type SignInPolicy } from '../../../src/store/sign-in/policy';
import { connectToSandbox } from '../../support/connect';
import { consent } from '../http/consent';
import { PEOPLE, SettingsPage } from '../http/settings-page';
import { Browser, startHttpStack, textOf, type HttpStack } from '../http/support';
import { addMember } from './members';

const PORTAL = 4815162;
const OTHER_PORTAL = 4815199;

let stack: HttpStack;
let admin: string;
beforeEach(async () => {
  stack = await startHttpStack();
  const { product, sandbox, workspaceId } = stack;
  await connectToSandbox(product, sandbox, { workspaceId, portalId: PORTAL });
  admin = sandbox.portals.users(PORTAL).find((user) => user.mayInstall)?.email ?? '';
});
afterEach(async () => {
  await stack.close();
});

async function invite(email: string): Promise<void> {
  await addMember(stack.product.db, stack.workspaceId, email);
}

async function setPolicy(policy: Partial<SignInPolicy>): Promise<void> {
  const { db } = stack.product;
  await saveSignInPolicy(db, await adminOf(db, stack.workspaceId), { ...DEFAULT_POLICY, ...policy });
}

/** The path with which HubSpot sends the browser back. */
async function throughHubSpot(browser: Browser, choice: Parameters<typeof consent>[2] = {}, from = '/sign-in/hubspot') {
  const { headers } = await browser.get(from);
  return await consent(stack.sandbox, String(headers['location']), choice);
}

async function signIn(browser: Browser, choice: Parameters<typeof consent>[2] = {}) {
  return await browser.get(await throughHubSpot(browser, choice));
}

async function connection() {
  const row = await stack.product.db.selectFrom('connections').selectAll().executeTakeFirstOrThrow();
  return { ...row, refreshToken: stack.product.tokens.refreshToken({ ...row, access_token_seconds_left: 0 }) };
}

test('A member signs in with HubSpot, and the page that they wanted opens', async () => {
  await invite(admin);
  const browser = new Browser(stack.app);
  expect((await browser.get('/meetings')).statusCode).toBe(401);
  const answer = await signIn(browser);
  expect(answer.headers['location']).toBe('/meetings');
  expect(textOf(await browser.open('/settings/sessions'))).toMatch('HubSpot, from 127.0.0.1');
  expect(textOf(await browser.open('/meetings'))).toMatch(`Northwind · ${admin}`);
});

describe('The connection', () => {
  test.each(['another', 'same', 'replaces'] as const)(
    'goes on when a further authorisation gives %s refresh token',
    async (furtherGrants) => {
      Object.assign(stack.sandbox.settings, { furtherGrants });
      await invite(admin);
      const before = await connection();
      expect((await signIn(new Browser(stack.app))).statusCode).toBe(303);
      const after = await connection();
      expect(after.state).toBe('connected');
      expect([after.user_email, after.connected_at]).toEqual([before.user_email, before.connected_at]);
      expect(after.refreshToken === before.refreshToken).toBe(furtherGrants !== 'replaces');
      await stack.product.tokens.check(stack.workspaceId);
      expect(stack.sandbox.tokens.installed(PORTAL)).toBe(true);
    },
  );

  test('is not asked for, and the tokens of the sign-in are revoked', async () => {
    await invite(admin);
    const browser = new Browser(stack.app);
    const { headers } = await browser.get('/sign-in/hubspot');
    const asked = new URL(String(headers['location']));
    const connecting = new URL(
      String((await (await stack.signIn()).get('/integrations/hubspot/connect')).headers['location']),
    );
    for (const name of ['scope', 'optional_scope'])
      expect(asked.searchParams.get(name)).toBe(connecting.searchParams.get(name));
    await browser.get(await consent(stack.sandbox, asked.href));
    const revocations = stack.sandbox.requests.list({ path: '/token/revoke' });
    expect(revocations).toHaveLength(1);
  });

  test('is needed: the app is uninstalled again from an account that no workspace is connected to', async () => {
    const answer = await signIn(new Browser(stack.app), { portalId: OTHER_PORTAL });
    expect(answer.statusCode).toBe(401);
    expect(textOf(answer.body)).toMatch(`HubSpot account ${OTHER_PORTAL} is not connected to a workspace here.`);
    expect(stack.sandbox.tokens.installed(OTHER_PORTAL)).toBe(false);
    expect(stack.sandbox.tokens.installed(PORTAL)).toBe(true);
  });
});

describe('Refused', () => {
  test('a person who is no member, and one who was removed', async () => {
    const stranger = await signIn(new Browser(stack.app));
    expect(stranger.statusCode).toBe(401);
    expect(textOf(stranger.body)).toMatch(
      'You are not a member of the workspace that this HubSpot account is connected to.',
    );

    await invite(admin);
    const { db } = stack.product;
    const { id } = await db.selectFrom('members').select('id').executeTakeFirstOrThrow();
    const people = new SettingsPage(stack, await stack.signIn());
    await people.send(`/settings/members/${id}/remove`);
    await setPolicy({ superAdmins: true });
    expect(textOf((await signIn(new Browser(stack.app))).body)).toMatch('You were removed from this workspace.');
    await people.send(PEOPLE, { email: admin, name: '', role: 'admin' });
    expect((await signIn(new Browser(stack.app))).statusCode).toBe(303);
  });

  test('an answer that another browser obtained, one that was used, and one that came too late', async () => {
    await invite(admin);
    const attacker = new Browser(stack.app);
    const victim = new Browser(stack.app);
    const foreign = await victim.get(await throughHubSpot(attacker));
    expect([foreign.statusCode, victim.cookies.has('hms_session_3000')]).toEqual([401, false]);
    expect(textOf(foreign.body)).toMatch('This sign-in was started in another browser.');

    const browser = new Browser(stack.app);
    const back = await throughHubSpot(browser);
    expect((await browser.get(back)).statusCode).toBe(303);
    const replay = new Browser(stack.app);
    for (const [name, value] of browser.cookies) if (name !== 'hms_session_3000') replay.cookies.set(name, value);
    expect((await replay.get(back)).statusCode).toBe(401);

    const late = new Browser(stack.app);
    const lateBack = await throughHubSpot(late);
    await stack.product.db
      .updateTable('sign_in_flows')
      .set({ expires_at: new Date(0) })
      .execute();
    expect(textOf((await late.get(lateBack)).body)).toMatch('Signing in took longer than ten minutes.');
  });

  test('a refused consent, with a sentence', async () => {
    const answer = await signIn(new Browser(stack.app), { decision: 'cancel' });
    expect(answer.statusCode).toBe(401);
    expect(textOf(answer.body)).toMatch('HubSpot did not let you sign in.');
  });

  test('after too many refusals, every further one from that address', async () => {
    const limited = await startHttpStack({ ownLimits: { refusalsPerMinute: 2 } });
    try {
      const codes: number[] = [];
      for (let tries = 0; tries < 4; tries += 1)
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        codes.push((await new Browser(limited.app).get('/sign-in/oidc/northwind/callback?state=x&code=y')).statusCode);
      expect(codes).toEqual([401, 401, 429, 429]);
    } finally {
      await limited.close();
    }
  });
});

describe('Super Admins', () => {
  test('become admins where the workspace allows it: HubSpot is asked once more, with the permission for that', async () => {
    await setPolicy({ superAdmins: true });
    const browser = new Browser(stack.app);
    const second = await signIn(browser);
    expect(second.statusCode).toBe(303);
    const asked = new URL(String(second.headers['location']));
    expect(asked.searchParams.get('optional_scope')).toMatch(/settings\.users\.read$/);
    const answer = await browser.get(await consent(stack.sandbox, asked.href));
    expect(answer.headers['location']).toBe('/overview');
    const member = await stack.product.db.selectFrom('members').selectAll().executeTakeFirstOrThrow();
    expect([member.email, member.role, member.invited_by]).toEqual([admin, 'admin', 'sign-in with HubSpot']);
    expect((await connection()).state).toBe('connected');
    // Now a member, they are not asked again.
    expect((await signIn(new Browser(stack.app))).headers['location']).toBe('/overview');
  });

  test('are refused when HubSpot does not say that they are', async () => {
    await setPolicy({ superAdmins: true });
    const browser = new Browser(stack.app);
    const asked = new URL(String((await signIn(browser)).headers['location']));
    // The app of this installation does not offer the permission, so it is not granted.
    asked.searchParams.set('optional_scope', '');
    const answer = await browser.get(await consent(stack.sandbox, asked.href));
    expect(answer.statusCode).toBe(401);
    expect(textOf(answer.body)).toMatch('HubSpot did not say whether you are a Super Admin.');
  });
});

test('A member confirms a session with HubSpot, and another person does not', async () => {
  await invite(admin);
  const browser = new Browser(stack.app);
  await signIn(browser);
  const { db } = stack.product;
  await db
    .updateTable('sessions')
    .set({ authenticated_at: new Date(Date.now() - 3_600_000) })
    .execute();
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await browser.open('/settings/members'))?.[1] ?? '';
  const asked = await browser.post('/settings/members', { _csrf: csrf, email: 'leo@northwind.example', name: '' });
  expect(textOf(asked.body)).toMatch('Sign in once more');
  expect(asked.body).toMatch('href="/sign-in/hubspot?confirm=1"');

  const { id } = stack.sandbox.portals.addUser(PORTAL, 'mallory@northwind.example', 'Mallory', true);
  expect(id).toBeGreaterThan(0);
  await invite('mallory@northwind.example');
  const other = await browser.get(
    await throughHubSpot(browser, { email: 'mallory@northwind.example' }, '/sign-in/hubspot?confirm=1'),
  );
  expect(textOf(other.body)).toMatch('This HubSpot user is not the person who is signed in here.');

  const answer = await browser.get(await throughHubSpot(browser, { email: admin }, '/sign-in/hubspot?confirm=1'));
  expect(answer.headers['location']).toBe('/sign-in/continue');
  const sent = await browser.press('/sign-in/continue', '/settings/members');
  expect(textOf(sent.body)).toMatch('Sign-in link for leo@northwind.example');
});
