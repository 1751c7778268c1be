import { sql } from 'kysely';
import { DateTime } from 'luxon';
import { message, t } from '../../languages/text';
import { analysed } from '../analysed';
import { all } from '../links';
import { fewNote, FEW, labelled, rounded, totalName, type Report, type ReportRow, type Scope } from '../report';
import { countedIn, scoreColumns, SCORE_NOTE } from './score-columns';

/**
 * A longer table is not filled with empty periods, because one meeting with a wrong year would add hundreds of them.
 */
const MOST_PERIODS = 520;

interface Period {
  readonly key: string | null;
  readonly meetings: number;
  readonly scored: number;
  readonly score: number | null;
}

export const scoreOverTime: Report = {
  name: 'score-over-time',
  title: message('AI score over time'),
  description: message('The average AI score of the meetings of each week (from Monday) or month.'),
  options: ['interval'],
  chart: { kind: 'line', label: 'period', values: ['score'] },
  async compute(scope) {
    const { interval } = scope.options;
    const { rows } = await sql<Period>`
      ${analysed(scope, { facts: ['score'] })}
      select key, count(*) as meetings, count(score) as scored, avg(score) as score
      from (select ${periodOf(scope)} as key, score from scoped) as dated group by rollup (key) order by key
    `.execute(scope.db);
    const periods = rows.flatMap(({ key, ...figures }) => (key === null ? [] : [{ key, ...figures }]));
    const total = rows.find(({ key }) => key === null);
    return {
      columns: [
        { key: 'period', label: interval === 'week' ? t('Week from') : t('Month from'), type: 'date' },
        ...labelled(scoreColumns),
      ],
      rows: withoutGaps(periods, interval).map((period) => rowOf({ period: period.key }, period)),
      totals: rowOf({ period: totalName() }, total ?? { key: null, meetings: 0, scored: 0, score: null }),
      notes: [
        t(SCORE_NOTE),
        fewNote('scored meetings'),
        t('Times are in the time zone {timeZone}.', { timeZone: scope.timeZone }),
      ],
    };
  },
  meetings(scope, { key, column }) {
    const counted = countedIn(column);
    const inPeriod = key === null ? null : sql`${periodOf(scope)} = ${key}`;
    return counted && sql`select meeting_id from scoped where ${all([inPeriod, counted])}`;
  },
};

function periodOf({ timeZone, options: { interval } }: Scope) {
  return sql`to_char(date_trunc(${interval}::text, started_at at time zone ${timeZone}), 'YYYY-MM-DD')`;
}

function rowOf(label: { readonly period: string }, { key, meetings, scored, score }: Period): ReportRow {
  return { key: key ?? '', few: scored < FEW, ...label, meetings, scored, score: rounded(score) };
}

/** Adds periods without meetings, so that the line of the chart does not connect across them. */
function withoutGaps(periods: readonly (Period & { key: string })[], interval: 'week' | 'month') {
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined) return [];
  const known = new Map(periods.map((period) => [period.key, period]));
  const filled: (Period & { key: string })[] = [];
  const end = DateTime.fromISO(last.key, { zone: 'utc' });
  let at = DateTime.fromISO(first.key, { zone: 'utc' });
  while (at <= end && filled.length <= MOST_PERIODS) {
    const key = at.toISODate() ?? '';
    filled.push(known.get(key) ?? { key, meetings: 0, scored: 0, score: null });
    at = at.plus({ [`${interval}s`]: 1 });
  }
  return filled.length > MOST_PERIODS ? periods : filled;
}
