import { sql, type RawBuilder } from 'kysely';
import { dealGroups } from './deal-groups';
import { CLOSING_NOTE, dealFigures, PEOPLE_NOTE } from './deal-figures';
import { fewNote, FEW, rounded, type Column, type Report } from './report';

interface Group {
  /** Null for the total. */
  readonly key: string | null;
  readonly deals: number;
  readonly won: number;
  readonly lost: number;
  readonly open: number;
  readonly meetings: number;
  readonly meetings_per_deal: number | null;
  readonly people_per_deal: number | null;
  readonly days: number | null;
  readonly median_days: number | null;
}

const NOTHING: Group = {
  key: null,
  deals: 0,
  won: 0,
  lost: 0,
  open: 0,
  meetings: 0,
  meetings_per_deal: null,
  people_per_deal: null,
  days: null,
  median_days: null,
};

const dealsColumn: Column = { key: 'deals', label: 'Deals', type: 'number' };
const meetingsColumn: Column = { key: 'meetings', label: 'Meetings', type: 'number', meetings: true };
const closingColumns: readonly Column[] = [
  { key: 'medianDaysToClose', label: 'Median days to close', type: 'duration' },
  { key: 'daysToClose', label: 'Average days to close', type: 'duration' },
];

/** Deals put together by a column of `figures`. */
async function compare(scope: Parameters<Report['compute']>[0], group: RawBuilder<unknown>): Promise<Group[]> {
  const { rows } = await sql<Group>`
    ${dealFigures(scope)},
    grouped as (select *, ${group} as key from figures),
    meetings_of_group as (
      select key, count(*) as meetings from (select distinct grouped.key, met.meeting_id from met join grouped using (deal_id)) as once group by key
    )
    select summed.*, coalesce(
      (select meetings from meetings_of_group where meetings_of_group.key = summed.key),
      (select count(*) from (select distinct meeting_id from met) as once)
    ) as meetings
    from (
      select key, count(*) as deals,
        count(*) filter (where outcome = 'won') as won, count(*) filter (where outcome = 'lost') as lost, count(*) filter (where outcome = 'open') as open,
        avg(meetings)::float8 as meetings_per_deal, avg(people)::float8 as people_per_deal,
        avg(days_to_close) as days, percentile_cont(0.5) within group (order by days_to_close) as median_days
      from grouped group by rollup (key)
    ) as summed
  `.execute(scope.db);
  return rows;
}

export const dealsByOutcome: Report = {
  name: 'deals-by-outcome',
  title: 'Meetings and people per deal, by outcome',
  description:
    'How many meetings, and how many people, deals had that were won, were lost or are open, and how long they took.',
  options: [],
  chart: { kind: 'bars', label: 'outcome', values: ['meetingsPerDeal', 'peoplePerDeal'] },
  async compute(scope) {
    const groups = await dealGroups(scope, 'outcome');
    const found = await compare(scope, sql`outcome`);
    const rowOf = (group: Group) => ({
      key: group.key ?? '',
      few: group.deals < FEW,
      outcome: group.key === null ? 'All' : groups.label(group.key),
      deals: group.deals,
      meetings: group.meetings,
      meetingsPerDeal: rounded(group.meetings_per_deal),
      peoplePerDeal: rounded(group.people_per_deal),
      medianDaysToClose: rounded(group.median_days),
      daysToClose: rounded(group.days),
    });
    return {
      columns: [
        { key: 'outcome', label: 'Outcome', type: 'text' },
        dealsColumn,
        meetingsColumn,
        { key: 'meetingsPerDeal', label: 'Meetings per deal', type: 'number' },
        { key: 'peoplePerDeal', label: 'People per deal', type: 'number' },
        ...closingColumns,
      ],
      rows: found
        .filter(({ key }) => key !== null)
        .toSorted((a, b) => groups.order(a.key ?? '', b.key ?? ''))
        .map(rowOf),
      totals: rowOf(found.find(({ key }) => key === null) ?? NOTHING),
      notes: ['Only deals with at least one meeting.', PEOPLE_NOTE, CLOSING_NOTE, fewNote('deals')],
    };
  },
  meetings: (_scope, { key, column }) => {
    if (column !== 'meetings') return null;
    return sql`select scoped.meeting_id from scoped join paired using (meeting_id) where ${key === null ? sql`true` : sql`paired.outcome = ${key}`}`;
  },
};

/** Numbers of meetings that are looked at together: from the first up to the next. */
const STEPS = [
  ['1', '1', 1],
  ['2', '2', 2],
  ['3', '3', 3],
  ['4', '4 or 5', 4],
  ['6', '6 to 9', 6],
  ['10', '10 or more', 10],
] as const;

const stepOf = (meetings: RawBuilder<unknown>) =>
  sql`case ${sql.join(
    STEPS.toReversed().map(([key, , from]) => sql`when ${meetings} >= ${sql.lit(from)} then ${sql.lit(key)}`),
    sql` `,
  )} end`;

export const dealsByMeetings: Report = {
  name: 'deals-by-meetings',
  title: 'Outcome and time to close, by number of meetings',
  description: 'Whether deals with more meetings are won more often, and how long they take.',
  options: [],
  chart: { kind: 'bars', label: 'step', values: ['winRate'] },
  async compute(scope) {
    const found = new Map((await compare(scope, stepOf(sql`meetings`))).map((group) => [group.key, group]));
    const rowOf = (label: string, group: Group) => ({
      key: group.key ?? '',
      few: group.won + group.lost < FEW,
      step: label,
      deals: group.deals,
      won: group.won,
      lost: group.lost,
      open: group.open,
      winRate: group.won + group.lost === 0 ? null : rounded((group.won / (group.won + group.lost)) * 100),
      meetings: group.meetings,
      peoplePerDeal: rounded(group.people_per_deal),
      medianDaysToClose: rounded(group.median_days),
      daysToClose: rounded(group.days),
    });
    return {
      columns: [
        { key: 'step', label: 'Meetings of the deal', type: 'text' },
        dealsColumn,
        { key: 'won', label: 'Won', type: 'number' },
        { key: 'lost', label: 'Lost', type: 'number' },
        { key: 'open', label: 'Open', type: 'number' },
        { key: 'winRate', label: 'Won of the closed', type: 'percent' },
        meetingsColumn,
        { key: 'peoplePerDeal', label: 'People per deal', type: 'number' },
        ...closingColumns,
      ],
      rows: STEPS.flatMap(([key, label]) => {
        const group = found.get(key);
        return group === undefined ? [] : [rowOf(label, group)];
      }),
      totals: rowOf('All', found.get(null) ?? NOTHING),
      notes: [
        'Only deals with at least one meeting. More meetings do not make a deal won: deals that live longer have more of them.',
        CLOSING_NOTE,
        fewNote('closed deals'),
      ],
    };
  },
  meetings: (_scope, { key, column }) =>
    column === 'meetings'
      ? sql`
          select scoped.meeting_id from scoped join paired using (meeting_id) where paired.deal_id in (
            select counted.deal_id from paired as counted join scoped as met using (meeting_id)
            group by counted.deal_id having ${key === null ? sql`true` : sql`${stepOf(sql`count(*)`)} = ${key}`}
          )
        `
      : null,
};
