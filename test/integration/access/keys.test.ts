import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findApiKey } from '../../../src/store/access/api-keys';
import { madeBy } from '../../../src/store/access/member-keys';
import { SCOPES, type Scope } from '../../../src/store/access/scopes';
import { meeting } from '../../support/meetings';
import { KEYS, SettingsPage } from '../http/settings-page';
import { startHttpStack, textOf, type HttpStack } from '../http/support';

let stack: HttpStack;
beforeEach(async () => {
  stack = await startHttpStack();
});
afterEach(async () => {
  await stack.close();
});

const DAY_MS = 24 * 60 * 60 * 1_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

interface Made {
  readonly id: string;
  readonly key: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
}

const ask = async (body: object, by?: string) =>
  await stack.call('POST', '/api/v1/keys', { name: 'made', ...body }, by);
const make = async (body: object, by?: string): Promise<Made> => (await ask(body, by)).json<Made>();

describe('A key', () => {
  test('has the scopes and the expiry that its creator chooses, by default those of the creator', async () => {
    const limited = await make({ scopes: ['admin', 'read'], expiresAt: inDays(30) });
    expect(limited.scopes).toEqual(['read', 'admin']);
    const child = await make({}, limited.key);
    expect([child.scopes, child.expiresAt]).toEqual([limited.scopes, limited.expiresAt]);
    const listed = (await stack.call('GET', '/api/v1/keys')).json<{ keys: Made[] }>().keys;
    expect(listed.map(({ scopes, expiresAt }) => [scopes, expiresAt])).toEqual([
      [[...SCOPES], null],
      [limited.scopes, limited.expiresAt],
      [limited.scopes, limited.expiresAt],
    ]);
  });

  test('never has more than its creator', async () => {
    const limited = await make({ scopes: ['admin', 'read'], expiresAt: inDays(30) });
    for (const [body, path] of [
      [{ scopes: ['meetings:write'] }, 'scopes'],
      [{ scopes: [...SCOPES] }, 'scopes'],
      [{ expiresAt: inDays(31) }, 'expiresAt'],
      [{ expiresAt: null }, 'expiresAt'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      const answer = await ask(body, limited.key);
      expect([answer.statusCode, answer.json()]).toEqual([
        403,
        expect.objectContaining({ errors: [{ path, message: expect.any(String) }] }),
      ]);
    }
    expect((await ask({ scopes: ['read'], expiresAt: inDays(29) }, limited.key)).statusCode).toBe(201);
  });

  test.each([
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['write'] }, 'scopes[0]'],
    [{ scopes: 'read' }, 'scopes'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ expiresAt: '9999-01-01T00:00:00Z' }, 'expiresAt'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
  ])('is refused with invalid input: %j', async (body, path) => {
    const answer = await ask(body);
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      expect.objectContaining({ errors: expect.arrayContaining([expect.objectContaining({ path })]) }),
    ]);
  });

  test('ends with its expiry, and so do its sessions and links', async () => {
    const { key, id } = await make({ expiresAt: inDays(1) });
    const browser = await stack.signIn(key);
    const { url } = (await stack.call('POST', '/api/v1/sessions', undefined, key)).json<{ url: string }>();
    expect((await browser.get(KEYS)).statusCode).toBe(200);
    const past = new Date(Date.now() - 1_000);
    await stack.product.db.updateTable('api_keys').set({ expires_at: past }).where('id', '=', id).execute();
    const answer = await stack.call('GET', '/api/v1/keys', undefined, key);
    expect([answer.statusCode, answer.json()]).toEqual([
      401,
      expect.objectContaining({
        detail: `This API key expired at ${past.toISOString()}. Use another key, or create one.`,
      }),
    ]);
    expect((await browser.get(KEYS)).statusCode).toBe(401);
    expect((await browser.get(url.replace('http://localhost:3000', ''))).statusCode).toBe(401);
  });

  test('signs a browser in with its own scopes, and no more', async () => {
    const { key } = await make({ scopes: ['admin', 'read'] });
    const browser = await stack.signIn(key);
    expect((await browser.get('/meetings')).statusCode).toBe(200);
    expect((await browser.get(KEYS)).statusCode).toBe(200);
    const page = await browser.open('/meetings');
    const csrf = /name="_csrf" value="(?<token>[^"]+)"/.exec(page)?.groups?.['token'] ?? '';
    const refused = await browser.post('/meetings/resync', { _csrf: csrf });
    expect(textOf(refused.body)).toMatch(
      'You may not do this This needs the role Operator. The API key that signed you in may not do this.',
    );
    // It can invite people only with roles whose scopes it has.
    const settings = new SettingsPage(stack, browser);
    for (const [role, status] of [
      ['viewer', 200],
      ['operator', 403],
      ['admin', 403],
    ] as const)
      // oxlint-disable-next-line no-await-in-loop -- one form after the other
      expect((await settings.send('/settings/members', { email: `${role}@x.example`, role })).statusCode).toBe(status);
  });

  test('is created on the page with a choice, and listed with what it may do and a warning before it expires', async () => {
    const settings = new SettingsPage(stack, await stack.signIn());
    await settings.send('/settings/keys', { name: 'pipeline', access: 'pipeline', expires: '30' });
    await make({ name: 'soon', expiresAt: inDays(3) });
    const page = textOf(await settings.browser.open(KEYS));
    expect(page).toMatch(/pipeline Send meetings, and change and follow them/);
    expect(page).toMatch('Expires in 3 days');
    const row = await stack.product.db
      .selectFrom('api_keys')
      .selectAll()
      .where('name', '=', 'pipeline')
      .executeTakeFirstOrThrow();
    expect([row.scopes, Math.round(((row.expires_at?.getTime() ?? 0) - Date.now()) / DAY_MS)]).toEqual([
      ['meetings:write'],
      30,
    ]);
  });
});

test('A key with meetings:write alone can do all that a pipeline does', async () => {
  const { key } = await make({ scopes: ['meetings:write'] });
  const call = async (...[method, path, body]: Parameters<HttpStack['call']>) =>
    (await stack.call(method, path, body, key)).statusCode;
  expect(await call('POST', '/api/v1/meetings', meeting({ meetingId: 'm-1' }))).toBe(202);
  expect(await call('GET', '/api/v1/meetings/m-1')).toBe(200);
  expect(await call('POST', '/api/v1/meetings/m-1/resync')).toBe(202);
  // HubSpot is not connected.
  expect(await call('PUT', '/api/v1/meetings/m-1/links/deals/1')).toBe(409);
  expect(await call('DELETE', '/api/v1/meetings/m-1/links/deals/1')).toBe(409);
  expect(await call('GET', '/api/v1/reviews?status=open')).toBe(200);
  const backfill = await stack.app.inject({
    method: 'POST',
    url: '/api/v1/backfills',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    payload: `${JSON.stringify(meeting({ meetingId: 'm-2' }))}\n`,
  });
  expect(backfill.statusCode).toBe(202);
  const { backfillId } = backfill.json<{ backfillId: string }>();
  expect(await call('GET', `/api/v1/backfills/${backfillId}`)).toBe(200);
  expect(await call('POST', '/api/v1/reconcile')).toBe(409);
  expect(await call('DELETE', '/api/v1/meetings/m-1')).toBe(202);
  for (const path of ['/api/v1/meetings', '/api/v1/settings', '/api/v1/analytics', '/api/v1/meetings/m-1/context'])
    // oxlint-disable-next-line no-await-in-loop -- one request after the other
    expect(await call('GET', path)).toBe(403);
});

test('No chain of creations gives a key more than any key before it', async () => {
  const scopes = fc.option(fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1 }), { nil: undefined });
  const days = fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined });
  const step = fc.record({ scopes, days, by: fc.constantFrom('api', 'page'), parent: fc.nat() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
      const chain: { key: string; scopes: readonly Scope[]; expiresAt: Date | null }[] = [
        { key: stack.apiKey, scopes: SCOPES, expiresAt: null },
      ];
      for (const { by, parent, ...wanted } of steps) {
        const from = chain[parent % chain.length];
        if (from === undefined) throw new Error('no parent');
        const body = {
          ...(wanted.scopes === undefined ? {} : { scopes: wanted.scopes }),
          ...(wanted.days === undefined ? {} : { expiresAt: inDays(wanted.days) }),
        };
        // oxlint-disable-next-line no-await-in-loop -- each step needs the one before
        const key = await (by === 'api' ? createdBy(from.key, body) : createdOnPage(from.key, wanted.days));
        if (key === null) continue;
        // oxlint-disable-next-line no-await-in-loop -- as above
        const found = await findApiKey(stack.product.db, key);
        if (found === null || 'expiredAt' in found) throw new Error('the key does not work');
        expect(found.scopes.filter((scope) => !from.scopes.includes(scope))).toEqual([]);
        // oxlint-disable-next-line no-await-in-loop -- as above
        const { expires_at: expiresAt } = await stack.product.db
          .selectFrom('api_keys')
          .select('expires_at')
          .where('id', '=', found.id)
          .executeTakeFirstOrThrow();
        if (from.expiresAt !== null) expect(expiresAt?.getTime()).toBeLessThanOrEqual(from.expiresAt.getTime());
        chain.push({ key, scopes: found.scopes, expiresAt });
      }
    }),
    { numRuns: 12 },
  );
});

async function createdBy(key: string, body: object): Promise<string | null> {
  const answer = await ask(body, key);
  return answer.statusCode === 201 ? answer.json<Made>().key : null;
}

/** Creates a key in an anonymous session of another key. */
async function createdOnPage(key: string, days: number | undefined): Promise<string | null> {
  const link = await stack.call('POST', '/api/v1/sessions', undefined, key);
  if (link.statusCode !== 201) return null;
  const page = new SettingsPage(stack, await stack.signIn(key));
  if ((await page.browser.get(KEYS)).statusCode !== 200) return null;
  const made = await page.makeKey(`k${Math.random()}`);
  return made.key === '' || days === 0 ? null : made.key;
}

test('The keys that derive from a member are found at any depth, and no others', () => {
  const key = fc.record({ maker: fc.constantFrom('ana', 'ben', null), parent: fc.option(fc.nat()) });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 20 }), (given) => {
      // A key is created after its parent.
      const keys = given.map(({ maker, parent }, index) => ({
        id: String(index),
        makerMember: parent === null || index === 0 ? maker : null,
        makerKey: parent === null || index === 0 ? null : String(parent % index),
      }));
      const rootOf = (index: number): string | null => {
        const found = keys[index];
        if (found === undefined) return null;
        return found.makerKey === null ? found.makerMember : rootOf(Number(found.makerKey));
      };
      const expected = keys.filter((_key, index) => rootOf(index) === 'ana').map(({ id }) => id);
      expect(
        madeBy('ana', keys)
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(expected.toSorted());
    }),
  );
});
