import { recordUrl } from '../../../meeting/hubspot-urls';
import { objectTypeId } from '../../../meeting/object-types';
import type { Cell, Column, ReportRow } from '../../../analytics/report';
import type { ReportDocument } from '../../../analytics/run';
import { analyticsQuery, isFiltered, type AnalyticsTexts } from './analytics-filters';
import { OPTION_CHOICES } from './analytics-sections';
import { meetingPath } from '../layout/status-words';

/** A cell, for people and for charts. */
interface CellModel {
  readonly text: string;
  /** A path below PUBLIC_URL. */
  readonly path: string | null;
  readonly hubspotUrl: string | null;
  /** Null for texts and for unknown values. */
  readonly value: number | null;
}

/** A report as a page shows it. The chart is drawn from the table. */
export interface ReportModel {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly chart: {
    readonly kind: 'line' | 'bars' | 'stacked';
    /** Indexes of the columns in the table. */
    readonly label: number;
    readonly values: readonly number[];
    /**
     * Index of the column with the number of cases behind a row, which the chart shows with the row's name; -1 for
     * none.
     */
    readonly cases: number;
    /** Whether the axis ends at 100, because the values are percentages. */
    readonly percent: boolean;
  } | null;
  readonly options: readonly {
    readonly words: string;
    readonly values: readonly { readonly words: string; readonly query: string; readonly current: boolean }[];
  }[];
  readonly columns: readonly { readonly label: string; readonly numeric: boolean }[];
  readonly rows: readonly { readonly few: boolean; readonly cells: readonly CellModel[] }[];
  readonly totals: readonly CellModel[] | null;
  readonly notes: readonly string[];
  /** What the page shows in place of the table when there are no rows. */
  readonly empty: string;
  /** Path of the report's own page, with the same filters. */
  readonly path: string;
  readonly csvPath: string;
  /** Whether its own page shows more rows than these. */
  readonly more: boolean;
}

/** The context in which a page shows a report. */
export interface ReportContext {
  readonly texts: AnalyticsTexts;
  /** The connected account, for links to its records. */
  readonly account: { readonly portalId: number; readonly uiDomain: string } | null;
  /** The most rows to show. */
  readonly rows: number;
  /** The path for the links of the options. */
  readonly here: (texts: AnalyticsTexts) => string;
}

/**
 * The model of a report's table and chart. Shows the first rows of `context.rows`; a line chart shows every period.
 */
export function reportModel(document: ReportDocument, context: ReportContext): ReportModel {
  const { columns, chart, report } = document;
  const { texts } = context;
  // A line chart needs every period.
  const rows = chart?.kind === 'line' ? document.rows : document.rows.slice(0, context.rows);
  // The currency is shown with each amount, and a next step has exactly one meeting: neither needs a column.
  const shown = columns.filter(({ key }) => key !== 'currency' && !(report === 'next-steps' && key === 'meetings'));
  const place = (key: string) => shown.findIndex((column) => column.key === key);
  return {
    name: report,
    title: document.title,
    description: document.description,
    chart:
      chart === null || rows.length === 0
        ? null
        : {
            kind: chart.kind,
            label: place(chart.label),
            values: (chart.values ?? groupsOf(shown)).map(place),
            cases: place(CASES.find((key) => place(key) !== -1) ?? ''),
            percent: chart.kind !== 'stacked' && shown[place(chart.values?.[0] ?? '')]?.type === 'percent',
          },
    options: optionsOf(document, context),
    columns: shown.map(({ label, type }) => ({ label, numeric: type !== 'text' && type !== 'date' })),
    rows: rows.map((row) => ({
      few: row.few,
      cells: shown.map((column) => cellOf(column, row, document, context)),
    })),
    totals:
      document.totals === undefined || rows.length === 0
        ? null
        : shown.map((column) => totalOf(column, document.totals ?? NOTHING, document, context)),
    notes: document.notes,
    empty: isFiltered(texts) ? 'No data for these filters.' : 'No data yet.',
    path: `/analytics/${report}${analyticsQuery(texts)}`,
    csvPath: `/analytics/${report}/csv${analyticsQuery(texts)}`,
    more: document.rows.length > rows.length,
  };
}

/** Columns that count the cases behind an average or a share. The first of them that a report has is the closest. */
const CASES = ['scored', 'deals', 'meetings'];

/** The columns with the meetings of each group. The row's own count is excluded, because they are parts of it. */
function groupsOf(columns: readonly Column[]): string[] {
  return columns.filter(({ key, meetings }) => meetings === true && key !== 'meetings').map(({ key }) => key);
}

function optionsOf({ filters }: ReportDocument, { texts, here }: ReportContext): ReportModel['options'] {
  return (['interval', 'by', 'due', 'days'] as const).flatMap((name) => {
    const choices = OPTION_CHOICES[name];
    const current = filters[name];
    if (choices === undefined || current === undefined) return [];
    const values = choices.values.some(([value]) => value === String(current))
      ? choices.values
      : [...choices.values, [String(current), String(current)] as const];
    return [
      {
        words: choices.words,
        values: values.map(([value, words]) => ({
          words,
          query: here({ ...texts, [name]: value }),
          current: value === String(current),
        })),
      },
    ];
  });
}

function cellOf(column: Column, row: ReportRow, document: ReportDocument, context: ReportContext): CellModel {
  const cell = row[column.key] ?? null;
  return {
    text: cellText(column, cell, row),
    path: pathOf(column, cell, row, document, context),
    hubspotUrl: column.key === document.columns[0]?.key ? hubspotUrlOf(row, context) : null,
    value: typeof cell === 'number' ? cell : null,
  };
}

const NOTHING: ReportRow = { key: '', few: false };

/** A column without a total gets an empty cell: no value is missing there. */
function totalOf(column: Column, totals: ReportRow, document: ReportDocument, context: ReportContext): CellModel {
  const cell = cellOf(column, totals, document, context);
  const total = totals[column.key];
  return total === undefined || (total === null && column.type === 'text') ? { ...cell, text: '' } : cell;
}

/**
 * A number links to its meetings, a meeting to its page, and an owner or a group of deals to the report with that
 * filter.
 */
function pathOf(
  column: Column,
  cell: Cell,
  row: ReportRow,
  { report }: ReportDocument,
  { texts }: ReportContext,
): string | null {
  if (column.meetings === true || column.behind === true) {
    if (typeof cell !== 'number' || (cell === 0 && column.type !== 'percent')) return null;
    const key = row.key === '' ? undefined : row.key;
    return `/analytics/${report}/meetings${analyticsQuery(texts, { key, column: column.key })}`;
  }
  if (typeof row['meetingId'] === 'string' && (column.key === 'meeting' || column.key === 'step'))
    return meetingPath(row['meetingId']);
  if (row.key === '' || column.type !== 'text') return null;
  const narrowed = narrowedBy(report, column.key, row.key);
  return narrowed === null ? null : `/analytics/${report}${analyticsQuery({ ...texts, ...narrowed })}`;
}

/** The filters for the name of a row. Keys in parentheses belong to rows without an id. */
function narrowedBy(report: string, column: string, key: string): AnalyticsTexts | null {
  if (key.startsWith('(')) return null;
  if (report === 'score-by-owner' && column === 'owner') return { owner: key };
  if (report === 'score-by-pipeline' && column === 'pipeline') return { pipeline: key };
  const [pipeline, stage] = key.split('/');
  if (report === 'score-by-stage' && column === 'stage' && pipeline !== undefined && stage !== undefined)
    return { pipeline, stage };
  return null;
}

function hubspotUrlOf(row: ReportRow, { account }: ReportContext): string | null {
  const { objectType, recordId } = row;
  if (account === null || typeof objectType !== 'string' || typeof recordId !== 'string') return null;
  return recordUrl(account.uiDomain, account.portalId, objectTypeId(objectType), recordId);
}

/** A cell as text; a dash for an unknown value. */
export function cellText({ type }: Pick<Column, 'type'>, cell: Cell, row: Pick<ReportRow, string>): string {
  if (cell === null || cell === '') return '–';
  switch (type) {
    case 'date':
      return typeof cell === 'string' ? dayText(cell) : String(cell);
    case 'percent':
      return typeof cell === 'number' ? `${number(cell, 1)}%` : String(cell);
    case 'money':
      return typeof cell === 'number' ? money(cell, row['currency']) : String(cell);
    case 'number':
    case 'duration':
      return typeof cell === 'number' ? number(cell, 1) : String(cell);
    case 'text':
      return String(cell);
  }
}

function number(value: number, decimals: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: decimals });
}

function money(value: number, currency: Cell | undefined): string {
  const code = typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? currency : null;
  return code === null
    ? number(value, 2)
    : new Intl.NumberFormat('en', { style: 'currency', currency: code, maximumFractionDigits: 0 }).format(value);
}

/** `2026-11-06` as `6 Nov 2026`. A text that is not a day, such as that of the total, stays unchanged. */
function dayText(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(at.getTime())) return day;
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}
