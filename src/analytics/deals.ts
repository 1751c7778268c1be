import { sql, type RawBuilder } from 'kysely';
import { message, t } from '../languages/text';
import { amountOf, amountsOf, amountsText, currencyNote, currencyOf, type Amount } from './amounts';
import { analysed } from './analysed';
import { all } from './links';
import { dealGroups, stageNames, type DealGroups } from './deal-groups';
import { CLOSING_NOTE, dealFigures, PEOPLE_NOTE, peopleOfDeal } from './deal-figures';
import { labelled, rounded, type Column, type Report, type ReportRow, type Scope } from './report';

/** A deal together with the totals. Without any deal, one row has only the totals. */
interface Deal {
  readonly deal_id: string | null;
  readonly name: string | null;
  readonly archived: boolean;
  readonly outcome: string;
  readonly pipeline_key: string;
  readonly stage_key: string;
  readonly pipeline_id: string | null;
  readonly stage_id: string | null;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly meetings: number;
  readonly people: number;
  readonly score: number | null;
  readonly first_on: string;
  readonly last_on: string;
  readonly days_to_close: number | null;
  readonly all_deals: number;
  readonly all_meetings: number;
  readonly all_people: number;
  readonly all_score: number | null;
  readonly all_amounts: readonly Amount[] | null;
}

/** The deals with the most meetings, each with the totals. */
async function dealsWithMeetings(scope: Scope): Promise<readonly Deal[]> {
  const { rows } = await sql<Deal>`
    ${analysed(scope, { facts: ['score', 'people'] })}, ${dealFigures},
    top as materialized (
      select * from figures order by meetings desc, last_at desc, deal_id collate "C" limit ${scope.options.limit}
    ), ${peopleOfDeal(sql`deal_id in (select deal_id from top)`)},
    once as (select min(score) as score, min(people) as people from linked group by meeting_id),
    attendees as (
      select distinct unnest(people) as email from once
    ), valued as (
      select ${amountOf(sql`properties`)} as amount, ${currencyOf(scope, sql`properties`)} as currency from figures
    ), totals as (
      select (select count(*) from meetings_of_deal) as all_deals, count(*) as all_meetings, avg(score) as all_score,
        (select count(*) from attendees) as all_people, (${amountsOf(sql`valued`)}) as all_amounts
      from once
    )
    select deal_id, name, archived, outcome, pipeline_key, stage_key, pipeline_id, stage_id, meetings, coalesce(people, 0) as people,
      score, days_to_close, ${amountOf(sql`properties`)} as amount, ${currencyOf(scope, sql`properties`)} as currency,
      to_char(first_at at time zone ${scope.timeZone}, 'YYYY-MM-DD') as first_on,
      to_char(last_at at time zone ${scope.timeZone}, 'YYYY-MM-DD') as last_on,
      totals.*
    from totals left join (top left join people_of_deal using (deal_id)) on true
    order by meetings desc, last_at desc, deal_id collate "C"
  `.execute(scope.db);
  return rows;
}

const columns: readonly Column[] = [
  { key: 'deal', label: message('Deal'), type: 'text' },
  { key: 'outcome', label: message('Outcome'), type: 'text' },
  { key: 'pipeline', label: message('Pipeline'), type: 'text' },
  { key: 'stage', label: message('Stage'), type: 'text' },
  { key: 'meetings', label: message('Meetings'), type: 'number', meetings: true },
  { key: 'people', label: message('People'), type: 'number', behind: true },
  { key: 'score', label: message('Average AI score'), type: 'percent', behind: true },
  { key: 'amount', label: message('Amount'), type: 'money' },
  { key: 'currency', label: message('Currency'), type: 'text' },
  { key: 'firstMeeting', label: message('First meeting'), type: 'date' },
  { key: 'lastMeeting', label: message('Last meeting'), type: 'date' },
  { key: 'daysToClose', label: message('Days to close'), type: 'duration' },
];

/** The labels of outcomes, pipelines and stages. */
interface Labels {
  readonly outcomes: Pick<DealGroups, 'label'>;
  readonly pipelines: Pick<DealGroups, 'label'>;
  readonly stages: (key: string) => string;
}

function dealRow(deal: Deal & { readonly deal_id: string }, { outcomes, pipelines, stages }: Labels): ReportRow {
  return {
    key: deal.deal_id,
    few: false,
    deal: recordLabel(t('Deal'), deal.deal_id, deal.name, deal.archived),
    outcome: outcomes.label(deal.outcome),
    pipeline: pipelines.label(deal.pipeline_key),
    stage: stages(deal.stage_key),
    meetings: deal.meetings,
    people: deal.people,
    score: rounded(deal.score),
    amount: deal.amount,
    currency: deal.currency,
    firstMeeting: deal.first_on,
    lastMeeting: deal.last_on,
    daysToClose: rounded(deal.days_to_close),
    objectType: 'deals',
    recordId: deal.deal_id,
    pipelineId: deal.pipeline_id,
    stageId: deal.stage_id,
  };
}

export const deals: Report = {
  name: 'deals',
  title: message('Meetings per deal'),
  description: message(
    'Each deal with at least one meeting: its meetings, their participants, its stage and how long it took to close.',
  ),
  options: ['limit'],
  chart: null,
  async compute(scope) {
    const labels = {
      outcomes: await dealGroups(scope, 'outcome'),
      pipelines: await dealGroups(scope, 'pipeline'),
      stages: await stageNames(scope),
    };
    const found = await dealsWithMeetings(scope);
    const listed = found.flatMap((deal) => (deal.deal_id === null ? [] : [{ ...deal, deal_id: deal.deal_id }]));
    const total = found[0] ?? { all_deals: 0, all_meetings: 0, all_people: 0, all_score: null, all_amounts: null };
    return {
      columns: labelled(columns),
      rows: listed.map((deal) => dealRow(deal, labels)),
      totals: {
        key: '',
        few: false,
        deal: t('All {count, plural, one {# deal} other {# deals}}', { count: total.all_deals }),
        deals: total.all_deals,
        meetings: total.all_meetings,
        people: total.all_people,
        score: rounded(total.all_score),
        amount: amountsText(total.all_amounts),
      },
      notes: [
        ...(total.all_deals > listed.length
          ? [
              t('The {count, plural, one {# deal} other {# deals}} with the most meetings of {total, number}.', {
                count: listed.length,
                total: total.all_deals,
              }),
            ]
          : []),
        t('A meeting counts once for each of its deals and once in the total.'),
        t(PEOPLE_NOTE),
        t(CLOSING_NOTE),
        ...currencyNote(total.all_amounts),
      ],
    };
  },
  meetings(_scope, { key, column }) {
    const isCounted = countedIn(column);
    if (isCounted === null) return null;
    const ofDeal = key === null ? null : sql`deal_id = ${key}`;
    return sql`select meeting_id from linked where ${all([ofDeal, isCounted])}`;
  },
};

/** @returns a condition on `linked` that selects the meetings behind a column, or null when there are none */
function countedIn(column: string): RawBuilder<boolean> | null {
  switch (column) {
    case 'meetings':
      return sql`true`;
    case 'score':
      return sql`score is not null`;
    case 'people':
      return sql`people <> '{}'`;
    default:
      return null;
  }
}

/** The label of a record that may have no name or be archived. */
export function recordLabel(kind: string, id: string, name: string | null, archived: boolean): string {
  const label = name ?? `${kind} ${id}`;
  return archived ? t('{record} (archived)', { record: label }) : label;
}
