import { expect, test } from '@jest/globals';
import { percentile, timesBetter } from '../../bench/figures';
import { billableActions } from '../../bench/measure/temporal';
import { benchOptions, SCENARIOS } from '../../bench/options';
import { figuresTable } from '../../bench/report';

test.each([
  [[3, 1, 2], 0.5, 2],
  [[3, 1, 2], 0.95, 3],
  [[1, 2, 3, 4], 0.5, 2],
  [[], 0.5, Number.NaN],
])('percentile of %j at %d', (values, share, expected) => {
  expect(percentile(values, share)).toBe(expected);
});

test('a rate is compared with the naive way one way round, a cost the other', () => {
  const figure = { id: 'f', name: 'F', unit: 'u', value: 20, naive: 5 };
  expect(timesBetter({ ...figure, better: 'more' })).toBe(4);
  expect(timesBetter(figure)).toBe(0.25);
  expect(timesBetter({ id: 'f', name: 'F', unit: 'u', value: 20 })).toBeUndefined();
});

/** Events as Temporal's histories have them, with the given second as their time. */
const at = (seconds: number, attributes: object) => ({ eventTime: { seconds, nanos: 0 }, ...attributes });
const started = at(0, { workflowExecutionStartedEventAttributes: {} });
const signalled = at(0, { workflowExecutionSignaledEventAttributes: {} });
const upserted = (...names: string[]) =>
  at(1, {
    upsertWorkflowSearchAttributesEventAttributes: {
      searchAttributes: { indexedFields: Object.fromEntries(names.map((name) => [name, {}])) },
    },
  });

test.each<[string, object[], number]>([
  ['a start', [started], 1],
  ['a start with a signal', [started, signalled], 1],
  ['a later signal', [started, signalled, signalled], 2],
  ['an activity', [started, at(1, { activityTaskScheduledEventAttributes: {} })], 2],
  ['retries', [started, at(1, { activityTaskStartedEventAttributes: { attempt: 3 } })], 3],
  [
    'heartbeats of an activity of ten seconds',
    [
      started,
      at(1, { eventId: 6, activityTaskStartedEventAttributes: { attempt: 1 } }),
      at(11, { activityTaskCompletedEventAttributes: { startedEventId: 6 } }),
    ],
    4,
  ],
  ['a timer', [started, at(1, { timerStartedEventAttributes: {} })], 2],
  ['search attributes', [started, upserted('SyncStatus', 'SyncReason')], 2],
  ['the attribute for patches', [started, upserted('TemporalChangeVersion')], 1],
  [
    'markers of two workflow tasks',
    [4, 4, 9].map((task) => at(1, { markerRecordedEventAttributes: { workflowTaskCompletedEventId: task } })),
    2,
  ],
])('billable actions: %s', (_, events, expected) => {
  expect(billableActions(events as Parameters<typeof billableActions>[0])).toBe(expected);
});

test('the table has a row for each figure, in columns of one width', () => {
  const table = figuresTable([
    { id: 'a', name: 'Rate', value: 30, unit: 'meetings/s', naive: 0.5, better: 'more', limitUsed: 0.914 },
    { id: 'b', name: 'Calls', value: 0.5, unit: 'calls', naive: 22, limitAllows: 22 },
    { id: 'c', name: 'Beside a backfill', value: 2, unit: 's', comparedWith: { name: 'idle', ratio: 1.5 } },
  ]);
  const [head, rule, ...rows] = table.split('\n');
  expect(new Set([head, rule, ...rows].map((line) => line?.length)).size).toBe(1);
  expect(rule).toMatch(/^(?:\| -+ )+\|$/);
  expect(rows.map((row) => row.split(/ *\| */).slice(1, -1))).toEqual([
    ['Rate', '30.0 meetings/s', '0.50 meetings/s', '60.0', '91 % used'],
    ['Calls', '0.50 calls', '22.0 calls', '44.0', 'allows 22.0 meetings/s'],
    ['Beside a backfill (1.50 × idle)', '2.00 s', '', '', ''],
  ]);
});

test('scenarios are chosen by name, in their order', () => {
  expect(benchOptions({}).scenarios).toEqual(SCENARIOS);
  expect(benchOptions({ BENCH_SCENARIOS: 'storm,alone' }).scenarios).toEqual(['alone', 'storm']);
  expect(() => benchOptions({ BENCH_SCENARIOS: 'fast' })).toThrow('BENCH_SCENARIOS');
  expect(() => benchOptions({ BENCH_MEETINGS: '0' })).toThrow('BENCH_MEETINGS');
});
