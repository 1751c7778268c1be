import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { blockOf, endAfter, graverBlock, type BulkBlock, type PassEnd } from '../../../src/activities/bulk/bulk-pass';
import { HandedOverError, retryInBulk } from '../../../src/activities/bulk/bulk-steps';
import { AT_ONCE, AT_ONCE_BESIDE_LIVE, claimable } from '../../../src/activities/bulk/sync-in-bulk';
import { reasons } from '../../../src/meeting/reasons';
import type { StepFailure } from '../../../src/temporal/failures';

const until = '2026-11-30T12:00:00.000Z';
const retry = (afterMs: number): StepFailure => ({ kind: 'retry', afterMs, counts: true });
const limited: StepFailure = { kind: 'wait', ms: 3_600_000, reason: reasons.daily_limit({ until }) };
const lookingUp: StepFailure = { kind: 'wait', ms: 500, reason: reasons.rate_limited({ until }), sameStep: true };
const outage: StepFailure = {
  kind: 'wait',
  ms: 0,
  reason: reasons.hubspot_down({ until }),
  outage: { detail: 'Internal error' },
};
const down: StepFailure = { kind: 'wait', ms: 5_000, reason: reasons.hubspot_down({ until }) };
const deleted: StepFailure = { kind: 'wait', ms: 0, reason: reasons.being_deleted() };
const reauthorize: StepFailure = { kind: 'reauthorize', reason: reasons.not_connected() };
const scope: StepFailure = {
  kind: 'needs_attention',
  reason: reasons.missing_scope({ scopes: ['crm.objects.deals.read'], message: null }),
};
const rejected: StepFailure = {
  kind: 'rejected',
  reason: reasons.hubspot_rejected({ rule: 'too long', properties: [], read: false }),
};

describe('a failed step of a bulk pass is retried after', () => {
  test.each<[string, StepFailure, number, number | null]>([
    ['a short delay', retry(1_000), 0, 1_000],
    ['none when it has been retried for half a minute', retry(1_000), 29_500, null],
    ['a wait for a slot, for five minutes', { kind: 'retry', afterMs: 5_000, counts: false }, 120_000, 5_000],
    ['none after five minutes', { kind: 'retry', afterMs: 5_000, counts: false }, 296_000, null],
    ['none when the delay is long', retry(120_000), 0, null],
    ['a pause of a look-up, which gets further each time', lookingUp, 60_000, 500],
    ['none when a look-up takes longer than five minutes', lookingUp, 300_000, null],
    ['a pause when HubSpot fails again', outage, 0, 4_000],
    ['a pause that doubles', outage, 12_000, 16_000],
    ['none when HubSpot has failed for half a minute', outage, 28_000, null],
    ['none when a limit lasts', limited, 0, null],
    ['none when a person has to connect again', reauthorize, 0, null],
    ['none when HubSpot rejects the content', rejected, 0, null],
  ])('%s', (_case, failure, waitedMs, expected) => {
    expect(retryInBulk(failure, waitedMs, 1)).toBe(expected);
  });
});

test.each<[string, StepFailure, Partial<BulkBlock> | null]>([
  ['a retried failure concerns one meeting', retry(120_000), null],
  ['a rejected meeting stops no other', rejected, null],
  ['a deleted meeting stops no other', deleted, null],
  ['a look-up stops no other', lookingUp, null],
  ['a meeting for which HubSpot fails stops no other', outage, null],
  ['an open circuit stops all', down, { status: 'waiting', ms: 5_000, ofAll: true }],
  [
    'an outage of hours stops all',
    { kind: 'needs_attention', reason: reasons.hubspot_unavailable({ detail: 'it did not answer for hours' }) },
    { status: 'waiting', ms: 60_000, ofAll: true },
  ],
  ['a limit of the account stops all', limited, { status: 'waiting', ms: 3_600_000, ofAll: true }],
  ['a lost connection stops all', reauthorize, { status: 'needs_attention', ms: 60_000, ofAll: true }],
  ['a missing scope may stop only some', scope, { status: 'needs_attention', ms: 60_000, ofAll: false }],
])('%s', (_case, failure, expected) => {
  const block = blockOf(failure);
  if (expected === null) expect(block).toBeNull();
  else expect(block).toMatchObject(expected);
});

test.each<[string, readonly StepFailure[], string | undefined]>([
  ['what a person ends, before the daily limit', [limited, reauthorize], 'not_connected'],
  ['what a person ends, if it comes first', [reauthorize, limited], 'not_connected'],
  ['the daily limit, before an outage', [down, limited], 'daily_limit'],
  ['what concerns all, before what may concern some', [scope, down], 'hubspot_down'],
  ['the first of equals', [down, { ...down, reason: reasons.rate_limited({ until }) }], 'hubspot_down'],
  ['a cause, before none', [rejected, down, rejected], 'hubspot_down'],
  ['nothing, if no cause concerns others', [rejected, lookingUp], undefined],
])('meetings of the account show %s', (_case, failures, expected) => {
  expect(failures.map(blockOf).reduce(graverBlock, null)?.reason.code).toBe(expected);
});

const handedOver = (failure: StepFailure) => new HandedOverError(failure);
const taken = ApplicationFailure.nonRetryable('another pass has this meeting');

test.each<[string, readonly unknown[], boolean, Partial<PassEnd>]>([
  ['was cancelled waits for another', [new CancelledFailure('shutdown')], true, { next: 'bulk', ended: false }],
  ['lost its claim leaves the meeting alone', [handedOver(rejected), taken], true, { next: 'nothing', ended: false }],
  [
    'HubSpot rejected goes over, and the account was reached',
    [handedOver(rejected)],
    false,
    { next: 'workflow', ended: true, reached: true },
  ],
  [
    'failed for half a minute goes over, and says nothing about the account',
    [handedOver(outage)],
    false,
    { next: 'workflow', ended: true, reached: false },
  ],
  [
    'failed for the account waits, regardless of what else failed',
    [handedOver(rejected), new CancelledFailure('shutdown'), handedOver(limited)],
    true,
    { next: 'bulk', ended: false, block: blockOf(limited) },
  ],
  ['lacks a permission waits, if none reached HubSpot', [handedOver(scope)], false, { next: 'bulk', ended: false }],
  [
    'lacks a permission goes over, if others reached HubSpot',
    [handedOver(scope)],
    true,
    { next: 'workflow', block: null },
  ],
])('a pass that %s', (_case, errors, isReached, expected) => {
  expect(endAfter(errors, isReached)).toMatchObject(expected);
});

test('an unknown error ends the bulk activity', () => {
  const error = new TypeError('x');
  expect(() => endAfter([handedOver(rejected), error], true)).toThrow(error);
});

test.each([
  ['all at first', 0, {}, AT_ONCE],
  ['as many as there is room for beside slow ones', AT_ONCE - 15, {}, 15],
  ['none without room', AT_ONCE, {}, 0],
  ['fewer beside live meetings', 0, { live: true }, AT_ONCE_BESIDE_LIVE],
  ['none when live meetings begin', AT_ONCE, { live: true }, 0],
  ['one after HubSpot could not be reached', 0, { careful: true }, 1],
  ['no second one before the first has passed', 1, { careful: true }, 0],
])('claims %s', (_case, running, state, expected) => {
  expect(claimable(running, { careful: false, live: false, ...state })).toBe(expected);
});
