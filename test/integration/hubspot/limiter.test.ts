import { beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Circuit } from '../../../src/hubspot/client/circuit';
import { BudgetExhaustedError, Limiter } from '../../../src/hubspot/client/limiter';
import { Portal } from '../../../src/hubspot/client/portal';
import { HubSpotTransport } from '../../../src/hubspot/client/transport';
import { Urgency } from '../../../src/hubspot/client/urgency';
import { reserveSlot } from '../../../src/store/connections/budgets';
import { saveConnection } from '../../../src/store/connections/connections';
import { changeSettings } from '../../../src/store/settings/settings';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { useDatabase } from '../../support/use-database';
import { TEST_ACTOR } from '../../support/actors';

const { db } = useDatabase();
let portalId = 1;
beforeEach(() => {
  portalId += 1;
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

test('two limiters, as in two workers, share one budget: no window has more requests than the limit', async () => {
  const limits = { ...none, requestsPer10Seconds: 10 };
  const [one, two] = [new Limiter(db, limits), new Limiter(db, limits)];
  // Slots are 1.015 s apart and no request waits more than 5 s: of forty requests at once, five or six get one.
  const given = await Promise.all([granted(one, 20), granted(two, 20)]);
  expect(given[0] + given[1]).toBeGreaterThanOrEqual(5);
  expect(given[0] + given[1]).toBeLessThanOrEqual(6);
});

test('a closed budget is closed for all workers, has the reason, and a shorter closure does not open it', async () => {
  const [one, two] = [new Limiter(db, none), new Limiter(db, none)];
  await one.close(portalId, 'requests', 3_600_000, 'day');
  await one.close(portalId, 'requests', 10_000, 'ten_seconds');
  const refusal = await two.slot(portalId, 'requests').catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(BudgetExhaustedError);
  expect(refusal).toMatchObject({ closed: 'day' });
  await expect(two.slot(portalId, 'search')).resolves.toBeUndefined();
});

test('headers lower the limit for all workers, and count what is used of it', async () => {
  const [one, two] = [new Limiter(db, none), new Limiter(db, none)];
  await one.slot(portalId, 'requests');
  await one.learn(portalId, 'requests', headers(10, 0));
  expect(await row()).toMatchObject({ spacing_ms: 1_015 });
  await expect(two.slot(portalId, 'requests')).rejects.toThrow(BudgetExhaustedError);
});

test('headers raise the limit, but never above the configured one', async () => {
  const free = new Limiter(db, none);
  await free.slot(portalId, 'requests');
  await free.learn(portalId, 'requests', headers(190, 189));
  expect((await row()).spacing_ms).toBeCloseTo(10_150 / 190);
  const capped = new Limiter(db, { ...none, requestsPer10Seconds: 50 });
  await capped.learn(portalId, 'requests', headers(190, 189));
  expect((await row()).spacing_ms).toBeCloseTo(10_150 / 50);
});

test('headers of association answers only lower the limit, because they may describe the other budget', async () => {
  const limiter = new Limiter(db, none);
  const spacingMs = async () => (await row()).spacing_ms;
  await limiter.slot(portalId, 'associations');
  await limiter.learn(portalId, 'associations', headers(110, 109));
  expect(await spacingMs()).toBeCloseTo(10_150 / 100);
  await limiter.learn(portalId, 'associations', headers(50, 49));
  expect(await spacingMs()).toBeCloseTo(10_150 / 50);
});

test('answers without the headers change nothing', async () => {
  const limiter = new Limiter(db, none);
  await limiter.slot(portalId, 'requests');
  await limiter.learn(portalId, 'requests', new Headers());
  expect((await row()).spacing_ms).toBeNull();
});

/** The milliseconds between two slots of the search budget now. */
async function searchSpacing(limiter: Limiter): Promise<number> {
  await limiter.slot(portalId, 'search');
  // In the future, so that the time which this test takes does not count.
  await sql`update hubspot_budgets set next_at = now() + interval '1 second' where portal_id = ${portalId}`.execute(db);
  const before = (await row()).next_at.getTime();
  await limiter.slot(portalId, 'search');
  return (await row()).next_at.getTime() - before;
}
const age = (seconds: number) =>
  sql`update hubspot_budgets set slowed_at = slowed_at - make_interval(secs => ${seconds}) where portal_id = ${portalId}`.execute(
    db,
  );
/** A rate recovers while a test runs. */
const expectNear = (actual: number, ms: number) => expect(Math.abs(actual - ms)).toBeLessThan(40);

test('searches leave two a second to other apps, unless the workspace sets another share', async () => {
  const limiter = new Limiter(db, none);
  expectNear(await searchSpacing(limiter), 1_150 / 3);
  const { workspaceId } = await createWorkspace(db, `share-${portalId}`);
  await saveConnection(db, {
    workspaceId,
    portalId,
    hubDomain: null,
    uiDomain: 'app.hubspot.com',
    timeZone: 'UTC',
    accountType: null,
    userId: null,
    userEmail: null,
    scopes: [],
    tokens: { accessToken: 'sealed', refreshToken: 'sealed', expiresInSeconds: 1_800 },
  });
  await changeSettings(db, workspaceId, { searchesPerSecond: 5 }, TEST_ACTOR);
  expectNear(await searchSpacing(limiter), 1_150 / 5);
});

test('a refused search slows down all workers, concurrent refusals count once, and the rate recovers', async () => {
  const [one, two] = [new Limiter(db, none), new Limiter(db, none)];
  await one.slot(portalId, 'search');
  await Promise.all([one.slowSearches(portalId), one.slowSearches(portalId), two.slowSearches(portalId)]);
  expectNear(await searchSpacing(two), 1_000 / 2.1);
  await age(2);
  await one.slowSearches(portalId);
  expectNear(await searchSpacing(two), 1_000 / (0.7 * 2.14));
  await age(60);
  expectNear(await searchSpacing(two), 1_000 / (0.7 * 2.14 + 1.2));
  await age(600);
  expectNear(await searchSpacing(two), 1_150 / 3);
});

test('a search is sent every two seconds, however often HubSpot refuses', async () => {
  const limiter = new Limiter(db, none);
  for (let refusals = 0; refusals < 12; refusals++) {
    // oxlint-disable-next-line no-await-in-loop -- one refusal after the other
    await limiter.slowSearches(portalId);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await age(1.1);
  }
  await limiter.slot(portalId, 'search');
  expect((await row()).slowed_rate).toBeGreaterThanOrEqual(0.5);
  expect((await row()).slowed_rate).toBeLessThan(0.6);
});

test('a live call goes before bulk work that waits longer, and bulk work that a live call joins goes first, too', async () => {
  // A slot every four seconds: time enough for a busy machine to ask in the order of this test.
  const limiter = new Limiter(db, { ...none, requestsPer10Seconds: 2.5 });
  await limiter.slot(portalId, 'requests', { urgency: new Urgency(false) });
  const order: string[] = [];
  const joined = new Urgency(false);
  const ask = async (name: string, urgency: Urgency) => {
    await limiter.slot(portalId, 'requests', { urgency }).then(
      () => order.push(name),
      () => undefined,
    );
  };
  const bulk = [ask('bulk', new Urgency(false)), ask('joined', joined)];
  await ask('live', new Urgency(true));
  expect(order).toEqual(['live']);
  joined.hurry();
  await Promise.all(bulk);
  expect(order).toEqual(['live', 'joined', 'bulk']);
});

test('after a full window one request probes, a refused probe doubles the time, and an accepted one opens the budget', async () => {
  const [one, two] = [new Limiter(db, none), new Limiter(db, none)];
  const closedMs = async () => (await row()).closed_ms;
  /** Ends the closure, so that the next slot is a probe. */
  const pass = () =>
    db
      .updateTable('hubspot_budgets')
      .set({ closed_until: new Date(0) })
      .where('portal_id', '=', portalId)
      .execute();
  await one.slot(portalId, 'requests');
  await one.close(portalId, 'requests', null, 'ten_seconds');
  // Its neighbours were sent before the closure.
  await two.close(portalId, 'requests', null, 'ten_seconds');
  expect(await closedMs()).toBe(1_000);
  const expected = [2_000, 4_000, 8_000, 10_000, 10_000];
  for (const ms of expected) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await pass();
    // oxlint-disable-next-line no-await-in-loop -- as above
    await one.slot(portalId, 'requests');
    // While the probe is under way, nothing else is sent.
    // oxlint-disable-next-line no-await-in-loop -- as above
    expect((await row()).closed_until?.getTime()).toBeGreaterThan(Date.now());
    // Others ask again as soon as the probe may be answered.
    // oxlint-disable-next-line no-await-in-loop -- as above
    const other = await reserveSlot(db, { portalId, budget: 'requests', spacingMs: 1, maxWaitMs: 1_000 });
    expect(other).toMatchObject({ granted: false, closed: 'ten_seconds' });
    expect(other.granted ? Infinity : other.retryMs).toBeLessThanOrEqual(100);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await one.close(portalId, 'requests', null, 'ten_seconds');
    // oxlint-disable-next-line no-await-in-loop -- as above
    expect(await closedMs()).toBe(ms);
  }
  await pass();
  await two.slot(portalId, 'requests');
  await one.accepted(portalId, 'requests');
  expect(await closedMs()).toBe(10_000);
  await two.accepted(portalId, 'requests');
  expect(await row()).toMatchObject({ closed_ms: null, closed_until: null, probing: false });
});

test('a live call that waits for a closed budget does not ask the database again and again', async () => {
  let statements = 0;
  const counted = db.withPlugin({
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  const limiter = new Limiter(counted, none);
  await limiter.close(portalId, 'requests', null, 'ten_seconds');
  statements = 0;
  await limiter.slot(portalId, 'requests', { urgency: new Urgency(true) });
  // One statement finds the budget closed, and one or two more ask when it opens.
  expect(statements).toBeLessThan(6);
});

test.each([200, 404])('an answer with status %s to a probe opens the budget for all requests', async (status) => {
  const answers = [429, status];
  const server = createServer((_request, response) => {
    const next = answers.shift() ?? 500;
    response.writeHead(next, { 'content-type': 'application/json' });
    response.end(JSON.stringify(next === 429 ? { policyName: 'TEN_SECONDLY_ROLLING' } : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const portal = new Portal({
    id: portalId,
    timeZone: 'UTC',
    transport: new HubSpotTransport(`http://127.0.0.1:${port}`),
    limiter: new Limiter(db, none),
    circuit: new Circuit(1),
    accessToken: () => Promise.resolve('token'),
    onSent: () => undefined,
    onReauthorize: () => Promise.resolve(),
  });
  try {
    await portal.slot('requests');
    await portal.send({ method: 'GET', path: '/one' }, 'requests').catch(() => undefined);
    expect(answers).toEqual([]);
    expect(await row()).toMatchObject({ closed_ms: null, closed_until: null, probing: false });
  } finally {
    server.close();
  }
});
