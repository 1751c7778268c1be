import { sql, type RawBuilder } from 'kysely';
import { message, t } from '../languages/text';
import { analysed, OUTCOME_NAME } from './analysed';
import { all } from './links';
import { dealGroups, groupNames, type DealGroups } from './deal-groups';
import { CLOSING_NOTE, dealFigures, PEOPLE_NOTE, peopleOfDeal } from './deal-figures';
import {
  fewNote,
  FEW,
  labelled,
  rounded,
  totalName,
  type Cases,
  type Column,
  type Computed,
  type Report,
  type Scope,
} from './report';

export interface Group {
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

const MEETINGS_NOTE = message('Deals without a meeting are not counted.');

/** A number about a group of deals. */
interface Figure {
  readonly column: Column;
  readonly of: (group: Group) => number | null;
  /** A condition on `grouped` that selects the deals behind it. */
  readonly behind: RawBuilder<boolean>;
}

const closed = ({ won, lost }: Group) => won + lost;

const dealCount: Figure = {
  column: { key: 'deals', label: message('Deals'), type: 'number', behind: true },
  of: ({ deals }) => deals,
  behind: sql`true`,
};
const outcomeCounts = (['won', 'lost', 'open'] as const).map((outcome): Figure => ({
  column: { key: outcome, label: OUTCOME_NAME, type: 'number', behind: true },
  of: (group) => group[outcome],
  behind: sql`outcome = ${outcome}`,
}));
export const winRate: Figure = {
  column: { key: 'winRate', label: message('Win rate'), type: 'percent', behind: true },
  of: (group) => (closed(group) === 0 ? null : rounded((group.won / closed(group)) * 100)),
  behind: sql`outcome in ('won', 'lost')`,
};
const meetingCount: Figure = {
  column: { key: 'meetings', label: message('Meetings'), type: 'number', meetings: true },
  of: ({ meetings }) => meetings,
  behind: sql`true`,
};
const meetingsPerDeal: Figure = {
  column: { key: 'meetingsPerDeal', label: message('Meetings per deal'), type: 'number', behind: true },
  of: (group) => rounded(group.meetings_per_deal),
  behind: sql`true`,
};
const peoplePerDeal: Figure = {
  column: { key: 'peoplePerDeal', label: message('People per deal'), type: 'number', behind: true },
  of: (group) => rounded(group.people_per_deal),
  behind: sql`true`,
};
const daysToClose: readonly Figure[] = [
  {
    column: { key: 'medianDaysToClose', label: message('Median days to close'), type: 'duration', behind: true },
    of: (group) => rounded(group.median_days),
    behind: sql`days_to_close is not null`,
  },
  {
    column: { key: 'daysToClose', label: message('Average days to close'), type: 'duration', behind: true },
    of: (group) => rounded(group.days),
    behind: sql`days_to_close is not null`,
  },
];

/** Follows `analysed`: `grouped` has the deals with meetings, with their figures and the key of their group. */
const groupedBy = (grouping: Grouping) => sql`
  ${dealFigures}, ${peopleOfDeal()},
  counted as (
    select deal_id, outcome, meetings, coalesce(people, 0) as people, days_to_close
    from figures left join people_of_deal using (deal_id)
  ), grouped as materialized (select *, ${grouping} as key from counted)
`;

/** The groups that have a deal, and the total. */
async function compare(scope: Scope, grouping: Grouping): Promise<readonly Group[]> {
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
  return rows;
}

/** The labels and order of the groups of a comparison. */
type GroupNames = Pick<DealGroups, 'label' | 'order'>;

export interface Comparison extends Pick<Report, 'name' | 'title' | 'description'> {
  readonly grouping: Grouping;
  readonly groups: (scope: Scope) => Promise<GroupNames>;
  /** The column of the groups. */
  readonly label: Column;
  readonly figures: readonly Figure[];
  /** The columns of the chart. */
  readonly drawn: readonly string[];
  /** The number of cases behind the averages of a group, and what they are. */
  readonly cases: readonly [(group: Group) => number, Cases];
  /** What to be careful with. */
  readonly caution?: string;
}

/** The report on compared groups, in the order of the groups. */
export function comparisonTable(
  { label, figures, cases: [casesOf, cases], caution }: Pick<Comparison, 'label' | 'figures' | 'cases' | 'caution'>,
  groups: GroupNames,
  found: readonly Group[],
): Computed {
  const rowOf = (group: Group) => ({
    key: group.key ?? '',
    few: casesOf(group) < FEW,
    [label.key]: group.key === null ? totalName() : groups.label(group.key),
    ...Object.fromEntries(figures.map(({ column, of }) => [column.key, of(group)])),
  });
  return {
    columns: labelled([label, ...figures.map(({ column }) => column)]),
    rows: found
      .filter(({ key }) => key !== null)
      .toSorted((a, b) => groups.order(a.key ?? '', b.key ?? ''))
      .map(rowOf),
    totals: rowOf(found.find(({ key }) => key === null) ?? NOTHING),
    notes: [
      caution === undefined ? t(MEETINGS_NOTE) : `${t(MEETINGS_NOTE)} ${t(caution)}`,
      t(PEOPLE_NOTE),
      t(CLOSING_NOTE),
      fewNote(cases),
    ],
  };
}

function comparisonOf(comparison: Comparison): Report {
  const { name, title, description, grouping, label, figures, drawn } = comparison;
  return {
    name,
    title,
    description,
    options: [],
    chart: { kind: 'bars', label: label.key, values: drawn },
    async compute(scope) {
      return comparisonTable(comparison, await comparison.groups(scope), await compare(scope, grouping));
    },
    meetings(_scope, { key, column }) {
      const figure = figures.find((one) => one.column.key === column);
      if (figure === undefined) return null;
      const inGroup = key === null ? null : sql`key = ${key}`;
      return sql`
        with ${groupedBy(grouping)}
        select meeting_id from linked where deal_id in (select deal_id from grouped where ${all([inGroup, figure.behind])})
      `;
    },
  };
}

export const dealsByOutcome = comparisonOf({
  name: 'deals-by-outcome',
  title: message('Meetings and people per deal, by outcome'),
  description: message('How many meetings and people won, lost and open deals had, and how long the closed ones took.'),
  grouping: sql`outcome`,
  groups: async (scope) => await dealGroups(scope, 'outcome'),
  label: { key: 'outcome', label: message('Outcome'), type: 'text' },
  figures: [dealCount, meetingCount, meetingsPerDeal, peoplePerDeal, ...daysToClose],
  drawn: ['meetingsPerDeal', 'peoplePerDeal'],
  cases: [({ deals }) => deals, 'deals'],
});

/** Ranges of numbers: key, label in English, and lower bound. The next range ends it. */
type Steps = readonly (readonly [string, string, number])[];

function dealsBySteps(
  words: Pick<Report, 'name' | 'title' | 'description'> & { readonly step: string; readonly caution: string },
  steps: Steps,
  { count, other }: { readonly count: RawBuilder<unknown>; readonly other: Figure },
): Report {
  const cases = steps.toReversed().map(([key, , from]) => sql`when ${count} >= ${sql.lit(from)} then ${sql.lit(key)}`);
  return comparisonOf({
    ...words,
    grouping: sql`case ${sql.join(cases, sql` `)} end`,
    groups: async () => groupNames(steps.map(([key, name]) => [key, t(name)])),
    label: { key: 'step', label: words.step, type: 'text' },
    figures: [dealCount, ...outcomeCounts, winRate, meetingCount, other, ...daysToClose],
    drawn: ['winRate'],
    cases: [closed, 'closed deals'],
  });
}

export const dealsByMeetings = dealsBySteps(
  {
    name: 'deals-by-meetings',
    title: message('Outcome and time to close, by number of meetings'),
    description: message('Whether deals with more meetings are won more often, and how long they take.'),
    step: message('Meetings of the deal'),
    caution: message('More meetings are not the cause of winning: deals that stay open longer have more of them.'),
  },
  [
    ['1', '1', 1],
    ['2', '2', 2],
    ['3', '3', 3],
    ['4', message('4 or 5'), 4],
    ['6', message('6 to 9'), 6],
    ['10', message('10 or more'), 10],
  ],
  { count: sql`meetings`, other: peoplePerDeal },
);

export const dealsByPeople = dealsBySteps(
  {
    name: 'deals-by-people',
    title: message('Outcome and time to close, by number of people'),
    description: message('Whether deals with more external participants are won more often, and how long they take.'),
    step: message('People of the deal'),
    caution: message('More people are not the cause of winning: larger deals involve more of them.'),
  },
  [
    ['0', message('None with an address'), 0],
    ['1', '1', 1],
    ['2', '2', 2],
    ['3', '3', 3],
    ['4', message('4 or 5'), 4],
    ['6', message('6 to 9'), 6],
    ['10', message('10 or more'), 10],
  ],
  { count: sql`people`, other: meetingsPerDeal },
);
