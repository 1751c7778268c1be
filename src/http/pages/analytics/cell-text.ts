import { moneyText } from '../layout/format';
import type { Cell, Column, ReportRow } from '../../../analytics/report';
import type { ReportDocument } from '../../../analytics/run';
import { counted } from '../layout/status-words';

/** A cell as text; a dash for an unknown value. */
export function cellText(
  { type, key }: Pick<Column, 'type'> & { readonly key?: string },
  cell: Cell,
  row: Pick<ReportRow, string>,
): string {
  if (key === 'lastMeeting' && cell === null && row['meetings'] === 0) return 'Never';
  if (cell === null || cell === '') return '–';
  switch (type) {
    case 'date':
      return typeof cell === 'string' ? dayText(cell) : String(cell);
    case 'percent':
      if (typeof cell !== 'number') return String(cell);
      return key === 'score' ? `${number(cell, 0)} / 100` : `${number(cell, 1)}%`;
    case 'money':
      return typeof cell === 'number' ? moneyText(cell, row['currency']) : String(cell);
    case 'number':
    case 'duration':
      return typeof cell === 'number' ? number(cell, 1) : String(cell);
    case 'text':
      return String(cell);
  }
}

/** Columns that count the cases behind an average or a share, with their words. The first that a report has counts. */
const CASES = [
  ['scored', 'scored meeting', 'scored meetings'],
  ['deals', 'deal', 'deals'],
  ['meetings', 'meeting', 'meetings'],
] as const;

/** How few cases an average or a share is based on: `only 3 scored meetings`. With enough, `12 scored meetings`. */
export function caseWords({ columns }: Pick<ReportDocument, 'columns'>, row: ReportRow): string {
  const only = row.few ? 'only ' : '';
  const { won, lost } = row;
  if (typeof won === 'number' && typeof lost === 'number')
    return `${only}${counted(won + lost, 'closed deal', 'closed deals')}`.replace('only 0', 'no');
  const [key = '', one = '', many = ''] = CASES.find(([name]) => columns.some((column) => column.key === name)) ?? [];
  const count = row[key];
  return typeof count === 'number' ? `${only}${counted(count, one, many)}`.replace('only 0', 'no') : '';
}

function number(value: number, decimals: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: decimals });
}

/** `2026-11-06` as `6 Nov 2026`. A text that is not a day, such as that of the total, stays unchanged. */
export function dayText(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(at.getTime())) return day;
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}
