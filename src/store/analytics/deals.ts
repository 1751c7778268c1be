import { sql } from 'kysely';
import { all } from './analysed';
import { dealGroups } from './deal-groups';
import { CLOSING_NOTE, dealFigures, PEOPLE_NOTE } from './deal-figures';
import { rounded, type Report } from './report';

interface Deal {
  readonly deal_id: string;
  readonly name: string | null;
  readonly archived: boolean;
  readonly outcome: string;
  readonly pipeline_key: string;
  readonly stage_key: string;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly meetings: number;
  readonly people: number;
  readonly score: number | null;
  readonly first_on: string;
  readonly last_on: string;
  readonly days_to_close: number | null;
  readonly deals: number;
}

interface Total {
  readonly deals: number;
  readonly meetings: number;
  readonly people: number;
  readonly score: number | null;
}

export const deals: Report = {
  name: 'deals',
  title: 'Meetings per deal',
  description:
    'Each deal that was met about: its meetings, the people in them, how it stands and how long it took to close.',
  options: ['limit'],
  chart: null,
  async compute(scope) {
    const outcomes = await dealGroups(scope, 'outcome');
    const pipelines = await dealGroups(scope, 'pipeline');
    const stages = await dealGroups(scope, 'stage');
    const { rows } = await sql<Deal>`
        ${dealFigures(scope)}
        select deal_id, name, archived, outcome, pipeline_key, stage_key, meetings, people, score, days_to_close,
          case when properties ->> 'amount' ~ '^-?\\d{1,15}(\\.\\d+)?$' then (properties ->> 'amount')::float8 end as amount,
          nullif(properties ->> 'deal_currency_code', '') as currency,
          to_char(first_at at time zone ${scope.timeZone}, 'YYYY-MM-DD') as first_on,
          to_char(last_at at time zone ${scope.timeZone}, 'YYYY-MM-DD') as last_on,
          count(*) over () as deals
        from figures order by meetings desc, last_at desc, deal_id collate "C" limit ${scope.options.limit}
      `.execute(scope.db);
    const {
      rows: [total],
    } = await sql<Total>`
        ${dealFigures(scope)}
        select (select count(*) from meetings_of_deal) as deals, count(*) as meetings, avg(score) as score,
          (select count(*) from (select distinct email from attended) as once) as people
        from (select distinct meeting_id, score from met) as once
      `.execute(scope.db);
    return {
      columns: [
        { key: 'deal', label: 'Deal', type: 'text' },
        { key: 'outcome', label: 'Outcome', type: 'text' },
        { key: 'pipeline', label: 'Pipeline', type: 'text' },
        { key: 'stage', label: 'Stage', type: 'text' },
        { key: 'meetings', label: 'Meetings', type: 'number', meetings: true },
        { key: 'people', label: 'People', type: 'number' },
        { key: 'score', label: 'Average AI Score', type: 'percent' },
        { key: 'amount', label: 'Amount', type: 'money' },
        { key: 'currency', label: 'Currency', type: 'text' },
        { key: 'firstMeeting', label: 'First meeting', type: 'date' },
        { key: 'lastMeeting', label: 'Last meeting', type: 'date' },
        { key: 'daysToClose', label: 'Days to close', type: 'duration' },
      ],
      rows: rows.map((row) => ({
        key: row.deal_id,
        few: false,
        deal: recordLabel('Deal', row.deal_id, row.name, row.archived),
        outcome: outcomes.label(row.outcome),
        pipeline: pipelines.label(row.pipeline_key),
        stage: stages.label(row.stage_key),
        meetings: row.meetings,
        people: row.people,
        score: rounded(row.score),
        amount: row.amount,
        currency: row.currency,
        firstMeeting: row.first_on,
        lastMeeting: row.last_on,
        daysToClose: rounded(row.days_to_close),
        objectType: 'deals',
        recordId: row.deal_id,
      })),
      totals: {
        key: '',
        few: false,
        deal: `All ${(total?.deals ?? 0).toLocaleString('en')} deals`,
        deals: total?.deals ?? 0,
        meetings: total?.meetings ?? 0,
        people: total?.people ?? 0,
        score: rounded(total?.score ?? null),
      },
      notes: [
        ...((total?.deals ?? 0) > rows.length
          ? [
              `The ${rows.length.toLocaleString('en')} deals with the most meetings of ${(total?.deals ?? 0).toLocaleString('en')}.`,
            ]
          : []),
        'A meeting counts once for each of its deals, and once in the total.',
        PEOPLE_NOTE,
        CLOSING_NOTE,
      ],
    };
  },
  meetings: (_scope, { key, column }) =>
    column === 'meetings'
      ? sql`select scoped.meeting_id from scoped join paired using (meeting_id) where ${all([key === null ? null : sql`paired.deal_id = ${key}`])}`
      : null,
};

/** What a record is called where it may have no name, or be gone. */
export function recordLabel(kind: string, id: string, name: string | null, archived: boolean): string {
  return `${name ?? `${kind} ${id}`}${archived ? ' (archived)' : ''}`;
}
