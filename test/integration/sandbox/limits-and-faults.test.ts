import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startSandbox } from '../../../sandbox/sandbox';
import type { Sandbox } from '../../../sandbox/sandbox';
import { at, caller } from './client';
import type { Caller } from './client';

const V = '/crm/objects/2026-03';
let sandbox: Sandbox;
let call: Caller;

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 'empty', searchLagMs: 0 });
  call = caller(sandbox);
});
afterEach(() => sandbox.close());

const note = () =>
  call('POST', `${V}/notes`, { properties: { hs_timestamp: '2026-11-01T00:00:00Z', hs_note_body: 'x' } });

test('headers show the window, a full window gives a 429, and other portals have their own', async () => {
  sandbox.settings.limits.tenSecondly = 2;
  const first = await call('GET', `${V}/contacts`);
  expect(first.headers.get('x-hubspot-ratelimit-max')).toBe('2');
  expect(first.headers.get('x-hubspot-ratelimit-remaining')).toBe('1');
  expect(first.headers.get('x-hubspot-ratelimit-interval-milliseconds')).toBe('10000');
  await call('GET', `${V}/contacts`);
  const refused = await call('GET', `${V}/contacts`);
  expect(refused.status).toBe(429);
  expect(refused.body).toMatchObject({
    status: 'error',
    message: 'You have reached your ten_secondly_rolling limit.',
    errorType: 'RATE_LIMIT',
    policyName: 'TEN_SECONDLY_ROLLING',
  });
  const other = sandbox.portals.create({ name: 'Other' });
  expect((await caller(sandbox, { portalId: other.id })('GET', `${V}/contacts`)).status).toBe(200);
});

test('search and association batches have their own budgets, without headers', async () => {
  sandbox.settings.limits.tenSecondly = 1;
  sandbox.settings.limits.searchPerSecond = 1;
  sandbox.settings.limits.associationsTenSecondly = 1;
  const search = () => call('POST', `${V}/contacts/search`, {});
  const associations = () =>
    call('POST', '/crm/associations/2026-03/contacts/deals/batch/read', { inputs: [{ id: '1' }] });
  const first = await search();
  expect([first.status, first.headers.get('x-hubspot-ratelimit-max')]).toEqual([200, null]);
  expect((await associations()).status).toBe(207);
  const refused = await search();
  expect(refused.status).toBe(429);
  expect(refused.body).toEqual({
    status: 'error',
    message: 'You have reached your secondly limit.',
    correlationId: expect.any(String),
    category: 'RATE_LIMITS',
  });
  expect(at((await associations()).body, 'policyName')).toBe('TEN_SECONDLY_ROLLING');
  expect((await call('GET', `${V}/contacts`)).status).toBe(200);
});

test('the daily limit has its own 429', async () => {
  sandbox.settings.limits.daily = 1;
  await call('GET', `${V}/contacts`);
  const refused = await call('GET', `${V}/contacts`);
  expect([refused.status, at(refused.body, 'policyName'), at(refused.body, 'message')]).toEqual([
    429,
    'DAILY',
    'You have reached your daily limit.',
  ]);
});

test.each([
  ['apply-then-cut', 1],
  ['cut', 0],
] as const)('%s: the caller sees a broken connection, the CRM has %i note', async (kind, notes) => {
  sandbox.faults.add({ match: { method: 'POST', path: '/notes' }, times: 1, action: { kind } });
  await expect(note()).rejects.toThrow('fetch failed');
  expect(sandbox.crm.list('notes')).toHaveLength(notes);
  expect(sandbox.requests.list({ method: 'post' })).toMatchObject([{ fault: kind, status: null }]);
  expect((await note()).status).toBe(201);
});

test.each([
  [{ kind: 'apply-then-500' }, 500, 1],
  [{ kind: 'html-502' }, 502, 0],
  [{ kind: 'cut-json' }, 201, 1],
  [{ kind: 'empty-200' }, 200, 0],
  [{ kind: 'locked-423' }, 423, 0],
  [{ kind: 'migration-477', retryAfter: 5 }, 477, 0],
  [{ kind: 'rate-limit-429', policy: 'DAILY' }, 429, 0],
  [{ kind: 'expired-401' }, 401, 0],
  [{ kind: 'delay', ms: 1 }, 201, 1],
  [{ kind: 'status', status: 418, body: { a: 1 }, headers: { 'x-a': 'b' } }, 418, 0],
] as const)('%j answers %i and leaves %i notes', async (action, status, notes) => {
  sandbox.faults.add({ match: { pattern: '/notes$' }, times: 1, action });
  const reply = await note();
  expect([reply.status, sandbox.crm.list('notes').length]).toEqual([status, notes]);
  if (action.kind === 'html-502') expect(reply.headers.get('content-type')).toBe('text/html');
  if (action.kind === 'cut-json') expect([reply.text.length > 0, reply.body]).toEqual([true, undefined]);
  if (action.kind === 'empty-200') expect(at(reply.body, 'results')).toEqual([]);
  if (action.kind === 'migration-477') expect(reply.headers.get('retry-after')).toBe('5');
  if (action.kind === 'status') expect([reply.headers.get('x-a'), reply.body]).toEqual(['b', { a: 1 }]);
});

test('a hanging request ends when the sandbox closes, and nothing was done', async () => {
  sandbox.faults.add({ action: { kind: 'hang' } });
  const hanging = note().catch((error: unknown) => String(error));
  while (sandbox.requests.list().length === 0) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  expect(sandbox.crm.list('notes')).toEqual([]);
  await sandbox.close();
  expect(await hanging).toBe('TypeError: fetch failed');
});

test('faults let requests pass, strike others, and repeat their chances with their seed', async () => {
  sandbox.faults.add({ match: { path: '/contacts' }, after: 1, times: 1, action: { kind: 'locked-423' } });
  const statuses: number[] = [];
  for (let index = 0; index < 3; index += 1) statuses.push((await call('GET', `${V}/contacts`)).status);
  expect(statuses).toEqual([200, 423, 200]);
  sandbox.faults.clear();
  const run = async () => {
    sandbox.faults.seed(7);
    const found: number[] = [];
    for (let index = 0; index < 20; index += 1) found.push((await call('GET', `${V}/deals`)).status);
    return found;
  };
  sandbox.faults.add({ probability: 0.5, action: { kind: 'locked-423' } });
  const first = await run();
  expect(new Set(first)).toEqual(new Set([200, 423]));
  expect(await run()).toEqual(first);
});
