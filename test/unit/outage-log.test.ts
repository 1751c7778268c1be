import { expect, test } from '@jest/globals';
import { ServiceError } from '@temporalio/client';
import pino from 'pino';
import { OutageLog } from '../../src/telemetry/outage-log';

function outageLog() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  const clock = { now: Date.parse('2026-11-03T10:00:00Z') };
  return { lines, clock, outages: new OutageLog(log, () => clock.now) };
}

const grpc = (code: number, details: string) =>
  new ServiceError('Failed to start Workflow', {
    cause: Object.assign(new Error(details), { code, details, metadata: {} }),
  });

test('an outage is logged at once, then once a minute with a count, and when it is over', () => {
  const { lines, clock, outages } = outageLog();
  for (let second = 0; second < 150; second += 1) {
    for (let row = 0; row < 100; row += 1)
      outages.failed(grpc(14, `No connection established (${clock.now})`), 'not taken', { row });
    clock.now += 1_000;
  }
  outages.worked('works again');
  outages.worked('works again');
  expect(lines.map(({ msg, failures, awaySeconds }) => ({ msg, failures, awaySeconds }))).toEqual([
    { msg: 'not taken' },
    { msg: 'not taken', failures: 6_000 },
    { msg: 'not taken', failures: 6_000 },
    { msg: 'works again', awaySeconds: 150 },
  ]);
  expect(lines[0]).toMatchObject({ row: 0, error: expect.stringContaining('No connection established') });
});

test('a refusal is logged with its cause during an outage and next to successful calls', () => {
  const { lines, outages } = outageLog();
  outages.failed(grpc(14, 'away'), 'not taken');
  outages.failed(grpc(3, 'no mapping defined for search attribute MeetingId'), 'not taken', { meetingId: 'm1' });
  outages.worked('works again');
  outages.failed(grpc(3, 'no mapping defined for search attribute MeetingId'), 'not taken', { meetingId: 'm2' });
  outages.failed(new Error('something else'), 'not taken');
  expect(lines.map(({ msg, error }) => [msg, error])).toEqual([
    ['not taken', '14 away'],
    ['not taken', '3 no mapping defined for search attribute MeetingId'],
    ['works again', undefined],
    ['not taken', 'Error: something else'],
  ]);
});
