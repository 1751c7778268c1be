import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { WorkCounts } from '../../../src/store/jobs/work-counts';
import { createMetrics } from '../../../src/telemetry/metrics';
import { WORK_COUNTS } from '../../support/work-counts';

const OURS = /^(?:meeting|meetings|hubspot|http|security|sync|reconciliation|reconciliations|backfill|backfills)_/;

async function textOf(countWork: () => Promise<WorkCounts>): Promise<string> {
  return (await createMetrics(countWork).text()).text;
}
const namesIn = (text: string) =>
  [...text.matchAll(/^# TYPE (?<name>\S+)/gm)]
    .map(({ groups }) => groups?.['name'] ?? '')
    .filter((name) => OURS.test(name));

test('docs/monitoring.md lists every metric and no other', async () => {
  const rows = readFileSync(join(__dirname, '../../../docs/monitoring.md'), 'utf8').matchAll(
    /^\| `(?<name>[a-z_]+)` /gm,
  );
  const served = namesIn(await textOf(() => Promise.resolve(WORK_COUNTS)));
  const documented = [...rows].map(({ groups }) => groups?.['name'] ?? '').filter((name) => OURS.test(name));
  expect(documented.toSorted()).toEqual(served.toSorted());
});

test('gauges show the counts of the database, and 0 for a status without meetings', async () => {
  const text = await textOf(() => Promise.resolve(WORK_COUNTS));
  for (const line of [
    'meetings_parked{reason="not_connected"} 2',
    'meetings_waiting{reason="daily_limit"} 3',
    'meetings_unfinished{status="accepted"} 0',
    'meetings_unfinished{status="syncing"} 4',
    'meetings_oldest_unfinished_seconds{status="syncing"} 5',
    'meetings_unstarted 6',
    'meetings_oldest_unstarted_seconds 7',
    'meetings_due_in_bulk 60',
    'meetings_oldest_due_in_bulk_seconds 70',
    'hubspot_connections{state="connected"} 8',
    'hubspot_budgets_closed{budget="requests",limit="day"} 9',
    'hubspot_inbox_events 10',
    'hubspot_inbox_oldest_seconds 11',
    'sync_workers_alive 12',
    'reconciliations_running 13',
    'reconciliation_oldest_running_seconds 14',
    'reconciliation_stalest_seconds 15',
    'backfills_running 16',
    'backfill_oldest_running_seconds 17',
    'requeues_running 19',
    'requeue_oldest_running_seconds 20',
    'requeue_meetings_requested 21',
    'backfill_lines_left 18',
  ])
    expect(text.split('\n')).toContain(line);
});

test('a failing or hanging database does not block the other metrics, and is queried once', async () => {
  const failing = await textOf(() => Promise.reject(new Error('away')));
  let asked = 0;
  const hanging = createMetrics(() => {
    asked += 1;
    return new Promise(() => undefined);
  });
  const [first, second] = await Promise.all([hanging.text(), hanging.text()]);
  expect(asked).toBe(1);
  for (const text of [failing, first.text, second.text]) {
    expect(text).toContain('meetings_without_run_total 0');
    expect(text).toContain('security_events_total{kind="webhook_with_query"} 0');
    expect(text).not.toContain('meetings_unstarted');
  }
});

test('events are counted', async () => {
  const metrics = createMetrics(() => Promise.resolve(WORK_COUNTS));
  metrics.onTimeline({ seconds: 4, background: false });
  metrics.withoutRun();
  metrics.circuit('opened');
  metrics.circuit('opened');
  metrics.circuit('closed');
  metrics.webhook('refused');
  const { text } = await metrics.text();
  for (const line of [
    'meeting_time_to_timeline_seconds_bucket{le="2.5",background="false"} 0',
    'meeting_time_to_timeline_seconds_bucket{le="5",background="false"} 1',
    'meetings_without_run_total 1',
    'hubspot_circuits_open 1',
    'hubspot_webhooks_total{outcome="refused"} 1',
    'hubspot_webhooks_total{outcome="taken"} 0',
  ])
    expect(text.split('\n')).toContain(line);
});
