import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { decide, HubSpotError, type HubSpotDecision, type HubSpotFailure } from '../../../src/hubspot/errors';

const answer = (status: number, body: unknown = null, retryAfter: string | null = null): HubSpotFailure => ({
  kind: 'answer',
  status,
  body,
  retryAfter,
});
const retry = (applied: 'no' | 'unknown', afterMs: number | null = null): HubSpotDecision => ({
  do: 'retry',
  applied,
  afterMs,
});

const missingScope = {
  status: 'error',
  category: 'MISSING_SCOPES',
  errors: [
    { message: 'One or more…', context: { requiredGranularScopes: ['crm.objects.deals.read', 'crm.objects.deals.x'] } },
  ],
};

test.each<[string, HubSpotFailure, HubSpotDecision]>([
  ['no connection', { kind: 'no_answer', cause: 'not_sent' }, retry('no')],
  ['a cut connection', { kind: 'no_answer', cause: 'broken' }, retry('unknown')],
  ['an expired token', answer(401, { category: 'EXPIRED_AUTHENTICATION' }), { do: 'refresh' }],
  [
    'a missing scope',
    answer(403, missingScope),
    { do: 'person', code: 'missing_scope', scopes: ['crm.objects.deals.read', 'crm.objects.deals.x'] },
  ],
  ['a 403 that says nothing', answer(403), { do: 'person', code: 'missing_scope', scopes: [] }],
  ['a record that is gone', answer(404), { do: 'refused', code: 'gone' }],
  ['a conflict', answer(409, { category: 'CONFLICT' }), { do: 'refused', code: 'conflict' }],
  ['a bad value', answer(400, { category: 'VALIDATION_ERROR' }), { do: 'refused', code: 'invalid' }],
  ['a lock', answer(423), retry('no', 2_000)],
  ['a refused refresh token', answer(400, { status: 'BAD_REFRESH_TOKEN' }), { do: 'reauthorize' }],
  ['an uninstalled account', answer(400, { status: 'BAD_HUB' }), { do: 'reauthorize' }],
  ['our own wrong secret', answer(400, { status: 'BAD_CLIENT_SECRET' }), { do: 'person', code: 'app_misconfigured' }],
  ['a used code', answer(400, { status: 'BAD_AUTH_CODE' }), { do: 'refused', code: 'invalid' }],
  [
    'the ten-second limit',
    answer(429, { policyName: 'TEN_SECONDLY_ROLLING', message: 'You have reached your ten_secondly_rolling limit.' }),
    { do: 'wait', limit: 'ten_seconds', afterMs: null },
  ],
  [
    'the limit of searches, without a policy name',
    answer(429, { message: 'You have reached your secondly limit.', category: 'RATE_LIMITS' }),
    { do: 'wait', limit: 'second', afterMs: null },
  ],
  [
    'the daily limit',
    answer(429, { policyName: 'DAILY', message: 'You have reached your daily limit.' }),
    { do: 'wait', limit: 'day', afterMs: null },
  ],
  ['a 429 that names its delay', answer(429, {}, '3'), { do: 'wait', limit: 'ten_seconds', afterMs: 3_000 }],
  ['an account that moves', answer(477, {}, '120'), { do: 'wait', limit: 'migration', afterMs: 120_000 }],
  ['a server fault', answer(500, { message: 'internal error' }), retry('unknown')],
  ['HTML from the edge', answer(502, '<html>Bad gateway</html>'), retry('unknown')],
  ['Cloudflare giving up', answer(524), retry('unknown')],
  ['a 200 that cannot be read', answer(200, '{"results":['), retry('unknown')],
])('%s', (_, failure, decision) => {
  expect(decide(failure)).toEqual(decision);
});

const recording = z.object({
  id: z.string(),
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()).catch({}), body: z.unknown() }),
});
const recordingsFile = path.resolve('../shared/hubspot-recordings/cases.jsonl');
const recordings = existsSync(recordingsFile)
  ? readFileSync(recordingsFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => recording.parse(JSON.parse(line)))
  : [];

// The recordings are not part of the repository: without them beside it this test is skipped.
(recordings.length > 0 ? test : test.skip)('every recorded refusal is judged by its status', () => {
  const expected: Record<number, HubSpotDecision['do']> = {
    400: 'refused',
    401: 'refresh',
    404: 'refused',
    409: 'refused',
    429: 'wait',
    500: 'retry',
  };
  const refusals = recordings.filter(({ response }) => response.status >= 400);
  expect(refusals.length).toBeGreaterThan(10);
  for (const { id, response } of refusals) {
    const failure = answer(response.status, response.body, response.headers['retry-after'] ?? null);
    const refresh = id === 'R088';
    expect([id, decide(failure).do]).toEqual([id, refresh ? 'reauthorize' : expected[response.status]]);
    expect(new HubSpotError('GET /x', failure).said).not.toBe('');
  }
});

test('an error tells HubSpot’s words and correlation id', () => {
  const error = new HubSpotError(
    'POST /x',
    answer(400, { message: 'Property "x" does not exist', correlationId: 'c-1' }),
  );
  expect([error.said, error.correlationId, error.message]).toEqual([
    'Property "x" does not exist',
    'c-1',
    'POST /x: Property "x" does not exist',
  ]);
});
