import { expect } from '@jest/globals';
import type { Kysely } from 'kysely';
import type { Cell, Report, ReportRow } from '../../../../src/analytics/report';
import { reports } from '../../../../src/analytics/reports';
import { meetingsBehind, runReport, type ReportDocument } from '../../../../src/analytics/run';
import type { Database } from '../../../../src/store/schema';
import { expected } from './expected';
import type { ExpectedRow } from './expected-row';
import type { Asked } from './asked';
import { see } from './oracle';
import { readRaw, type Raw } from './raw';

/** Averages. SQL and the oracle may add in another order, so their second decimal may differ. */
const AVERAGES = new Set([
  'score',
  'share',
  'winRate',
  'meetingsPerDeal',
  'peoplePerDeal',
  'daysToClose',
  'medianDaysToClose',
]);

/**
 * Compares the cells and totals of every report with what the oracle computes from the raw tables.
 *
 * @param behind - whether to compare the meetings behind each number too (default: true)
 */
export async function checkReports(
  db: Kysely<Database>,
  asked: Asked,
  { behind = true }: { readonly behind?: boolean } = {},
): Promise<void> {
  const raw = await readRaw(db);
  for (const report of reports) {
    // oxlint-disable-next-line no-await-in-loop -- one report at a time, so that a failure names its report
    const [document, rows] = await checkReport(db, raw, asked, report);
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (behind) for (const row of rows) await checkBehind(db, asked, report, document, row);
  }
}

/** @returns the report, and the expected rows including the totals */
async function checkReport(
  db: Kysely<Database>,
  raw: Raw,
  asked: Asked,
  report: Report,
): Promise<[ReportDocument, readonly ExpectedRow[]]> {
  const { workspaceId, now, filters, options } = asked;
  const document = await runReport(db, workspaceId, report, { filters, options }, now);
  const wanted = expected[report.name]?.(see(raw, asked)) ?? { rows: [], totals: { key: '', cells: {}, behind: {} } };
  const at = { report: report.name, filters, options };
  const found = inOrder(document);
  expect({ ...at, rows: found.map((row) => actual(row)) }).toEqual({
    ...at,
    rows: wanted.rows.map((row) => matching(row)),
  });
  expect({ ...at, totals: actual(document.totals ?? { key: '', few: false }) }).toEqual({
    ...at,
    totals: matching(wanted.totals),
  });
  return [document, [...wanted.rows, wanted.totals]];
}

/** Sorts owners by key: rounding may change the order of owners with nearly equal scores. */
function inOrder({ report, rows }: ReportDocument): readonly ReportRow[] {
  if (report !== 'score-by-owner') return rows;
  const scores = rows.map(({ score }) => (typeof score === 'number' ? score : -1));
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  return rows.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

function actual(row: ReportRow): Record<string, unknown> {
  return { ...row };
}

function matching({ key, cells }: ExpectedRow): Record<string, unknown> {
  const near = ([name, cell]: [string, Cell]) => [
    name,
    AVERAGES.has(name) && typeof cell === 'number' ? expect.closeTo(cell, 1) : cell,
  ];
  return { key, ...Object.fromEntries(Object.entries(cells).map(near)) };
}

async function checkBehind(
  db: Kysely<Database>,
  { workspaceId, now, filters, options }: Asked,
  report: Report,
  { columns, totals }: ReportDocument,
  row: ExpectedRow,
): Promise<void> {
  const total = row.key === '' && totals !== undefined;
  const key = total ? null : row.key;
  for (const { key: column, meetings: counts, behind: leads } of columns) {
    const at = { report: report.name, filters, options, key, column };
    const page = { key, column, offset: 0, limit: 1_000 };
    // oxlint-disable-next-line no-await-in-loop -- as above
    const found = await meetingsBehind(db, workspaceId, report, { filters, options }, page, now);
    const wanted = row.behind[column]
      ?.toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime() || (a.id < b.id ? -1 : 1))
      .map(({ id, title, startedAt, hostName, hostEmail, score }) => ({
        meetingId: id,
        title,
        startedAt: startedAt.toISOString(),
        host: hostName ?? hostEmail,
        score: score === null ? null : expect.closeTo(score, 1),
      }));
    if (wanted === undefined) {
      // A total of records without meetings lists no meetings.
      expect({ ...at, leads: total ? false : (counts ?? leads ?? false), found }).toEqual({
        ...at,
        leads: false,
        found: null,
      });
      continue;
    }
    expect({
      ...at,
      leads: counts ?? leads,
      found: found?.meetings,
    }).toEqual({ ...at, leads: true, found: wanted });
    expect({ ...at, total: found?.total, next: found?.nextOffset }).toEqual({
      ...at,
      total: wanted.length,
      next: null,
    });
    if (counts === true) expect({ ...at, says: row.cells[column] }).toEqual({ ...at, says: wanted.length });
  }
}
