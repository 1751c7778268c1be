import { sql } from 'kysely';
import { message, t } from '../../languages/text';
import { analysed } from '../analysed';
import { all } from '../links';
import { dealGroups, placedBy, type DealGrouping } from '../deal-groups';
import { fewNote, FEW, labelled, rounded, totalName, type Report, type Scope } from '../report';
import { countedIn, scoreColumns, SCORE_NOTE } from './score-columns';

interface Group {
  /** Null for the total. */
  readonly key: string | null;
  readonly meetings: number;
  readonly scored: number;
  readonly score: number | null;
  readonly deals: number;
}

const NOTHING: Group = { key: null, meetings: 0, scored: 0, score: null, deals: 0 };

export const DEALS_NOTE = message(
  'A meeting with deals in several groups counts once in each group and once in the total. Deals count with their current outcome and stage, not with those on the day of the meeting.',
);

/** The groups of deals that have a meeting, and the total. */
async function scoresOf(scope: Scope, grouping: DealGrouping): Promise<readonly Group[]> {
  const { rows } = await sql<Group>`
    ${analysed(scope, { facts: ['score'] })},
    placed as (${placedBy(scope, grouping, ['score'])}),
    by_meeting as (
      select key, count(*) as meetings, count(score) as scored, avg(score) as score
      from (select deal_group as key, min(score) as score from placed group by deal_group, meeting_id) as once group by key
    ), by_deal as (
      select key, count(*) as deals
      from (select distinct deal_group as key, deal_id from placed where deal_id is not null) as once group by key
    )
    select key, meetings, scored, score, coalesce(deals, 0) as deals from by_meeting left join by_deal using (key)
    union all
    select null, count(*), count(score), avg(score), (select coalesce(sum(deals), 0)::bigint from by_deal) from scoped
  `.execute(scope.db);
  return rows;
}

/** The texts are English, marked with `message`. */
function scoreBy(grouping: DealGrouping, label: string, title: string, description: string): Report {
  return {
    name: `score-by-${grouping}`,
    title,
    description,
    options: [],
    chart: { kind: 'bars', label: grouping, values: ['score'] },
    async compute(scope) {
      const groups = await dealGroups(scope, grouping);
      const found = await scoresOf(scope, grouping);
      const rowOf = ({ key, meetings, scored, score, deals }: Group) => ({
        key: key ?? '',
        few: scored < FEW,
        [grouping]: key === null ? totalName() : groups.label(key),
        meetings,
        scored,
        score: rounded(score),
        deals,
        ...(key === null ? {} : groups.filters(key)),
      });
      return {
        columns: [
          { key: grouping, label: t(label), type: 'text' },
          ...labelled(scoreColumns),
          { key: 'deals', label: t('Deals'), type: 'number', behind: true },
        ],
        rows: found
          .flatMap((group) => (group.key === null ? [] : [{ ...group, key: group.key }]))
          .toSorted((a, b) => groups.order(a.key, b.key))
          .map(rowOf),
        totals: rowOf(found.find(({ key }) => key === null) ?? NOTHING),
        notes: [t(DEALS_NOTE), t(SCORE_NOTE), fewNote('scored meetings')],
      };
    },
    meetings(scope, { key, column }) {
      const counted = column === 'deals' ? sql`deal_id is not null` : countedIn(column);
      const inGroup = key === null ? null : sql`deal_group = ${key}`;
      return (
        counted &&
        sql`select meeting_id from (${placedBy(scope, grouping, ['score'])}) as placed where ${all([inGroup, counted])}`
      );
    },
  };
}

export const scoreByOutcome = scoreBy(
  'outcome',
  message('Outcome'),
  message('AI score by outcome'),
  message('The average AI score of meetings whose deals are won, lost or open.'),
);
export const scoreByPipeline = scoreBy(
  'pipeline',
  message('Pipeline'),
  message('AI score by pipeline'),
  message('The average AI score of meetings by the pipeline of their deals.'),
);
export const scoreByStage = scoreBy(
  'stage',
  message('Deal stage'),
  message('AI score by deal stage'),
  message('The average AI score of meetings by the current stage of their deals.'),
);
