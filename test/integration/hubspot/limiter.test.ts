import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Kysely } from 'kysely';
import { BudgetExhaustedError, Limiter } from '../../../src/hubspot/limiter';
import { openDatabase } from '../../../src/store/database';
import type { Database } from '../../../src/store/schema';
import { createTestDatabase, type TestDatabase } from '../../support/database';

let database: TestDatabase;
let db: Kysely<Database>;
let portalId = 1;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.url);
});
beforeEach(() => {
  portalId += 1;
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const none = { requestsPer10Seconds: null, searchesPerSecond: null, associationRequestsPer10Seconds: null };
const headers = (max: number, remaining: number) =>
  new Headers({
    'X-HubSpot-RateLimit-Max': String(max),
    'X-HubSpot-RateLimit-Remaining': String(remaining),
    'X-HubSpot-RateLimit-Interval-Milliseconds': '10000',
  });
const row = () =>
  db.selectFrom('hubspot_budgets').selectAll().where('portal_id', '=', portalId).executeTakeFirstOrThrow();
const granted = async (limiter: Limiter, times: number) => {
  const slots = await Promise.allSettled(Array.from({ length: times }, () => limiter.slot(portalId, 'requests')));
  return slots.filter((slot) => slot.status === 'fulfilled').length;
};

test('two limiters, as in two workers, share one budget: no window holds more than the limit', async () => {
  const limits = { ...none, requestsPer10Seconds: 10 };
  const [one, two] = [new Limiter(db, limits), new Limiter(db, limits)];
  // Slots are 1.015 s apart and nobody waits more than 5 s: of forty asked for at once, five or six are given.
  const given = await Promise.all([granted(one, 20), granted(two, 20)]);
  expect(given[0] + given[1]).toBeGreaterThanOrEqual(5);
  expect(given[0] + given[1]).toBeLessThanOrEqual(6);
});

test('a closed budget is closed for everybody, says why, and a shorter closure does not open it', async () => {
  const [one, two] = [new Limiter(db, none), new Limiter(db, none)];
  await one.close(portalId, 'requests', 3_600_000, 'day');
  await one.close(portalId, 'requests', 10_000, 'ten_seconds');
  const refusal = await two.slot(portalId, 'requests').catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(BudgetExhaustedError);
  expect(refusal).toMatchObject({ closed: 'day' });
  await expect(two.slot(portalId, 'search')).resolves.toBeUndefined();
});

test('headers teach a lower limit to all workers, and what is used of it counts', async () => {
  const [one, two] = [new Limiter(db, none), new Limiter(db, none)];
  await one.slot(portalId, 'requests');
  await one.learn(portalId, 'requests', headers(10, 0));
  expect(await row()).toMatchObject({ spacing_ms: 1_015 });
  await expect(two.slot(portalId, 'requests')).rejects.toThrow(BudgetExhaustedError);
});

test('headers teach a higher limit, but never above the configured one', async () => {
  const free = new Limiter(db, none);
  await free.slot(portalId, 'requests');
  await free.learn(portalId, 'requests', headers(190, 189));
  expect((await row()).spacing_ms).toBeCloseTo(10_150 / 190);
  const capped = new Limiter(db, { ...none, requestsPer10Seconds: 50 });
  await capped.learn(portalId, 'requests', headers(190, 189));
  expect((await row()).spacing_ms).toBeCloseTo(10_150 / 50);
});

test('headers of association answers teach a lower limit only: they may be those of the other budget', async () => {
  const limiter = new Limiter(db, none);
  const spacingMs = async () => (await row()).spacing_ms;
  await limiter.slot(portalId, 'associations');
  await limiter.learn(portalId, 'associations', headers(110, 109));
  expect(await spacingMs()).toBeCloseTo(10_150 / 100);
  await limiter.learn(portalId, 'associations', headers(50, 49));
  expect(await spacingMs()).toBeCloseTo(10_150 / 50);
});

test('answers without the headers teach nothing', async () => {
  const limiter = new Limiter(db, none);
  await limiter.slot(portalId, 'requests');
  await limiter.learn(portalId, 'requests', new Headers());
  expect((await row()).spacing_ms).toBeNull();
});
