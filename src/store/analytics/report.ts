import type { RawBuilder } from 'kysely';
import type { Db } from '../database';

/**
 * How a value is meant: `percent` from 0 to 100, `date` as `2026-11-06` in the account's time zone, `duration` in days,
 * `money` in the currency that the row's `currency` names. Numbers have at most two decimals.
 */
export type ColumnType = 'text' | 'number' | 'percent' | 'date' | 'duration' | 'money';

export interface Column {
  readonly key: string;
  readonly label: string;
  readonly type: ColumnType;
  /** Its numbers count meetings, which can be listed (see {@link Report.meetings}). */
  readonly meetings?: true;
  /** Its numbers are made of meetings that can be listed as well, without being their count: averages, shares, deals. */
  readonly behind?: true;
}

export type Cell = string | number | boolean | null;

/** One line of a report: a cell for each column under the column's key, and facts that a page needs to link on. */
export interface ReportRow {
  /** Names the row among the report's: what its meetings are asked for with. Empty for the totals. */
  readonly key: string;
  /** So few stand behind its averages that they say little (see {@link FEW}). */
  readonly few: boolean;
  readonly [cell: string]: Cell;
}

/** What a report came to, still without its heading. */
export interface Computed {
  readonly columns: readonly Column[];
  readonly rows: readonly ReportRow[];
  readonly totals?: ReportRow;
  /** Sentences: what is counted how, and what to be careful with. */
  readonly notes: readonly string[];
}

/** How a report is drawn; the columns that it names are the report's. Its table says the same. */
export interface ChartSpec {
  /** `bars` lie on their side, one a row; `stacked` puts the columns of a row together. */
  readonly kind: 'line' | 'bars' | 'stacked';
  readonly label: string;
  /** Null: every column that counts meetings of a group (topics, whose groups are the account's stages). */
  readonly values: readonly string[] | null;
}

/** Which meetings are looked at. Everything that is given has to hold. */
export interface AnalyticsFilters {
  /** First and last day of the period, in the account's time zone: `2026-11-06`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The host's address, lower case. */
  readonly owner?: string | undefined;
  /** Of a linked deal; a report by deal shows such deals only. */
  readonly pipeline?: string | undefined;
  readonly stage?: string | undefined;
  /** A linked company's id. */
  readonly company?: string | undefined;
  /** A linked custom object: `2-123/456`. */
  readonly object?: string | undefined;
}

/** What some reports can be asked besides; a report takes those of its {@link Report.options}. */
export interface ReportOptions {
  readonly interval: 'week' | 'month';
  readonly by: 'outcome' | 'stage';
  readonly days: number;
  readonly due: 'all' | 'overdue' | 'none';
  /** Rows at most. */
  readonly limit: number;
}
export type ReportOption = keyof ReportOptions;

/** What every query of a report is bound to. */
export interface Scope {
  readonly db: Db;
  readonly workspaceId: string;
  /** The account that the workspace is connected to now; null: no link and no record counts. */
  readonly portalId: number | null;
  /** The account's; UTC where it is not known. */
  readonly timeZone: string;
  /** `2026-11-24` there. */
  readonly today: string;
  readonly now: Date;
  /** When the period begins, and when it is over. */
  readonly begins: Date | null;
  readonly ends: Date | null;
  readonly filters: AnalyticsFilters;
  readonly options: ReportOptions;
}

/** Names a number of a report: a row, or the totals, and the column. */
export interface NumberOf {
  readonly key: string | null;
  readonly column: string;
}

/** One report. Its file says what it counts; chart, table, CSV and API are made of what it gives. */
export interface Report {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly options: readonly ReportOption[];
  readonly chart: ChartSpec | null;
  /** Skipped meetings count too: only where the question is how many are linked. */
  readonly countsSkipped?: true;
  readonly compute: (scope: Scope) => Promise<Computed>;
  /**
   * The meetings behind a number, as a statement that selects their `meeting_id` (see `analysed` for what it can read);
   * null when the column's numbers are not made of meetings.
   */
  readonly meetings: (scope: Scope, number: NumberOf) => RawBuilder<unknown> | null;
}

/** Below this count, averages and shares are flagged: one unusual meeting moves them a lot. */
export const FEW = 5;

export const fewNote = (what: string) =>
  `Groups with fewer than ${FEW} ${what} are marked "few": one unusual case moves their figures a lot.`;

/** Two decimals are more than any of these figures is worth. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
