import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { adminOf } from '../../support/actors';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { DEFAULT_POLICY, saveSignInPolicy, type SignInPolicy } from '../../../src/store/sign-in/policy';
import { DEVICES, KEYS, PEOPLE, PUBLIC_URL, secretOf, SETTINGS, SettingsPage } from './settings-page';
import { Browser, startHttpStack, textOf, type HttpStack } from './support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
});
afterAll(async () => {
  await stack.close();
});

/** A workspace of its own with a signed-in browser. */
async function workspace(name: string): Promise<{ workspaceId: string; apiKey: string; browser: Browser }> {
  const made = await createWorkspace(stack.product.db, name);
  return { ...made, browser: await stack.signIn(made.apiKey) };
}

async function setPolicy(workspaceId: string, policy: Partial<SignInPolicy>): Promise<void> {
  const { db } = stack.product;
  await saveSignInPolicy(db, await adminOf(db, workspaceId), { ...DEFAULT_POLICY, ...policy });
}

/** Moves times of the sessions of a workspace into the past. */
async function age(
  workspaceId: string,
  columns: readonly ('created_at' | 'active_at' | 'seen_at' | 'authenticated_at')[],
  minutes: number,
) {
  for (const column of columns)
    // oxlint-disable-next-line no-await-in-loop -- one statement for each column
    await sql`update sessions set ${sql.ref(column)} = now() - make_interval(mins => ${minutes})
      where workspace_id = ${workspaceId}`.execute(stack.product.db);
}

async function link(apiKey: string): Promise<string> {
  const { url } = (await stack.call('POST', '/api/v1/sessions', undefined, apiKey)).json<{ url: string }>();
  return url.replace(PUBLIC_URL, '');
}

/** An invitation of a new member. */
async function invitation(browser: Browser, email: string): Promise<string> {
  const sent = await new SettingsPage(stack, browser).send(PEOPLE, { email, name: '', role: 'admin' });
  return secretOf(sent.body).replace(PUBLIC_URL, '');
}

describe('Time-outs', () => {
  test('A shorter absolute time-out ends existing sessions at once, of anonymous ones and of members each by its own', async () => {
    const { workspaceId, browser } = await workspace('absolute');
    const { browser: ana } = await new SettingsPage(stack, browser).joined('ana@northwind.example');
    await age(workspaceId, ['created_at'], 3 * 60);
    expect([(await browser.get(SETTINGS)).statusCode, (await ana.get(SETTINGS)).statusCode]).toEqual([200, 200]);
    await setPolicy(workspaceId, { anonymousHours: 2 });
    expect([(await browser.get(SETTINGS)).statusCode, (await ana.get(SETTINGS)).statusCode]).toEqual([401, 200]);
    await setPolicy(workspaceId, { memberHours: 2 });
    expect((await ana.get(SETTINGS)).statusCode).toBe(401);
  });

  test('A new session lasts as long as the workspace says', async () => {
    const { workspaceId, apiKey, browser } = await workspace('lasting');
    await setPolicy(workspaceId, { anonymousHours: 5, memberHours: 50 });
    const maxAge = async (url: string) => {
      const answer = await new Browser(stack.app).press(url, '/sign-in');
      return answer.cookies.find(({ name }) => name === 'hms_session_3000')?.maxAge;
    };
    expect(await maxAge(await link(apiKey))).toBe(5 * 3_600);
    expect(await maxAge(await invitation(browser, 'leo@northwind.example'))).toBe(50 * 3_600);
  });

  test('A session ends without use, and an open page that polls is no use', async () => {
    const { workspaceId, browser } = await workspace('idle');
    await setPolicy(workspaceId, { idleMinutes: 30 });
    await age(workspaceId, ['active_at', 'seen_at'], 29);
    expect((await browser.poll('/follow?seen=x&first=')).statusCode).toBe(200);
    await age(workspaceId, ['active_at'], 31);
    expect((await browser.poll('/follow?seen=x&first=')).statusCode).toBe(401);

    const { workspaceId: other, browser: user } = await workspace('used');
    await setPolicy(other, { idleMinutes: 30 });
    await age(other, ['active_at'], 29);
    // A poll has written `seen_at` within the last minute, which must not hide the use.
    expect((await user.get(SETTINGS)).statusCode).toBe(200);
    const { rows } = await sql<{ minutes: number }>`
      select extract(epoch from now() - active_at)::float8 / 60 as minutes from sessions where workspace_id = ${other}
    `.execute(stack.product.db);
    expect(rows[0]?.minutes).toBeLessThan(1);
  });

  test('Without a time-out for idle sessions, one that is not used stays', async () => {
    const { workspaceId, browser } = await workspace('patient');
    await age(workspaceId, ['active_at', 'seen_at'], 11 * 60);
    expect((await browser.get(SETTINGS)).statusCode).toBe(200);
  });
});

describe('The wanted page', () => {
  test('A sign-in leads to the page that was wanted, once', async () => {
    const browser = new Browser(stack.app);
    expect((await browser.get('/meetings?status=synced')).statusCode).toBe(401);
    const answer = await browser.press(await link(stack.apiKey), '/sign-in');
    expect(answer.headers['location']).toBe('/meetings?status=synced');
    expect((await browser.press(await link(stack.apiKey), '/sign-in')).headers['location']).toBe('/overview');
  });

  test('Only our own pages are returned to', async () => {
    for (const path of ['//evil.example/meetings', '/\\evil.example', '/meetings/\\evil']) {
      const browser = new Browser(stack.app);
      // oxlint-disable-next-line no-await-in-loop -- each with a browser of its own
      await browser.get(path);
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect((await browser.press(await link(stack.apiKey), '/sign-in')).headers['location']).toBe('/overview');
    }
    const browser = new Browser(stack.app);
    browser.cookies.set('hms_wanted_3000', Buffer.from('/meetings').toString('base64url'));
    expect((await browser.press(await link(stack.apiKey), '/sign-in')).headers['location']).toBe('/overview');
  });

  test('The page for signing in has an address of its own, and leads signed-in people to the start page', async () => {
    const page = await new Browser(stack.app).get('/sign-in');
    expect(page.statusCode).toBe(200);
    expect(textOf(page.body)).toMatch('For developers');
    expect((await (await stack.signIn()).get('/sign-in')).headers['location']).toBe('/overview');
  });
});

describe('What needs a recent sign-in', () => {
  const UNKNOWN = '00000000-0000-4000-8000-000000000000';
  test.each([
    KEYS,
    `/settings/keys/${UNKNOWN}/revoke`,
    PEOPLE,
    `/settings/members/${UNKNOWN}/link`,
    `/settings/members/${UNKNOWN}/remove`,
    '/integrations/hubspot/disconnect',
  ])('%s asks after 15 minutes', async (action) => {
    const { workspaceId, browser } = await workspace(`recent ${action}`);
    const settings = new SettingsPage(stack, browser);
    await age(workspaceId, ['authenticated_at'], 14);
    expect(textOf((await settings.send(action, { name: 'x' })).body)).not.toMatch('Sign in once more');
    await age(workspaceId, ['authenticated_at'], 16);
    const asked = await settings.send(action, { name: 'x' });
    expect(asked.statusCode).toBe(401);
    expect(textOf(asked.body)).toMatch('Sign in once more');
  });

  test('The form waits for a new link in this browser, and continues with nothing lost', async () => {
    const { workspaceId, apiKey, browser } = await workspace('waiting form');
    const settings = new SettingsPage(stack, browser);
    await age(workspaceId, ['authenticated_at'], 16);
    await settings.send(PEOPLE, { email: 'ana@northwind.example', name: 'Ana Ruiz' });
    const rows = await stack.product.db
      .selectFrom('pending_forms')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/ana@northwind|Ruiz/);

    const answer = await browser.press(await link(apiKey), '/sign-in');
    expect(answer.headers['location']).toBe('/sign-in/continue');
    const sent = await browser.press('/sign-in/continue', PEOPLE);
    expect(secretOf(sent.body)).toMatch(/\/invitation\?token=/);
    expect(textOf(sent.body)).toMatch('Ana Ruiz (ana@northwind.example)');
    expect(
      await stack.product.db.selectFrom('pending_forms').selectAll().where('workspace_id', '=', workspaceId).execute(),
    ).toEqual([]);
    expect((await browser.press(await link(apiKey), '/sign-in')).headers['location']).toBe('/overview');
  });

  test('A form does not wait for another person, another workspace or another browser', async () => {
    const { workspaceId, apiKey, browser } = await workspace('own form');
    const other = await workspace('other form');
    const invited = await invitation(browser, 'ana@northwind.example');
    await age(workspaceId, ['authenticated_at'], 16);
    await new SettingsPage(stack, browser).send(KEYS, { name: 'pipeline' });
    const cookie = browser.cookies.get('hms_pending_form_3000') ?? '';
    for (const url of [await link(other.apiKey), invited]) {
      const stranger = new Browser(stack.app);
      stranger.cookies.set('hms_pending_form_3000', cookie);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await stranger.press(url, '/sign-in');
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect((await stranger.get('/sign-in/continue')).headers['location']).toBe('/overview');
    }
    const elsewhere = new Browser(stack.app);
    await elsewhere.press(await link(apiKey), '/sign-in');
    expect((await elsewhere.get('/sign-in/continue')).statusCode).toBe(303);
  });
});

test('Devices show the way of the sign-in and the network address', async () => {
  const { browser } = await workspace('devices');
  expect(textOf(await browser.open(DEVICES))).toMatch('Sign-in link, from 127.0.0.1');
});
