import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { decide, HubSpotError, type HubSpotDecision, type HubSpotFailure } from '../../../src/hubspot/client/errors';

const grant = (status: number, body: unknown): HubSpotFailure => ({ ...answer(status, body), grant: true });
const reconnect: HubSpotDecision = { do: 'reauthorize', why: 'refused' };
const misconfigured: HubSpotDecision = { do: 'person', code: 'app_misconfigured' };
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
  ['a refused refresh token', answer(400, { status: 'BAD_REFRESH_TOKEN' }), reconnect],
  ['an uninstalled account', answer(400, { status: 'BAD_HUB' }), reconnect],
  ['invalid_grant', grant(400, { error: 'invalid_grant', status: 'UNKNOWN' }), reconnect],
  ['invalid_grant with another status', grant(401, { error: 'invalid_grant', status: 'BAD_CLIENT_ID' }), reconnect],
  ['invalid_client', grant(401, { error: 'invalid_client', status: 'BAD_REFRESH_TOKEN' }), misconfigured],
  ['an older refusal of the refresh token', grant(400, { status: 'BAD_REFRESH_TOKEN' }), reconnect],
  ['an older refusal of the app', grant(401, { status: 'BAD_CLIENT_SECRET' }), misconfigured],
  ['another error, whatever the status', grant(400, { error: 'server_error', status: 'BAD_HUB' }), retry('unknown')],
  ['a token endpoint that says nothing', grant(400, { status: 'UNKNOWN', message: 'odd' }), retry('unknown')],
  ['a token endpoint with HTML', grant(403, '<html>Access denied</html>'), retry('unknown')],
  ['a token endpoint without tokens', grant(200, {}), retry('unknown')],
  ['a busy token endpoint', grant(429, {}), { do: 'wait', limit: 'ten_seconds', afterMs: null }],
  [
    'another data centre',
    answer(488, { message: 'Hub 1 is unknown to this Hublet', correctHublet: 'eu1' }),
    { do: 'reauthorize', why: 'moved', hublet: 'eu1' },
  ],
  ['488 with HTML', answer(488, '<html></html>'), { do: 'reauthorize', why: 'moved', hublet: null }],
  [
    'another data centre under another status',
    answer(421, { context: { correctHublet: ['na1'] } }),
    { do: 'reauthorize', why: 'moved', hublet: 'na1' },
  ],
  ['a firewall', answer(403, '<html>Access denied</html>'), retry('no')],
  [
    'scopes in the context of the whole answer (R066)',
    answer(403, { context: { requiredGranularScopes: ['crm.objects.owners.read'] }, errors: 'none' }),
    { do: 'person', code: 'missing_scope', scopes: ['crm.objects.owners.read'] },
  ],
  [
    'scopes in a sentence',
    answer(403, {
      message: 'This oauth-token does not have proper permissions! (requires any of [contacts, crm.lists.read])',
    }),
    { do: 'person', code: 'missing_scope', scopes: ['contacts', 'crm.lists.read'] },
  ],
  [
    'a 403 in other words',
    answer(403, { message: 'You do not have permission to view [Acme]' }),
    { do: 'person', code: 'missing_scope', scopes: [] },
  ],
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
    const refresh = id === 'R088';
    const read = answer(response.status, response.body, response.headers['retry-after'] ?? null);
    const failure = { ...read, grant: refresh };
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
