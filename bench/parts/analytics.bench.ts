import { beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { processedMeetingSchema } from '../../src/meeting/intake/schema';
import { reports } from '../../src/analytics/reports';
import { meetingsBehind, runReport, type ReportQuery } from '../../src/analytics/run';
import { acceptMeeting, saveProgress } from '../../src/store/meetings/meetings';
import { createWorkspace } from '../../src/store/access/workspaces';
import { useDatabase } from '../../test/support/use-database';
import { makeUpSales } from './made-up-sales';

const MEETINGS = 50_000;
const DEALS = 20_000;
const RUNS = 7;

const { db } = useDatabase();
let workspaceId: string;
beforeAll(async () => {
  ({ workspaceId } = await createWorkspace(db, 'Bench'));
  const startedAt = performance.now();
  await makeUpSales(db, { workspaceId, portalId: 4_815_162, meetings: MEETINGS, deals: DEALS });
  console.log(
    `${MEETINGS} meetings and ${DEALS} deals made up in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`,
  );
}, 600_000);

const QUERIES: [string, ReportQuery][] = [
  ['all', { filters: {}, options: {} }],
  ['by stage', { filters: {}, options: { by: 'stage', interval: 'month' } }],
  ['a pipeline', { filters: { pipeline: 'p1' }, options: {} }],
  [
    'a quarter of one owner',
    { filters: { from: daysAgo(120), to: daysAgo(30), owner: 'host7@northwind.example' }, options: {} },
  ],
  ['a company', { filters: { company: '1234' }, options: {} }],
];

/** Measures each report. Prints the median and the maximum of seven runs, in milliseconds. */
test.each(QUERIES)(
  'the reports: %s',
  async (name, query) => {
    const lines: string[] = [];
    for (const report of reports) {
      // oxlint-disable-next-line no-await-in-loop -- measured one by one
      const [middle, slowest] = await timesOf(() => runReport(db, workspaceId, report, query));
      lines.push(`${report.name.padEnd(20)} ${ms(middle)} ${ms(slowest)}`);
    }
    console.log(`${name}\n${lines.join('\n')}`);
    expect(lines).toHaveLength(reports.length);
  },
  300_000,
);

/** Measures the list of the meetings behind each report's total. */
test('the meetings behind a number', async () => {
  const lines: string[] = [];
  for (const report of reports) {
    const number = { key: null, column: 'meetings', offset: 0, limit: 50 };
    // oxlint-disable-next-line no-await-in-loop -- measured one by one
    const [middle, slowest] = await timesOf(() =>
      meetingsBehind(db, workspaceId, report, { filters: {}, options: {} }, number),
    );
    lines.push(`${report.name.padEnd(20)} ${ms(middle)} ${ms(slowest)}`);
  }
  console.log(lines.join('\n'));
  expect(lines).toHaveLength(reports.length);
}, 300_000);

/**
 * Measures the cost of the triggers that maintain facts and listings, for a post and for a change of status. Prints the
 * median of 1,000 statements with and without them, in milliseconds.
 */
test('the triggers', async () => {
  const lines: string[] = [];
  for (const [name, which] of [
    ['both', ''],
    ['without facts', 'meetings_facts'],
    ['without any', 'user'],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- measured one by one
    if (which !== '') await sql`alter table meetings disable trigger ${sql.raw(which)}`.execute(db);
    const prefix = `trigger-${name.replaceAll(' ', '-')}`;
    const figures = {
      post: (meetingId: string) => acceptMeeting(db, { workspaceId, meeting: made(meetingId, 'Posted') }),
      change: (meetingId: string) => acceptMeeting(db, { workspaceId, meeting: made(meetingId, 'Changed') }),
      status: (meetingId: string) => saveProgress(db, { workspaceId, meetingId }, { status: 'synced', reason: null }),
    };
    for (const [what, work] of Object.entries(figures)) {
      const times: number[] = [];
      for (let index = 0; index < 1_000; index += 1) {
        const startedAt = performance.now();
        // oxlint-disable-next-line no-await-in-loop -- measured one by one
        await work(`${prefix}-${index}`);
        times.push(performance.now() - startedAt);
      }
      lines.push(`${name.padEnd(15)} ${what.padEnd(8)} ${ms(times.toSorted((a, b) => a - b)[500] ?? 0)}`);
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sql`alter table meetings enable trigger user`.execute(db);
  }
  console.log(lines.join('\n'));
  expect(lines).toHaveLength(9);
}, 300_000);

/** A typical meeting: 5 topics, 3 next steps, 4 Smart Categories. */
function made(meetingId: string, title: string) {
  const some = <Value>(count: number, value: (index: number) => Value) =>
    Array.from({ length: count }, (_, index) => value(index));
  return processedMeetingSchema.parse({
    meetingId,
    title,
    startedAt: '2026-11-03T10:00:00Z',
    endedAt: '2026-11-03T11:00:00Z',
    recordingUrl: 'https://app.northwind.example/meetings/1',
    host: { email: 'host1@northwind.example', name: 'Host 1' },
    participants: some(6, (index) => ({ email: `person${index}@acme.example`, name: `Person ${index}` })),
    summary: {
      overview: 'They discussed it. '.repeat(100),
      aiScore: { value: 71, max: 100 },
      topics: some(5, (index) => ({ title: `Topic ${index} of ${title}`, detail: 'They discussed it. '.repeat(10) })),
      nextSteps: some(3, (index) => ({ text: `Do ${index}`, owner: 'Host 1', dueDate: '2026-11-20' })),
    },
    smartCategories: some(4, (index) => ({
      name: `Category ${index}`,
      items: some(5, () => ({ kind: 'note' as const, text: 'They discussed it. '.repeat(5) })),
    })),
  });
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 24 * 3_600_000).toISOString().slice(0, 10);
}

async function timesOf(work: () => Promise<unknown>): Promise<[number, number]> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const startedAt = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- measured one by one
    await work();
    times.push(performance.now() - startedAt);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return [sorted[Math.floor(RUNS / 2)] ?? 0, sorted.at(-1) ?? 0];
}

function ms(value: number): string {
  return value.toFixed(1).padStart(7);
}
