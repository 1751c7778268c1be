import { expect, test } from '@jest/globals';
import { decideRetry, NotSettledError, type RetryDecision } from '../../../src/activities/interceptors/retry-policy';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import { HubSpotDownError } from '../../../src/hubspot/client/circuit';
import { BudgetExhaustedError } from '../../../src/hubspot/client/limiter';
import { NotSentError } from '../../../src/hubspot/client/portal';
import { LookUpUnfinishedError } from '../../../src/planning/participants';
import { KeyMissingError } from '../../../src/secrets';
import { NotConnectedError } from '../../../src/connection/tokens';

const context = {
  failures: 0,
  timeScale: 1,
  reference: 'ref-1',
  now: Date.parse('2026-11-03T10:00:00Z'),
  random: () => 0.5,
};
const hubspot = (status: number, body: unknown = {}) =>
  new HubSpotError('POST /x', { kind: 'answer', status, retryAfter: null, body });
const grant = (status: number, body: unknown) =>
  new HubSpotError('POST /oauth/token', { kind: 'answer', status, retryAfter: null, body, grant: true });
const codeOf = (decision: RetryDecision) => ('reason' in decision ? decision.reason.code : null);

test.each<[string, unknown, RetryDecision['next'], string | null]>([
  ['no connection', new NotConnectedError('not_connected'), 'needs_attention', 'not_connected'],
  ['a refused refresh', new NotConnectedError('reauthorize'), 'needs_attention', 'reauthorize'],
  ['a missing key', new KeyMissingError('main'), 'needs_attention', 'key_missing'],
  ['a missing scope', hubspot(403), 'needs_attention', 'missing_scope'],
  ['a user who may not', hubspot(403, { message: 'The user cannot view deals' }), 'needs_attention', 'missing_scope'],
  ['a firewall', hubspot(403, '<html>Access denied</html>'), 'retry', null],
  [
    'another data centre',
    hubspot(488, { message: 'Hub 1 is unknown to this Hublet' }),
    'needs_attention',
    'reauthorize',
  ],
  ['a refused app', grant(401, { error: 'invalid_client' }), 'needs_attention', 'app_misconfigured'],
  ['a token endpoint with a fault', grant(400, { error: 'temporarily_unavailable' }), 'retry', null],
  ['a refused value', hubspot(400, { message: 'Deal amount is required' }), 'needs_attention', 'hubspot_rejected'],
  ['a server fault', hubspot(500), 'retry', null],
  ['a token refused twice', hubspot(401), 'retry', null],
  ['a busy budget', new BudgetExhaustedError('requests', 7_000, null), 'retry', null],
  ['a look-up that waits for searches', new LookUpUnfinishedError(84, 200, 20_000), 'wait', 'rate_limited'],
  ['an unsettled create', new NotSettledError(5_000), 'retry', null],
  ['a used-up day', new BudgetExhaustedError('requests', 8 * 3_600_000, 'day'), 'wait', 'daily_limit'],
  ['a moving account', new BudgetExhaustedError('requests', 3_600_000, 'migration'), 'wait', 'hubspot_down'],
  ['a HubSpot that is down', new HubSpotDownError(60_000, 30_000), 'wait', 'hubspot_down'],
  [
    'a HubSpot that is down for hours',
    new HubSpotDownError(7 * 3_600_000, 300_000),
    'needs_attention',
    'hubspot_unavailable',
  ],
  ['what failed before it was sent', new NotSentError(hubspot(403)), 'needs_attention', 'missing_scope'],
  ['an internal error', new TypeError('x is undefined'), 'retry', null],
])('%s', (_, error, next, code) => {
  const decision = decideRetry(error, context);
  expect([decision.next, codeOf(decision)]).toEqual([next, code]);
});

test('backoff doubles, is capped and shortened by the time scale', () => {
  const delays = [0, 1, 2, 8].map((failures) => decideRetry(hubspot(423), { ...context, failures }));
  expect(delays).toEqual([2_000, 2_000, 4_000, 60_000].map((afterMs) => ({ next: 'retry', afterMs, counts: true })));
  expect(decideRetry(new TypeError('x'), { ...context, timeScale: 0.01 })).toMatchObject({ afterMs: 10 });
});

test('what keeps failing ends with a person, what waits for a limit does not', () => {
  const last = { ...context, failures: 14 };
  expect(codeOf(decideRetry(hubspot(423, { message: 'locked' }), last))).toBe('hubspot_unavailable');
  expect(codeOf(decideRetry(new TypeError('x'), last))).toBe('internal_error');
  expect(decideRetry(new BudgetExhaustedError('requests', 7_000, null), last)).toMatchObject({
    next: 'retry',
    counts: false,
  });
});

test.each(['ECONNREFUSED', '53100', '25006', '40P01', '40001', '57014', '53300', '28P01', 'XX000', '42P01'])(
  'a database that fails with %s is waited for, however long, also below a request that was not sent',
  (code) => {
    const failed = Object.assign(new Error('failed'), { code, severity: 'ERROR' });
    for (const error of [failed, new NotSentError(failed)])
      expect(decideRetry(error, { ...context, failures: 14 })).toMatchObject({ next: 'retry', counts: false });
  },
);

test.each([503, 500, 524])('after the second %s in a row the meeting waits for HubSpot', (status) => {
  const failed = decideRetry(hubspot(status, { message: 'maintenance' }), { ...context, failures: 1 });
  expect([failed.next, codeOf(failed)]).toEqual(['wait', 'hubspot_down']);
  expect(failed).toMatchObject({ outage: { detail: 'maintenance' } });
});

test.each([400, 401, 404, 503])('a token endpoint that goes on answering %s is waited for, however long', (status) => {
  for (const failures of [1, 14, 1_000]) {
    const decision = decideRetry(grant(status, { status: 'UNKNOWN' }), { ...context, failures });
    expect([decision.next, codeOf(decision)]).toEqual(['wait', 'hubspot_down']);
    expect(decision).not.toHaveProperty('outage');
  }
});

test('a firewall that goes on refusing is an outage, not a missing permission', () => {
  const decision = decideRetry(hubspot(403, '<html>Access denied</html>'), { ...context, failures: 1 });
  expect([decision.next, codeOf(decision)]).toEqual(['wait', 'hubspot_down']);
});

test('a refused property is named with its rule, and HubSpot’s answer stays behind it', () => {
  const message =
    'Property values were not valid: [{"isValid":false,"message":"X was not one of the allowed options","error":"INVALID_OPTION","name":"hs_meeting_outcome"}]';
  const error = new HubSpotError('POST /crm/objects/2026-03/meetings/batch/create', {
    kind: 'answer',
    status: 400,
    retryAfter: null,
    body: { message, category: 'VALIDATION_ERROR', correlationId: 'c-1' },
  });
  const decision = decideRetry(error, context);
  expect(decision).toMatchObject({
    reason: {
      message: expect.stringMatching(/“hs_meeting_outcome” \(X was not one of the allowed options\)\.$/),
      refusal: { raw: message, correlationId: 'c-1', objectType: 'meetings' },
    },
  });
});

test('HubSpot’s words reach the person who has to act on them', () => {
  const decision = decideRetry(hubspot(400, { message: 'Deal amount is required' }), context);
  expect(decision).toMatchObject({ reason: { message: expect.stringContaining('Deal amount is required') } });
});

test('a look-up that waits for searches goes on soon, however often, and says how far it is', () => {
  expect(decideRetry(new LookUpUnfinishedError(84, 200, 20_000), { ...context, failures: 100 })).toMatchObject({
    ms: 500,
    sameStep: true,
    reason: { message: expect.stringMatching(/84 of 200 people are looked up.* at 2026-11-03 10:01 UTC/) },
  });
});
