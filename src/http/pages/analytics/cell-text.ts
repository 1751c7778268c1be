import { currentLanguage } from '../../../languages/language';
import { message, moneyText, numberText, t } from '../../../languages/text';
import type { Cell, Column, ReportRow } from '../../../analytics/report';
import type { ReportDocument } from '../../../analytics/run';

/** A cell as text; a dash for an unknown value. */
export function cellText(
  { type, key }: Pick<Column, 'type'> & { readonly key?: string },
  cell: Cell,
  row: Pick<ReportRow, string>,
): string {
  if (key === 'lastMeeting' && cell === null && row['meetings'] === 0) return t('Never');
  if (cell === null || cell === '') return '–';
  switch (type) {
    case 'date':
      return typeof cell === 'string' ? dayText(cell) : String(cell);
    case 'percent':
      if (typeof cell !== 'number') return String(cell);
      return key === 'score' ? `${number(cell, 0)} / 100` : percentText(number(cell, 1));
    case 'money':
      return typeof cell === 'number' ? moneyText(cell, row['currency']) : String(cell);
    case 'number':
    case 'duration':
      return typeof cell === 'number' ? number(cell, 1) : String(cell);
    case 'text':
      return String(cell);
  }
}

/** The words for a number of cases, and for so few that an average says little. */
interface CaseWords {
  readonly all: string;
  readonly few: string;
}

/** Columns that count the cases behind an average or a share, with their words. The first that a report has counts. */
const CASES: readonly (readonly [string, CaseWords])[] = [
  [
    'scored',
    {
      all: message('{count, plural, one {# scored meeting} other {# scored meetings}}'),
      few: message(
        '{count, plural, =0 {no scored meetings} one {only # scored meeting} other {only # scored meetings}}',
      ),
    },
  ],
  [
    'deals',
    {
      all: message('{count, plural, one {# deal} other {# deals}}'),
      few: message('{count, plural, =0 {no deals} one {only # deal} other {only # deals}}'),
    },
  ],
  [
    'meetings',
    {
      all: message('{count, plural, one {# meeting} other {# meetings}}'),
      few: message('{count, plural, =0 {no meetings} one {only # meeting} other {only # meetings}}'),
    },
  ],
];
const CLOSED: CaseWords = {
  all: message('{count, plural, one {# closed deal} other {# closed deals}}'),
  few: message('{count, plural, =0 {no closed deals} one {only # closed deal} other {only # closed deals}}'),
};

/** How few cases an average or a share is based on: `only 3 scored meetings`. With enough, `12 scored meetings`. */
export function caseWords({ columns }: Pick<ReportDocument, 'columns'>, row: ReportRow): string {
  const { won, lost } = row;
  const wordsOf = ({ few, all }: CaseWords, count: number) => t(row.few ? few : all, { count });
  if (typeof won === 'number' && typeof lost === 'number') return wordsOf(CLOSED, won + lost);
  const [key, words] = CASES.find(([name]) => columns.some((column) => column.key === name)) ?? [];
  const count = key === undefined ? null : row[key];
  return typeof count === 'number' && words !== undefined ? wordsOf(words, count) : '';
}

function number(value: number, decimals: number): string {
  return numberText(value, { maximumFractionDigits: decimals });
}

/** `62.5%`. @param figure - the number in the language */
export function percentText(figure: string): string {
  return t('{figure}%', { figure });
}

/** `2026-11-06` as `6 Nov 2026`. A text that is not a day, such as that of the total, stays unchanged. */
export function dayText(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(at.getTime())) return day;
  return new Intl.DateTimeFormat(currentLanguage().dateLocale, { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}
