import { expect, test } from '@jest/globals';
import { classifyCall, type HubSpotFailure, type FailedCall } from '../../../src/hubspot/client/classify-call';
import { HubSpotError, isPermanent } from '../../../src/hubspot/client/errors';
import { hubspotAnswers } from '../../support/hubspot-answers';

const grant = (status: number, body: unknown): FailedCall => ({ ...answer(status, body), grant: true });
const reconnect: HubSpotFailure = { kind: 'reauthorize', why: 'refused' };
const misconfigured: HubSpotFailure = { kind: 'needs_attention', code: 'app_misconfigured' };
const answer = (status: number, body: unknown = null, retryAfter: string | null = null): FailedCall => ({
  status,
  body,
  retryAfter,
});
const retry = (applied: 'no' | 'unknown', afterMs: number | null = null): HubSpotFailure => ({
  kind: 'retry',
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

test.each<[string, FailedCall, HubSpotFailure]>([
  ['no connection', { noAnswer: 'not_sent' }, retry('no')],
  ['a cut connection', { noAnswer: 'broken' }, retry('unknown')],
  [
    'an expired token',
    answer(401, { category: 'EXPIRED_AUTHENTICATION' }),
    { kind: 'retry', applied: 'no', afterMs: null, freshToken: true },
  ],
  [
    'a missing scope',
    answer(403, missingScope),
    { kind: 'needs_attention', code: 'missing_scope', scopes: ['crm.objects.deals.read', 'crm.objects.deals.x'] },
  ],
  ...[
    'This portal has reached its limit of contacts.',
    'Portal 12 has reached its limit of 1000 marketing contacts',
    'Contact limit exceeded for this account',
    'You are over your contacts limit',
  ].map((message): [string, FailedCall, HubSpotFailure] => [
    message,
    answer(403, { message }),
    { kind: 'needs_attention', code: 'contact_limit' },
  ]),
  [
    'a 403 of another limit',
    answer(403, { message: 'Not within the rate limit for contacts' }),
    { kind: 'needs_attention', code: 'missing_scope', scopes: [] },
  ],
  ['a 403 that says nothing', answer(403), { kind: 'needs_attention', code: 'missing_scope', scopes: [] }],
  ['a record that is gone', answer(404), { kind: 'rejected', code: 'gone' }],
  ['a conflict', answer(409, { category: 'CONFLICT' }), { kind: 'rejected', code: 'conflict' }],
  [
    'a conflict within a batch',
    answer(400, { category: 'OBJECT_ALREADY_EXISTS' }),
    { kind: 'rejected', code: 'conflict' },
  ],
  ['a page instead of a record', answer(404, '<html>Not found</html>'), retry('no')],
  ['a bad value', answer(400, { category: 'VALIDATION_ERROR' }), { kind: 'rejected', code: 'invalid' }],
  ['a lock', answer(423), retry('no', 2_000)],
  ['a refused refresh token', answer(400, { status: 'BAD_REFRESH_TOKEN' }), reconnect],
  ['an uninstalled account', answer(400, { status: 'BAD_HUB' }), reconnect],
  ['invalid_grant', grant(400, { error: 'invalid_grant', status: 'UNKNOWN' }), reconnect],
  ['invalid_grant with another status', grant(401, { error: 'invalid_grant', status: 'BAD_CLIENT_ID' }), reconnect],
  ['invalid_client', grant(401, { error: 'invalid_client', status: 'BAD_REFRESH_TOKEN' }), misconfigured],
  ['an older refusal of the refresh token', grant(400, { status: 'BAD_REFRESH_TOKEN' }), reconnect],
  ['an older refusal of the app', grant(401, { status: 'BAD_CLIENT_SECRET' }), misconfigured],
  ['another error, with any status', grant(400, { error: 'server_error', status: 'BAD_HUB' }), retry('unknown')],
  ['a token endpoint that says nothing', grant(400, { status: 'UNKNOWN', message: 'odd' }), retry('unknown')],
  ['a token endpoint with HTML', grant(403, '<html>Access denied</html>'), retry('unknown')],
  ['a token endpoint without tokens', grant(200, {}), retry('unknown')],
  ['a busy token endpoint', grant(429, {}), { kind: 'wait', limit: 'ten_seconds', afterMs: null }],
  [
    'another data centre',
    answer(488, { message: 'Hub 1 is unknown to this Hublet', correctHublet: 'eu1' }),
    { kind: 'reauthorize', why: 'moved', hublet: 'eu1' },
  ],
  ['488 with HTML', answer(488, '<html></html>'), { kind: 'reauthorize', why: 'moved', hublet: null }],
  [
    'another data centre under another status',
    answer(421, { context: { correctHublet: ['na1'] } }),
    { kind: 'reauthorize', why: 'moved', hublet: 'na1' },
  ],
  ['a firewall', answer(403, '<html>Access denied</html>'), retry('no')],
  [
    'scopes in the context of the whole answer (R066)',
    answer(403, { context: { requiredGranularScopes: ['crm.objects.owners.read'] }, errors: 'none' }),
    { kind: 'needs_attention', code: 'missing_scope', scopes: ['crm.objects.owners.read'] },
  ],
  [
    'scopes in a sentence',
    answer(403, {
      message: 'This oauth-token does not have proper permissions! (requires any of [contacts, crm.lists.read])',
    }),
    { kind: 'needs_attention', code: 'missing_scope', scopes: ['contacts', 'crm.lists.read'] },
  ],
  [
    'a 403 in other words',
    answer(403, { message: 'You do not have permission to view [Acme]' }),
    { kind: 'needs_attention', code: 'missing_scope', scopes: [] },
  ],
  [
    'our own wrong secret',
    answer(400, { status: 'BAD_CLIENT_SECRET' }),
    { kind: 'needs_attention', code: 'app_misconfigured' },
  ],
  ['a used code', answer(400, { status: 'BAD_AUTH_CODE' }), { kind: 'rejected', code: 'invalid' }],
  [
    'the ten-second limit',
    answer(429, { policyName: 'TEN_SECONDLY_ROLLING', message: 'You have reached your ten_secondly_rolling limit.' }),
    { kind: 'wait', limit: 'ten_seconds', afterMs: null },
  ],
  [
    'the limit of searches, without a policy name',
    answer(429, { message: 'You have reached your secondly limit.', category: 'RATE_LIMITS' }),
    { kind: 'wait', limit: 'second', afterMs: null },
  ],
  [
    'the daily limit',
    answer(429, { policyName: 'DAILY', message: 'You have reached your daily limit.' }),
    { kind: 'wait', limit: 'day', afterMs: null },
  ],
  ['a 429 that names its delay', answer(429, {}, '3'), { kind: 'wait', limit: 'ten_seconds', afterMs: 3_000 }],
  ['an account that moves', answer(477, {}, '120'), { kind: 'wait', limit: 'migration', afterMs: 120_000 }],
  ['a server fault', answer(500, { message: 'internal error' }), retry('unknown')],
  ['HTML from the edge', answer(502, '<html>Bad gateway</html>'), retry('unknown')],
  ['Cloudflare giving up', answer(524), retry('unknown')],
  ['a 200 that cannot be read', answer(200, '{"results":['), retry('unknown')],
])('%s', (_, call, failure) => {
  expect(classifyCall(call)).toEqual(failure);
});

test('every recorded refusal is classified by its status', () => {
  const expected: Record<number, HubSpotFailure['kind']> = {
    400: 'rejected',
    401: 'retry',
    404: 'rejected',
    409: 'rejected',
    429: 'wait',
    500: 'retry',
  };
  const refusals = hubspotAnswers.filter(({ status }) => status >= 400);
  expect(refusals.length).toBeGreaterThan(10);
  for (const { id, status, body } of refusals) {
    const refresh = id === 'R088';
    const call = { ...answer(status, body), grant: refresh };
    expect([id, classifyCall(call).kind]).toEqual([id, refresh ? 'reauthorize' : expected[status]]);
    expect(new HubSpotError('GET /x', call).rawMessage).not.toBe('');
  }
});

test('an error has HubSpot’s message and correlation id', () => {
  const error = new HubSpotError(
    'POST /x',
    answer(400, { message: 'Property "x" does not exist', correlationId: 'c-1' }),
  );
  expect([error.rawMessage, error.correlationId, error.message]).toEqual([
    'Property "x" does not exist',
    'c-1',
    'POST /x: Property "x" does not exist',
  ]);
});

test.each([
  ['Property values were not valid: [{"name":"x","message":"too long"}]', [], 'x: too long'],
  ['Property "x" does not exist', [], 'Property "x" does not exist'],
  [
    'Some required properties were not set.',
    [{ message: 'x is required', context: { properties: ['x'] } }],
    'Some required properties were not set (x: x is required)',
  ],
  ['Not set.', [{ context: { properties: ['x', 'y'] } }], 'x: Not set.; y: Not set.'],
  ['Nothing is named', [{ message: 'at all' }], 'Nothing is named'],
])('%s with %j has this readable message', (message, errors, readable) => {
  expect(new HubSpotError('POST /x', answer(400, { message, errors })).readableMessage).toBe(readable);
});

test.each([
  ['a page for a path that HubSpot does not have', 404, '<html>Not found</html>', true],
  ['a page of a firewall', 403, '<html>Access denied</html>', false],
  ['a server error', 500, {}, false],
  ['a refusal', 400, {}, true],
])('%s (%s)', (_, status, body, permanent) => {
  expect(isPermanent(new HubSpotError('GET /x', answer(status, body)))).toBe(permanent);
});
