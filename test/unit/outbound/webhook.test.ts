import { expect, test } from '@jest/globals';
import type { PostOutcome } from '../../../src/outbound/outbound-http';
import { attemptOf } from '../../../src/outbound/webhook';

const NOW = new Date('2026-11-06T10:00:00Z');
const answered = (status: number, retryAfter: string | null = null): PostOutcome => ({
  outcome: 'failed',
  cause: 'http_status',
  status,
  retryAfter,
  body: 'no',
  ms: 1,
});

test.each([
  [answered(500), 'refused', 0],
  [answered(404), 'refused', 0],
  [answered(302), 'redirect', undefined],
  [answered(410), 'gone', undefined],
  [answered(429, '120'), 'refused', 120_000],
  [answered(503, 'Fri, 06 Nov 2026 10:01:00 GMT'), 'refused', 60_000],
  [answered(503, 'Fri, 06 Nov 2026 09:00:00 GMT'), 'refused', 0],
  [answered(503, 'soon'), 'refused', 0],
])('%j is %s, with a wait of %j ms', (outcome, error, retryAfterMs) => {
  expect(attemptOf(outcome, NOW)).toMatchObject({ error, answer: 'no' });
  expect(attemptOf(outcome, NOW).retryAfterMs).toBe(retryAfterMs);
});

test('of an answer, only the beginning is kept, and nothing that PostgreSQL cannot store', () => {
  const { answer } = attemptOf({ outcome: 'delivered', status: 200, body: `a\0b${'c'.repeat(600)}`, ms: 1 });
  expect([answer?.length, answer?.slice(0, 4)]).toEqual([500, 'a\uFFFDbc']);
});

test('a receiver that takes it, and one that gives no answer', () => {
  expect(attemptOf({ outcome: 'delivered', status: 204, body: '', ms: 1 })).toEqual({
    error: null,
    status: 204,
    answer: '',
  });
  const unreachable = { outcome: 'failed', cause: 'refused_address', detail: 'It is private.', ms: 1 } as const;
  expect(attemptOf(unreachable)).toEqual({ error: 'address_not_allowed', status: null, answer: 'It is private.' });
});
