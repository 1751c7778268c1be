import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { ActivityFailure, RetryState } from '@temporalio/common';
import { temporalFailure } from '../../src/activities/interceptors/failures';
import { classifyError } from '../../src/activities/interceptors/retry-policy';
import { classifyCall, type FailedCall } from '../../src/hubspot/client/classify-call';
import { HubSpotError } from '../../src/hubspot/client/errors';
import type { FailureKind } from '../../src/meeting/failure-kinds';
import { reasons } from '../../src/meeting/reasons';
import type { ReasonCode, SyncStatus } from '../../src/meeting/status';
import { FAILURE_TYPE } from '../../src/temporal/failures';
import { Pauses } from '../../src/workflows/pauses';
import { readStepFailure } from '../../src/workflows/step-failure';

const NOW = Date.parse('2026-11-03T10:00:00Z');

const answer = (status: number, body: unknown = null, retryAfter: string | null = null): FailedCall => ({
  status,
  body,
  retryAfter,
});
const refresh = (status: number, body: unknown): FailedCall => ({ ...answer(status, body), grant: true });

/** How a meeting's status and reason come from a failed call, after so many failures of the same step. */
function chain(call: FailedCall, failures: number): Chain {
  const error = new HubSpotError('POST /x', call);
  const step = classifyError(error, { failures, timeScale: 1, reference: 'ref', now: NOW, random: () => 0.5 });
  const sent = temporalFailure(step, error.message);
  const read = readStepFailure(new ActivityFailure('failed', 'writeSummary', '1', RetryState.IN_PROGRESS, 'w', sent));
  const shown = read?.status === 'waiting' ? new Pauses(1).next(read.wait, NOW) : read;
  return [classifyCall(call).kind, step.kind, sent.type, shown?.status ?? null, shown?.reason.code ?? null];
}

/** HubSpot's failure, the step's, Temporal's type, and what the meeting shows. Null: it keeps its status. */
type Chain = [FailureKind, FailureKind, string | null | undefined, SyncStatus | null, ReasonCode | null];

const RETRIED: Chain = ['retry', 'retry', 'SyncRetry', null, null];
const DOWN: Chain = ['retry', 'wait', 'SyncWait', 'waiting', 'hubspot_down'];
const GIVEN_UP: Chain = ['retry', 'needs_attention', 'SyncParked', 'needs_attention', 'hubspot_unavailable'];
const WAITS_BRIEFLY: Chain = ['wait', 'retry', 'SyncRetry', null, null];
const RECONNECT: Chain = ['reauthorize', 'reauthorize', 'SyncParked', 'needs_attention', 'reauthorize'];
const REJECTED: Chain = ['rejected', 'rejected', 'SyncParked', 'needs_attention', 'hubspot_rejected'];
const needsAttention = (code: ReasonCode): Chain => [
  'needs_attention',
  'needs_attention',
  'SyncParked',
  'needs_attention',
  code,
];

test.each<[string, FailedCall, number, Chain]>([
  ['no connection', { noAnswer: 'not_sent' }, 0, RETRIED],
  ['no connection, again', { noAnswer: 'not_sent' }, 1, DOWN],
  ['a cut answer, again', { noAnswer: 'broken' }, 1, DOWN],
  ['401 with a fresh token', answer(401), 0, RETRIED],
  ['401 with a fresh token, the 15th time', answer(401), 14, GIVEN_UP],
  ['408', answer(408), 1, RETRIED],
  ['423, the 15th time', answer(423), 14, GIVEN_UP],
  ['500', answer(500), 0, RETRIED],
  ['502 with HTML, again', answer(502, '<html></html>'), 1, DOWN],
  ['200 with cut JSON', answer(200, '{"results":['), 0, RETRIED],
  ['403 with HTML, again', answer(403, '<html></html>'), 1, DOWN],
  ['404 with HTML, again', answer(404, '<html></html>'), 1, DOWN],
  ['429', answer(429, { policyName: 'TEN_SECONDLY_ROLLING' }), 0, WAITS_BRIEFLY],
  ['429 of a day', answer(429, { policyName: 'DAILY' }), 0, WAITS_BRIEFLY],
  [
    '429 of a day with its end',
    answer(429, { policyName: 'DAILY' }, '3600'),
    0,
    ['wait', 'wait', 'SyncWait', 'waiting', 'daily_limit'],
  ],
  ['429 with a long delay', answer(429, {}, '120'), 0, ['wait', 'wait', 'SyncWait', 'waiting', 'rate_limited']],
  ['477', answer(477), 0, ['wait', 'wait', 'SyncWait', 'waiting', 'hubspot_down']],
  ['488', answer(488, { correctHublet: 'eu1' }), 0, RECONNECT],
  ['a refused refresh token', refresh(400, { error: 'invalid_grant' }), 0, RECONNECT],
  ['a token endpoint that fails again', refresh(500, null), 1, DOWN],
  ['refused app credentials', refresh(401, { error: 'invalid_client' }), 0, needsAttention('app_misconfigured')],
  ['403', answer(403, { category: 'MISSING_SCOPES' }), 0, needsAttention('missing_scope')],
  [
    '403 of the limit of contacts',
    answer(403, { message: 'This account has reached its limit of contacts.' }),
    0,
    needsAttention('contact_limit'),
  ],
  ['400', answer(400, { message: 'Deal amount is required' }), 0, REJECTED],
  ['404', answer(404), 0, REJECTED],
  ['409', answer(409), 0, REJECTED],
  ['422', answer(422), 0, REJECTED],
])('%s', (_, call, failures, expected) => {
  expect(chain(call, failures)).toEqual(expected);
});

test('docs/architecture.md lists the kinds of failure, with reason codes that exist', () => {
  const document = readFileSync(path.resolve(__dirname, '../../docs/architecture.md'), 'utf8');
  const [, section = ''] = /## Failures, from a status to a reason\n([^]*?)\n## /.exec(document) ?? [];
  const rows = [...section.matchAll(/^\| `(\w+)` .*$/gm)];
  expect(rows.map(([, kind]) => kind)).toEqual(Object.keys(FAILURE_TYPE));
  const drawn = section.slice(section.indexOf('```mermaid'), section.indexOf('\n```\n'));
  for (const kind of Object.keys(FAILURE_TYPE)) expect(drawn).toMatch(new RegExp(`\\b${kind}\\b`));
  const shown = rows.flatMap(([row]) => [...(row.split('|')[3] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const statuses: SyncStatus[] = ['syncing', 'waiting', 'needs_attention'];
  expect(
    shown.filter((name) => !statuses.some((each) => each === name) && !Object.hasOwn(reasons, name ?? '')),
  ).toEqual([]);
});
