import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { LightMyRequestResponse } from 'fastify';
import { sql } from 'kysely';
import { claimAdminLink, releaseAdminLink } from '../../../src/store/access/admin-links';
import { lockAccess } from '../../../src/store/access/creator';
import { derivesFrom, originsOf } from '../../../src/store/access/origins';
import { withDescendants } from '../../../src/store/access/key-descendants';
import { PUBLIC_URL, secretOf, SETTINGS } from './settings-page';
import { Browser, startHttpStack, textOf, type HttpStack } from './support';

const ROUNDS = 12;

let stack: HttpStack;
beforeEach(async () => {
  stack = await startHttpStack();
});
afterEach(async () => {
  await stack.close();
});

interface Thief {
  readonly id: string;
  readonly key: string;
  readonly child: string;
  /** A browser that a link of the child key signed in, and the fields of its forms. */
  readonly browser: Browser;
  readonly csrf: string;
  /** Another browser, which shows the button of a link of the stolen key, and the fields of its form. */
  readonly visitor: Browser;
  readonly visitorForm: Record<string, string>;
}

async function makeKey(name: string, by?: string): Promise<{ id: string; key: string }> {
  return (await stack.call('POST', '/api/v1/keys', { name }, by)).json<{ id: string; key: string }>();
}

async function csrfOf(browser: Browser, page: string): Promise<string> {
  return /name="_csrf" value="(?<token>[^"]+)"/.exec(await browser.open(page))?.groups?.['token'] ?? '';
}

async function stealKey(round: number): Promise<Thief> {
  const { id, key } = await makeKey(`stolen ${round}`);
  const child = await makeKey(`child ${round}`, key);
  const browser = await stack.signIn(child.key);
  const csrf = await csrfOf(browser, SETTINGS);
  const { url } = (await stack.call('POST', '/api/v1/sessions', undefined, key)).json<{ url: string }>();
  const link = url.replace(PUBLIC_URL, '');
  const visitor = new Browser(stack.app);
  const visitorForm = { _csrf: await csrfOf(visitor, link), token: link.split('token=')[1] ?? '' };
  return { id, key, child: child.key, browser, csrf, visitor, visitorForm };
}

/** What a thief creates by every door, all at once. */
function plunder(
  { key, child, browser, csrf, visitor, visitorForm }: Thief,
  round: number,
): Promise<LightMyRequestResponse>[] {
  const form = (path: string, fields: Record<string, string> = {}) => browser.post(path, { _csrf: csrf, ...fields });
  const email = (who: string) => `${who}-${round}@elsewhere.example`;
  return [
    stack.call('POST', '/api/v1/keys', { name: 'by the key' }, key),
    stack.call('POST', '/api/v1/keys', { name: 'by its child' }, child),
    stack.call('POST', '/api/v1/sessions', undefined, key),
    stack.call('POST', '/api/v1/sessions', undefined, child),
    visitor.post('/sign-in', visitorForm),
    form('/settings/keys', { name: 'on a page', id: crypto.randomUUID() }),
    form('/settings/members', { email: email('mallory') }),
    form('/settings/admin-links'),
  ];
}

/** Everything that still works and derives from the key. */
async function aliveOf(id: string): Promise<string[]> {
  const { db } = stack.product;
  const keys = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'revoked_at', originsOf('api_keys').as('origins')])
    .execute();
  const ids = withDescendants(id, keys);
  const found = keys.filter((key) => ids.includes(key.id) && key.revoked_at === null).map(({ name }) => `key ${name}`);
  for (const table of ['members', 'sessions', 'sign_in_links'] as const) {
    const rows = await db.selectFrom(table).select('workspace_id').where(derivesFrom(ids)).execute();
    found.push(...rows.map(() => table));
  }
  for (const table of ['sessions', 'sign_in_links'] as const) {
    const rows = await db.selectFrom(table).select('workspace_id').where('api_key_id', 'in', ids).execute();
    found.push(...rows.map(() => `${table} of a key`));
  }
  const links = await db
    .selectFrom('admin_links')
    .select('id')
    .where(derivesFrom(ids))
    .where('revoked_at', 'is', null)
    .execute();
  return [...found, ...links.map(() => 'admin link')];
}

test('Nothing that a stolen key creates while it is revoked with what it made stays valid', async () => {
  const alive: string[] = [];
  const statuses = new Set<number>();
  // oxlint-disable no-await-in-loop -- one round after the other
  for (let round = 0; round < ROUNDS; round += 1) {
    const thief = await stealKey(round);
    const before = plunder(thief, round);
    const revoking = stack.call('DELETE', `/api/v1/keys/${thief.id}?withWhatItMade=true`);
    const after = plunder(thief, round);
    expect((await revoking).statusCode).toBe(200);
    for (const { statusCode } of await Promise.all([...before, ...after])) statuses.add(statusCode);
    alive.push(...(await aliveOf(thief.id)));
  }
  expect(alive).toEqual([]);
  expect([...statuses].filter((status) => ![200, 201, 303, 401, 403].includes(status))).toEqual([]);
});

test('Signing every browser out leaves no session and no link that was created or used at that moment', async () => {
  const owner = await stack.signIn();
  const csrf = await csrfOf(owner, SETTINGS);
  await owner.post('/settings/members', { _csrf: csrf, email: 'ana@northwind.example' });
  const { id } = await stack.product.db.selectFrom('members').select('id').executeTakeFirstOrThrow();
  // oxlint-disable no-await-in-loop -- one round after the other
  for (let round = 0; round < ROUNDS; round += 1) {
    const { browser, csrf: token, visitor, visitorForm } = await stealKey(round);
    const ask = () => browser.post(`/settings/members/${id}/link`, { _csrf: token });
    const making = [ask(), visitor.post('/sign-in', visitorForm), ask()];
    const ending = browser.post('/settings/sessions/end-all', { _csrf: token });
    await Promise.all([...making, ending, ask(), ask()]);
    const { db } = stack.product;
    expect(await db.selectFrom('sessions').selectAll().execute()).toEqual([]);
    expect(await db.selectFrom('sign_in_links').selectAll().where('used_at', 'is', null).execute()).toEqual([]);
  }
});

test('An admin link that is in use when its key is revoked does not open again', async () => {
  const { db } = stack.product;
  const { id, browser, csrf } = await stealKey(0);
  const answer = await browser.post('/settings/admin-links', { _csrf: csrf });
  const link = await db.selectFrom('admin_links').select('id').executeTakeFirstOrThrow();
  expect(await claimAdminLink(db, link.id)).toBe(true);
  await stack.call('DELETE', `/api/v1/keys/${id}?withWhatItMade=true`);
  await releaseAdminLink(db, link.id);
  const opened = await new Browser(stack.app).get(secretOf(answer.body).replace(PUBLIC_URL, ''));
  expect([opened.statusCode, textOf(opened.body)]).toEqual([410, expect.stringMatching('It was revoked')]);
});

/** Returns once another connection to this database waits for a row lock. */
async function anotherWaits(): Promise<void> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asked until it is so
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    `.execute(stack.product.db);
    if (rows.length > 0) return;
  }
}

test('A page says that the session ended while its form was on the way', async () => {
  const browser = await stack.signIn();
  const csrf = await csrfOf(browser, SETTINGS);
  // Holds back the creation until the session has ended.
  const { db } = stack.product;
  const lock = await db.startTransaction().execute();
  await lockAccess(lock, stack.workspaceId);
  const answer = browser.post('/settings/keys', { _csrf: csrf, id: crypto.randomUUID(), name: 'late' });
  await anotherWaits();
  await lock.deleteFrom('sessions').execute();
  await lock.commit().execute();
  const { statusCode, body } = await answer;
  expect([statusCode, textOf(body)]).toEqual([401, expect.stringMatching('Please sign in This access was revoked')]);
  expect(await db.selectFrom('api_keys').select('name').execute()).toEqual([{ name: 'first key' }]);
});
