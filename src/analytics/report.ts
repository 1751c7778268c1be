import type { RawBuilder } from 'kysely';
import { message, t } from '../languages/text';
import type { Db } from '../store/database';

/**
 * The unit of a column: `percent` from 0 to 100, `date` as `2026-11-06` in the account's time zone, `duration` in days,
 * `money` in the row's `currency`. Numbers have at most two decimals.
 */
export type ColumnType = 'text' | 'number' | 'percent' | 'date' | 'duration' | 'money';

export interface Column {
  readonly key: string;
  readonly label: string;
  readonly type: ColumnType;
  /** The numbers count meetings, which can be listed (see {@link Report.meetings}). */
  readonly meetings?: true;
  /** The numbers are not counts of meetings but derive from meetings that can be listed: averages, shares, deals. */
  readonly behind?: true;
}

export type Cell = string | number | boolean | null;

/** One row of a report: a cell for each column under the column's key, and values with which a page makes links. */
export interface ReportRow {
  /** Identifies the row in requests for its meetings. Empty for the totals. */
  readonly key: string;
  /** Whether its averages are based on too few cases to say much (see {@link FEW}). */
  readonly few: boolean;
  readonly [cell: string]: Cell;
}

/** The result of a report, without its heading. */
export interface Computed {
  readonly columns: readonly Column[];
  readonly rows: readonly ReportRow[];
  readonly totals?: ReportRow;
  /** Sentences about how it counts, and what to be careful with. */
  readonly notes: readonly string[];
}

/** How a report is drawn. The chart shows columns of the report, and no data that the table does not have. */
export interface ChartSpec {
  /** `bars`: one horizontal bar per row; `stacked`: one horizontal bar per row, made of several columns. */
  readonly kind: 'line' | 'bars' | 'stacked';
  readonly label: string;
  /** Null means all columns that count meetings by group, which depend on the account (topics by stage). */
  readonly values: readonly string[] | null;
}

/** The filters of a report. A meeting has to match all of them. */
export interface AnalyticsFilters {
  /** First and last day of the period in the account's time zone: `2026-11-06`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The host's address, lower case. */
  readonly owner?: string | undefined;
  /** Pipeline and stage of a linked deal. Reports by deal show only such deals. */
  readonly pipeline?: string | undefined;
  readonly stage?: string | undefined;
  /** The id of a linked company. */
  readonly company?: string | undefined;
  /** A linked custom object: `2-123/456`. */
  readonly object?: string | undefined;
  /** The industry of a linked company, as HubSpot's value: `COMPUTER_SOFTWARE`. */
  readonly industry?: string | undefined;
  /** The lifecycle stage of a linked contact, as HubSpot's value: `salesqualifiedlead`. */
  readonly lifecycleStage?: string | undefined;
  /** The job title of a linked contact. Case, accents and spaces do not count. */
  readonly jobTitle?: string | undefined;
}

/** Options of some reports. A report accepts those in its {@link Report.options}. */
export interface ReportOptions {
  readonly interval: 'week' | 'month';
  readonly by: 'outcome' | 'stage';
  readonly days: number;
  readonly due: 'all' | 'overdue' | 'none';
  /** The most rows. */
  readonly limit: number;
}
export type ReportOption = keyof ReportOptions;

/** The context of every query of a report. */
export interface Scope {
  readonly db: Db;
  readonly workspaceId: string;
  /** The account that the workspace is connected to now. With null, no link and no record counts. */
  readonly portalId: number | null;
  /** The account's time zone, or UTC when it is unknown. */
  readonly timeZone: string;
  /** The account's currency, for amounts without one; null when it is unknown. */
  readonly currency: string | null;
  /** The current day in that time zone: `2026-11-24`. */
  readonly today: string;
  readonly now: Date;
  /** Start (inclusive) and end (exclusive) of the period. */
  readonly begins: Date | null;
  readonly ends: Date | null;
  readonly filters: AnalyticsFilters;
  readonly options: ReportOptions;
}

/** Identifies a number of a report by its row (null for the totals) and column. */
export interface NumberOf {
  readonly key: string | null;
  readonly column: string;
}

/** A report. Chart, table, CSV and API all show its result. */
export interface Report {
  readonly name: string;
  /** English, marked with `message`; so is the description. */
  readonly title: string;
  readonly description: string;
  readonly options: readonly ReportOption[];
  readonly chart: ChartSpec | null;
  /** Set when the report includes skipped meetings, as reports about links and matches do. */
  readonly countsSkipped?: true;
  readonly compute: (scope: Scope) => Promise<Computed>;
  /**
   * A statement that selects the `meeting_id` of the meetings behind a number (`analysed` lists what it can read), or
   * null when the column's numbers do not derive from meetings.
   */
  readonly meetings: (scope: Scope, number: NumberOf) => RawBuilder<unknown> | null;
}

/** Averages and shares of fewer cases are flagged, because one unusual meeting changes them a lot. */
export const FEW = 5;

/** The name of the row that sums up all others. “All” alone has another gender for each thing. */
export function totalName(): string {
  return t('{row, select, other {All}}', { row: 'total' });
}

const FEW_NOTES = {
  'scored meetings': message(
    'Groups with fewer than {few, number} scored meetings say so: one unusual case changes their figures a lot.',
  ),
  'closed deals': message(
    'Groups with fewer than {few, number} closed deals say so: one unusual case changes their figures a lot.',
  ),
  deals: message('Groups with fewer than {few, number} deals say so: one unusual case changes their figures a lot.'),
  'due tasks': message(
    'Groups with fewer than {few, number} due tasks say so: one unusual case changes their figures a lot.',
  ),
};
/** What averages and shares are based on. */
export type Cases = keyof typeof FEW_NOTES;

export const fewNote = (cases: Cases) => t(FEW_NOTES[cases], { few: FEW });

/**
 * The columns of a constant, whose labels `message` marks, with labels in the language of the request. `outcome` in a
 * label is the column's key.
 */
export function labelled(columns: readonly Column[]): Column[] {
  return columns.map((column) => ({ ...column, label: t(column.label, { outcome: column.key }) }));
}

/** Rounds to two decimals. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
