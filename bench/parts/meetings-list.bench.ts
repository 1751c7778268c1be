import { beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { engagementsOf, linksOf } from '../../src/store/meetings/linked-and-written';
import { countByState, listMeetingRows, type MeetingFilters } from '../../src/store/meetings/meeting-lists';
import { countByReason } from '../../src/store/meetings/meeting-reasons';
import { createWorkspace } from '../../src/store/access/workspaces';
import { useDatabase } from '../../test/support/use-database';
import { makeUpMeetings } from './made-up-meetings';

const MEETINGS = 50_000;
const PAGE = 25;

const { db } = useDatabase();
let workspaceId: string;
beforeAll(async () => {
  ({ workspaceId } = await createWorkspace(db, 'Bench'));
  const startedAt = performance.now();
  await makeUpMeetings(db, workspaceId, MEETINGS);
  console.log(`${MEETINGS} meetings made up in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
}, 300_000);

const FILTERS: [string, MeetingFilters][] = [
  ['none', {}],
  ['status, most have it', { status: 'synced' }],
  ['status, few have it', { status: 'needs_attention' }],
  ['status, none has it', { status: 'accepted' }],
  ['reason', { reason: 'hubspot_rejected' }],
  ['reason, a tenth', { reason: 'no_crm_match' }],
  ['dates, a month', { from: daysAgo(60), before: daysAgo(30) }],
  ['dates, before all', { before: daysAgo(10_000) }],
  ['record', { record: { objectType: 'deals', id: '123' } }],
  ['search, one meeting', { search: 'made-up-31415' }],
  ['search, ten meetings', { search: 'person4242@' }],
  ['search, a quarter', { search: 'renewal' }],
  ['search, two words', { search: 'northwind number' }],
  ['search, all', { search: 'northwind' }],
  ['search, two letters', { search: 'zz' }],
  ['search, no match', { search: 'nomatchatall' }],
  ['search and status', { search: 'renewal', status: 'needs_attention' }],
  [
    'everything',
    {
      search: 'person',
      status: 'synced',
      from: daysAgo(300),
      before: daysAgo(1),
      record: { objectType: 'deals', id: '123' },
    },
  ],
];

/** Measures one page of the list and the counts next to it. Prints the median of five runs, in milliseconds. */
test('the list', async () => {
  await measure(FILTERS);
}, 300_000);

/** Measures the counts by reason, which the page shows too. */
test('the reasons', async () => {
  const time = await median(() => countByReason(db, workspaceId));
  console.log(`counts by reason ${ms(time)}`);
  expect((await countByReason(db, workspaceId)).length).toBeGreaterThan(0);
});

/** From the newest to the oldest and back, 25 at a time. */
test('paging through all of them', async () => {
  const startedAt = performance.now();
  let cursor: string | undefined;
  let pages = 0;
  let slowest = 0;
  do {
    const before = performance.now();
    const page = await listMeetingRows(db, workspaceId, {}, { cursor, limit: PAGE });
    slowest = Math.max(slowest, performance.now() - before);
    pages += 1;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  console.log(
    `${pages} pages in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s, the slowest in ${ms(slowest)} ms`,
  );
  expect(pages).toBe(MEETINGS / PAGE);
}, 300_000);

/** Measures searches on a PostgreSQL without pg_trgm. */
test('the list without the index for searches', async () => {
  await sql`drop index meeting_listings_search`.execute(db);
  await measure(FILTERS.filter(([, filters]) => filters.search !== undefined));
}, 300_000);

async function measure(filtersByName: typeof FILTERS): Promise<void> {
  const lines: string[] = [];
  for (const [name, filters] of filtersByName) {
    const list = () => listMeetingRows(db, workspaceId, filters, { limit: PAGE });
    // oxlint-disable-next-line no-await-in-loop -- measured one by one
    const [rows, counts] = [await median(list), await median(() => countByState(db, workspaceId, filters))];
    // oxlint-disable-next-line no-await-in-loop -- as above
    const ids = (await list()).meetings.map((row) => row.meeting_id);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const beside = await median(() =>
      Promise.all([linksOf(db, workspaceId, ids), engagementsOf(db, workspaceId, ids)]),
    );
    lines.push(`${name.padEnd(24)} list ${ms(rows)}  counts ${ms(counts)}  links and activities ${ms(beside)}`);
  }
  console.log(lines.join('\n'));
  expect(lines).toHaveLength(filtersByName.length);
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 24 * 3_600_000);
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const startedAt = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- measured one by one
    await work();
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[2] ?? 0;
}

function ms(value: number): string {
  return value.toFixed(1).padStart(6);
}
