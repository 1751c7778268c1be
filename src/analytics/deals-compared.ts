import { sql, type RawBuilder } from 'kysely';
import { all, analysed } from './analysed';
import { dealGroups } from './deal-groups';
import { CLOSING_NOTE, dealFigures, PEOPLE_NOTE, peopleOfDeal } from './deal-figures';
import { fewNote, FEW, rounded, type Column, type Report, type Scope } from './report';

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

/** An expression over `counted` that computes the group of a deal. */
type Grouping = RawBuilder<string>;

const MEETINGS_NOTE = 'Deals without a meeting are not counted.';

const dealsColumn: Column = { key: 'deals', label: 'Deals', type: 'number', behind: true };
const meetingsColumn: Column = { key: 'meetings', label: 'Meetings', type: 'number', meetings: true };
const meetingsPerDeal: Column = {
  key: 'meetingsPerDeal',
  label: 'Meetings per deal',
  type: 'number',
  behind: true,
};
const peoplePerDeal: Column = { key: 'peoplePerDeal', label: 'People per deal', type: 'number', behind: true };
const closingColumns: readonly Column[] = [
  { key: 'medianDaysToClose', label: 'Median days to close', type: 'duration', behind: true },
  { key: 'daysToClose', label: 'Average days to close', type: 'duration', behind: true },
];

/** Follows `analysed`: `grouped` has the deals with meetings, with their figures and the key of their group. */
const groupedBy = (grouping: Grouping) => sql`
  ${dealFigures}, ${peopleOfDeal()},
  counted as (
    select deal_id, outcome, meetings, coalesce(people, 0) as people, days_to_close
    from figures left join people_of_deal using (deal_id)
  ), grouped as materialized (select *, ${grouping} as key from counted)
`;

async function compare(scope: Scope, grouping: Grouping): Promise<Map<string | null, Group>> {
  const { rows } = await sql<Group>`
    ${analysed(scope, { facts: ['score', 'people'] })}, ${groupedBy(grouping)},
    meetings_of_group as (
      select key,
        count(*) filter (where cardinality(deal_ids) = 1) + count(distinct meeting_id) filter (where cardinality(deal_ids) > 1) as meetings
      from linked join grouped using (deal_id) group by rollup (key)
    ), summed as (
      select key, count(*) as deals,
        count(*) filter (where outcome = 'won') as won, count(*) filter (where outcome = 'lost') as lost, count(*) filter (where outcome = 'open') as open,
        avg(meetings)::float8 as meetings_per_deal, avg(people)::float8 as people_per_deal,
        avg(days_to_close) as days, percentile_cont(0.5) within group (order by days_to_close) as median_days
      from grouped group by rollup (key)
    )
    select summed.*, meetings_of_group.meetings
    from summed join meetings_of_group on coalesce(meetings_of_group.key, '') = coalesce(summed.key, '')
  `.execute(scope.db);
  return new Map(rows.map((group) => [group.key, group]));
}

/** @returns a condition on `grouped` that selects the deals behind a column, or null when there are none */
function countedIn(column: string): RawBuilder<boolean> | null {
  switch (column) {
    case 'won':
    case 'lost':
    case 'open':
      return sql`outcome = ${column}`;
    case 'winRate':
      return sql`outcome in ('won', 'lost')`;
    case 'daysToClose':
    case 'medianDaysToClose':
      return sql`days_to_close is not null`;
    case 'deals':
    case 'meetings':
    case 'meetingsPerDeal':
    case 'peoplePerDeal':
      return sql`true`;
    default:
      return null;
  }
}

/** The meetings of the deals behind a column, in one group or in total. */
function meetingsOf(
  grouping: Grouping,
  columns: readonly Column[],
  { key, column }: Parameters<Report['meetings']>[1],
): RawBuilder<unknown> | null {
  const counted = columns.some((one) => one.key === column) ? countedIn(column) : null;
  if (counted === null) return null;
  const inGroup = key === null ? null : sql`key = ${key}`;
  return sql`
    with ${groupedBy(grouping)}
    select meeting_id from linked where deal_id in (select deal_id from grouped where ${all([inGroup, counted])})
  `;
}

const byOutcome: Grouping = sql`outcome`;
const outcomeColumns: readonly Column[] = [
  { key: 'outcome', label: 'Outcome', type: 'text' },
  dealsColumn,
  meetingsColumn,
  meetingsPerDeal,
  peoplePerDeal,
  ...closingColumns,
];

export const dealsByOutcome: Report = {
  name: 'deals-by-outcome',
  title: 'Meetings and people per deal, by outcome',
  description: 'How many meetings and people won, lost and open deals had, and how long the closed ones took.',
  options: [],
  chart: { kind: 'bars', label: 'outcome', values: ['meetingsPerDeal', 'peoplePerDeal'] },
  async compute(scope) {
    const groups = await dealGroups(scope, 'outcome');
    const found = await compare(scope, byOutcome);
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
      columns: outcomeColumns,
      rows: [...found.values()]
        .filter(({ key }) => key !== null)
        .toSorted((a, b) => groups.order(a.key ?? '', b.key ?? ''))
        .map(rowOf),
      totals: rowOf(found.get(null) ?? NOTHING),
      notes: [MEETINGS_NOTE, PEOPLE_NOTE, CLOSING_NOTE, fewNote('deals')],
    };
  },
  meetings: (_scope, number) => meetingsOf(byOutcome, outcomeColumns, number),
};

/** Ranges of numbers: key, label and lower bound. The next range ends it. */
type Steps = readonly (readonly [string, string, number])[];

const stepOf = (steps: Steps, count: RawBuilder<unknown>): Grouping =>
  sql`case ${sql.join(
    steps.toReversed().map(([key, , from]) => sql`when ${count} >= ${sql.lit(from)} then ${sql.lit(key)}`),
    sql` `,
  )} end`;

function dealsBySteps(
  words: Pick<Report, 'name' | 'title' | 'description'> & { readonly step: string; readonly notes: readonly string[] },
  steps: Steps,
  { count, other }: { readonly count: RawBuilder<unknown>; readonly other: Column },
): Report {
  const grouping = stepOf(steps, count);
  const columns: readonly Column[] = [
    { key: 'step', label: words.step, type: 'text' },
    dealsColumn,
    { key: 'won', label: 'Won', type: 'number', behind: true },
    { key: 'lost', label: 'Lost', type: 'number', behind: true },
    { key: 'open', label: 'Open', type: 'number', behind: true },
    { key: 'winRate', label: 'Win rate', type: 'percent', behind: true },
    meetingsColumn,
    other,
    ...closingColumns,
  ];
  return {
    name: words.name,
    title: words.title,
    description: words.description,
    options: [],
    chart: { kind: 'bars', label: 'step', values: ['winRate'] },
    async compute(scope) {
      const found = await compare(scope, grouping);
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
        [other.key]: rounded(other === peoplePerDeal ? group.people_per_deal : group.meetings_per_deal),
        medianDaysToClose: rounded(group.median_days),
        daysToClose: rounded(group.days),
      });
      return {
        columns,
        rows: steps.flatMap(([key, label]) => {
          const group = found.get(key);
          return group === undefined ? [] : [rowOf(label, group)];
        }),
        totals: rowOf('All', found.get(null) ?? NOTHING),
        notes: [`${MEETINGS_NOTE} ${words.notes.join(' ')}`, PEOPLE_NOTE, CLOSING_NOTE, fewNote('closed deals')],
      };
    },
    meetings: (_scope, number) => meetingsOf(grouping, columns, number),
  };
}

export const dealsByMeetings = dealsBySteps(
  {
    name: 'deals-by-meetings',
    title: 'Outcome and time to close, by number of meetings',
    description: 'Whether deals with more meetings are won more often, and how long they take.',
    step: 'Meetings of the deal',
    notes: ['More meetings are not the cause of winning: deals that stay open longer have more of them.'],
  },
  [
    ['1', '1', 1],
    ['2', '2', 2],
    ['3', '3', 3],
    ['4', '4 or 5', 4],
    ['6', '6 to 9', 6],
    ['10', '10 or more', 10],
  ],
  { count: sql`meetings`, other: peoplePerDeal },
);

export const dealsByPeople = dealsBySteps(
  {
    name: 'deals-by-people',
    title: 'Outcome and time to close, by number of people',
    description: 'Whether deals with more external participants are won more often, and how long they take.',
    step: 'People of the deal',
    notes: ['More people are not the cause of winning: larger deals involve more of them.'],
  },
  [
    ['0', 'None with an address', 0],
    ['1', '1', 1],
    ['2', '2', 2],
    ['3', '3', 3],
    ['4', '4 or 5', 4],
    ['6', '6 to 9', 6],
    ['10', '10 or more', 10],
  ],
  { count: sql`people`, other: meetingsPerDeal },
);
