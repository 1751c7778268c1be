import { expect, test } from '@jest/globals';
import { classifyError, NotSettledError } from '../../../src/activities/interceptors/retry-policy';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import { HubSpotDownError } from '../../../src/hubspot/client/circuit';
import { BudgetExhaustedError } from '../../../src/hubspot/client/limiter';
import { NotSentError } from '../../../src/hubspot/client/portal';
import type { StepFailure } from '../../../src/temporal/failures';
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
const hubspot = (status: number, body: unknown = {}) => new HubSpotError('POST /x', { status, retryAfter: null, body });
const grant = (status: number, body: unknown) =>
  new HubSpotError('POST /oauth/token', { status, retryAfter: null, body, grant: true });
const codeOf = (failure: StepFailure) => ('reason' in failure ? failure.reason.code : null);

test.each<[string, unknown, StepFailure['kind'], string | null]>([
  ['no connection', new NotConnectedError('not_connected'), 'reauthorize', 'not_connected'],
  ['a refused refresh', new NotConnectedError('reauthorize'), 'reauthorize', 'reauthorize'],
  ['a missing key', new KeyMissingError('main'), 'needs_attention', 'key_missing'],
  ['a missing scope', hubspot(403), 'needs_attention', 'missing_scope'],
  ['a user who may not', hubspot(403, { message: 'The user cannot view deals' }), 'needs_attention', 'missing_scope'],
  ['a firewall', hubspot(403, '<html>Access denied</html>'), 'retry', null],
  ['another data centre', hubspot(488, { message: 'Hub 1 is unknown to this Hublet' }), 'reauthorize', 'reauthorize'],
  ['a refused app', grant(401, { error: 'invalid_client' }), 'needs_attention', 'app_misconfigured'],
  ['a token endpoint with a fault', grant(400, { error: 'temporarily_unavailable' }), 'retry', null],
  ['a refused value', hubspot(400, { message: 'Deal amount is required' }), 'rejected', 'hubspot_rejected'],
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
  const failure = classifyError(error, context);
  expect([failure.kind, codeOf(failure)]).toEqual([next, code]);
});

test('backoff doubles, is capped and shortened by the time scale', () => {
  const delays = [0, 1, 2, 8].map((failures) => classifyError(hubspot(423), { ...context, failures }));
  expect(delays).toEqual([2_000, 2_000, 4_000, 60_000].map((afterMs) => ({ kind: 'retry', afterMs, counts: true })));
  expect(classifyError(new TypeError('x'), { ...context, timeScale: 0.01 })).toMatchObject({ afterMs: 10 });
});

test('what keeps failing ends with a person, what waits for a limit does not', () => {
  const last = { ...context, failures: 14 };
  expect(codeOf(classifyError(hubspot(423, { message: 'locked' }), last))).toBe('hubspot_unavailable');
  expect(codeOf(classifyError(new TypeError('x'), last))).toBe('internal_error');
  expect(classifyError(new BudgetExhaustedError('requests', 7_000, null), last)).toMatchObject({
    kind: 'retry',
    counts: false,
  });
});

test.each(['ECONNREFUSED', '53100', '25006', '40P01', '40001', '57014', '53300', '28P01', 'XX000', '42P01'])(
  'a database that fails with %s is waited for, however long, also below a request that was not sent',
  (code) => {
    const failed = Object.assign(new Error('failed'), { code, severity: 'ERROR' });
    for (const error of [failed, new NotSentError(failed)])
      expect(classifyError(error, { ...context, failures: 14 })).toMatchObject({ kind: 'retry', counts: false });
  },
);

test.each([503, 500, 524])('after the second %s in a row the meeting waits for HubSpot', (status) => {
  const failed = classifyError(hubspot(status, { message: 'maintenance' }), { ...context, failures: 1 });
  expect([failed.kind, codeOf(failed)]).toEqual(['wait', 'hubspot_down']);
  expect(failed).toMatchObject({ outage: { detail: 'maintenance' } });
});

test.each([400, 401, 404, 503])('a token endpoint that goes on answering %s is waited for, however long', (status) => {
  for (const failures of [1, 14, 1_000]) {
    const failure = classifyError(grant(status, { status: 'UNKNOWN' }), { ...context, failures });
    expect([failure.kind, codeOf(failure)]).toEqual(['wait', 'hubspot_down']);
    expect(failure).not.toHaveProperty('outage');
  }
});

test('a firewall that goes on refusing is an outage, not a missing permission', () => {
  const failure = classifyError(hubspot(403, '<html>Access denied</html>'), { ...context, failures: 1 });
  expect([failure.kind, codeOf(failure)]).toEqual(['wait', 'hubspot_down']);
});

test('a refused property is named with its rule, and HubSpot’s answer stays behind it', () => {
  const message =
    'Property values were not valid: [{"isValid":false,"message":"X was not one of the allowed options","error":"INVALID_OPTION","name":"hs_meeting_outcome"}]';
  const error = new HubSpotError('POST /crm/objects/2026-03/meetings/batch/create', {
    status: 400,
    retryAfter: null,
    body: { message, category: 'VALIDATION_ERROR', correlationId: 'c-1' },
  });
  const failure = classifyError(error, context);
  expect(failure).toMatchObject({
    reason: {
      message: expect.stringMatching(/“hs_meeting_outcome” \(X was not one of the allowed options\)\.$/),
      refusal: { raw: message, correlationId: 'c-1', objectType: 'meetings' },
    },
  });
});

test('HubSpot’s words reach the person who has to act on them', () => {
  const failure = classifyError(hubspot(400, { message: 'Deal amount is required' }), context);
  expect(failure).toMatchObject({ reason: { message: expect.stringContaining('Deal amount is required') } });
});

test('a look-up that waits for searches goes on soon, however often, and says how far it is', () => {
  expect(classifyError(new LookUpUnfinishedError(84, 200, 20_000), { ...context, failures: 100 })).toMatchObject({
    ms: 500,
    sameStep: true,
    reason: { message: expect.stringMatching(/84 of 200 people are looked up.* at 2026-11-03 10:01 UTC/) },
  });
});
