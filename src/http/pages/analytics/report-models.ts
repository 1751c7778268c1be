import { t } from '../../../languages/text';
import { recordUrl } from '../../../meeting/hubspot-urls';
import { objectTypeId } from '../../../meeting/object-types';
import type { Cell, Column, ReportRow } from '../../../analytics/report';
import type { ReportDocument } from '../../../analytics/run';
import { analyticsQuery, withoutFilters, type AnalyticsTexts } from './analytics-filters';
import { caseWords, cellText } from './cell-text';
import { chartModel, type BarsModel, type LineModel } from './chart-models';
import { emptyState, type EmptyState } from './empty-states';
import { findingOf } from './findings';
import { OPTION_CHOICES } from './analytics-sections';
import { meetingPath } from '../layout/status-words';

interface CellModel {
  readonly text: string;
  /** A path below PUBLIC_URL. */
  readonly path: string | null;
  readonly hubspotUrl: string | null;
}

/** A report as a page shows it. Chart and table show the same numbers. */
export interface ReportModel {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What the report says, in a sentence; its description when there is nothing to say. */
  readonly finding: string;
  readonly chart: BarsModel | LineModel | null;
  readonly options: readonly {
    readonly words: string;
    readonly values: readonly { readonly words: string; readonly query: string; readonly current: boolean }[];
  }[];
  readonly columns: readonly { readonly label: string; readonly numeric: boolean }[];
  /** `few`: how few cases the averages of the row are based on; null with enough. */
  readonly rows: readonly { readonly few: string | null; readonly cells: readonly CellModel[] }[];
  readonly totals: readonly CellModel[] | null;
  readonly notes: readonly string[];
  /** What the page shows in place of chart and table; null when there is something to show. */
  readonly empty: EmptyState | null;
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
  const drawn = chartModel(document, rows, {
    textOf: (column, row) => cellText(column, row[column.key] ?? null, row),
    pathOf: (column, row) => pathOf(column, row[column.key] ?? null, row, document, context),
  });
  const isEmpty = rows.length === 0 || (chart !== null && drawn === null);
  return {
    name: report,
    title: document.title,
    description: document.description,
    finding: findingOf(document) ?? document.description,
    chart: drawn,
    options: optionsOf(document, context),
    columns: shown.map(({ label, type }) => ({ label, numeric: type !== 'text' && type !== 'date' })),
    rows: rows.map((row) => ({
      few: row.few ? caseWords(document, row) : null,
      cells: shown.map((column) => cellOf(column, row, document, context)),
    })),
    totals:
      document.totals === undefined || rows.length === 0
        ? null
        : shown.map((column) => totalOf(column, document.totals ?? NOTHING, document, context)),
    notes: document.notes,
    empty: isEmpty
      ? emptyState(document, texts, {
          connected: context.account !== null,
          clearPath: context.here(withoutFilters(texts)),
        })
      : null,
    path: `/analytics/${report}${analyticsQuery(texts)}`,
    csvPath: `/analytics/${report}/csv${analyticsQuery(texts)}`,
    more: document.rows.length > rows.length,
  };
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
        words: t(choices.words),
        values: values.map(([value, words]) => ({
          words: t(words),
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
  // The person of a next step need not be the owner of its meeting.
  if (report === 'next-steps-kept') return null;
  if (report === 'score-by-pipeline' && column === 'pipeline') return { pipeline: key };
  if (column === 'industry' || column === 'lifecycleStage' || column === 'jobTitle') return { [column]: key };
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
