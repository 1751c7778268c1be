import { expect, test } from '@jest/globals';
import { reasons } from '../../../src/meeting/reasons';
import { Pauses, summaryOf } from '../../../src/workflows/pauses';

const NOW = Date.parse('2026-11-03T10:00:00Z');
const outage = { reason: reasons.hubspot_down({ until: null }), ms: 0, outage: { detail: '502' } };
const limit = { reason: reasons.daily_limit({ until: null }), ms: 3_600_000 };

test('an outage pauses longer each time, then needs attention, and then starts over', () => {
  const pauses = new Pauses(1);
  const waits = Array.from({ length: 12 }, () => pauses.next(outage, NOW));
  expect(waits.map((pause) => (pause.status === 'waiting' ? pause.ms / 1_000 : null))).toEqual([
    4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60,
  ]);
  expect(pauses.next(outage, NOW)).toMatchObject({
    status: 'needs_attention',
    reason: { code: 'hubspot_unavailable' },
  });
  expect(pauses.next(outage, NOW)).toMatchObject({ status: 'waiting', ms: 4_000 });
});

test("HubSpot's Retry-After is the shortest pause, and the reason names its end", () => {
  const pause = new Pauses(1).next({ ...outage, ms: 90_000 }, NOW);
  expect(pause).toMatchObject({ ms: 90_000, reason: { code: 'hubspot_down' } });
  expect(pause.reason.message).toContain('2026-11-03 10:02 UTC');
});

test('the time scale shortens the pauses of an outage but not of a limit', () => {
  expect(new Pauses(0.01).next(outage, NOW)).toMatchObject({ ms: 40 });
  expect(new Pauses(0.01).next(limit, NOW)).toEqual({ status: 'waiting', ...limit });
});

test('a complete pass ends the outage, a limit does not', () => {
  const pauses = new Pauses(1);
  pauses.next(outage, NOW);
  pauses.next(limit, NOW);
  expect(pauses.next(outage, NOW)).toMatchObject({ ms: 8_000 });
  pauses.reset();
  expect(pauses.next(outage, NOW)).toMatchObject({ ms: 4_000 });
});

test.each([
  ['ASCII', 'x'.repeat(1_000)],
  ['umlauts', 'ü'.repeat(1_000)],
  ['emoji', '😀'.repeat(500)],
])('a timer summary has at most 400 bytes: %s', (_, rule) => {
  const summary = summaryOf(reasons.hubspot_rejected({ rule }));
  expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(400);
  expect(summary.endsWith('…')).toBe(true);
  expect(summary.isWellFormed()).toBe(true);
});
