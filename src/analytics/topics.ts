import { sql } from 'kysely';
import { message, t } from '../languages/text';
import { analysed } from './analysed';
import { all } from './links';
import { dealGroups, placedBy, type DealGroups } from './deal-groups';
import { DEALS_NOTE } from './scores/score-by-deals';
import { fewNote, FEW, rounded, type Column, type Computed, type Report, type Scope } from './report';

/** What a report counts, and its words. */
interface Subject {
  readonly name: string;
  readonly title: string;
  /** The heading of the first column. */
  readonly label: string;
  readonly note: string;
  /** The columns of `meeting_facts`: names as written, and the same names as keys that ignore case, accents and spaces. */
  readonly names: 'topics' | 'categories';
  readonly keys: 'topic_keys' | 'category_keys';
}

/** How often one key comes up. */
export interface Mentions {
  /** Null for the total. */
  readonly key: string | null;
  readonly label: string | null;
  readonly meetings: number;
  readonly scored: number;
  readonly score: number | null;
  /** Meetings by the group of their deals. */
  readonly groups: Readonly<Record<string, number>> | null;
  /** The number of all keys, listed or not. */
  readonly found: number;
}

const NOTHING: Mentions = { key: null, label: null, meetings: 0, scored: 0, score: null, groups: null, found: 0 };

/** Prefix of a column key, followed by the key of a group. */
const IN = 'in:';

/** The most frequent keys, and the total. */
async function countMentions(scope: Scope, { names, keys }: Subject): Promise<readonly Mentions[]> {
  const { by, limit } = scope.options;
  const keyList = sql.ref(keys);
  const { rows } = await sql<Mentions>`
    ${analysed(scope, { facts: [keys, 'score'] })},
    mentioned as materialized (
      select key, count(*) as meetings, count(score) as scored, sum(score) / nullif(count(score), 0) as score
      from (select score, unnest(${keyList}) as key from scoped) as mentions group by key
    ), top as materialized (
      select *, (select count(*) from mentioned) as found from mentioned order by meetings desc, key collate "C" limit ${limit}
    ), each_deal as materialized (
      ${placedBy(scope, by, [keys, 'deal_ids'])}
    ), placed as materialized (
      select meeting_id, deal_group, ${keyList} as keys from each_deal where cardinality(deal_ids) < 2
      union all (
        select distinct on (meeting_id, deal_group) meeting_id, deal_group, ${keyList} from each_deal where cardinality(deal_ids) > 1
      )
    ), counted as (
      select key, deal_group, count(*) as meetings, min(meeting_id collate "C") as meeting_id
      from (select meeting_id, deal_group, unnest(keys) as key from placed) as mentions
      where key in (select key from top) group by key, deal_group
    ), by_group as (
      select key, json_object_agg(deal_group, meetings) as groups, min(meeting_id) as meeting_id from counted group by key
    )
    select key, meetings, scored, score, found, groups, (
      select ${sql.ref(`fact.${names}`)}[array_position(${sql.ref(`fact.${keys}`)}, key)] from meeting_facts as fact
      where fact.workspace_id = ${scope.workspaceId} and fact.meeting_id = by_group.meeting_id collate "default"
    ) as label
    from top left join by_group using (key)
    union all
    select null, count(*), count(score), avg(score), 0, (
      select json_object_agg(deal_group, meetings) from (select deal_group, count(*) as meetings from placed group by deal_group) as of_all
    ), null from scoped
  `.execute(scope.db);
  return rows;
}

/**
 * The report on counted mentions: the most frequent first, with a column for each group that has a meeting.
 *
 * @param counted - in any order, with at most one total
 */
export function mentionsTable(
  { label, note }: Pick<Subject, 'label' | 'note'>,
  groups: Pick<DealGroups, 'label' | 'order'>,
  counted: readonly Mentions[],
): Computed {
  const keys = [...new Set(counted.flatMap((one) => Object.keys(one.groups ?? {})))].toSorted(groups.order);
  const listed = counted
    .filter(({ key }) => key !== null)
    .toSorted((a, b) => b.meetings - a.meetings || ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
  const found = listed[0]?.found ?? 0;
  const total = counted.find(({ key }) => key === null) ?? NOTHING;
  return {
    columns: [
      { key: 'topic', label: t(label), type: 'text' },
      { key: 'meetings', label: t('Meetings'), type: 'number', meetings: true },
      { key: 'score', label: t('Average AI score'), type: 'percent', behind: true },
      ...keys.map((key): Column => ({ key: IN + key, label: groups.label(key), type: 'number', meetings: true })),
    ],
    rows: listed.map((one) => rowOf(one, keys)),
    totals: rowOf(total, keys),
    notes: [
      t(note),
      ...(found > listed.length
        ? [t('The {count, number} most frequent of {total, number}.', { count: listed.length, total: found })]
        : []),
      t(DEALS_NOTE),
      fewNote('scored meetings'),
    ],
  };
}

function rowOf({ key, label, meetings, scored, score, groups }: Mentions, keys: readonly string[]) {
  return {
    key: key ?? '',
    few: scored < FEW,
    topic: key === null ? t('All meetings') : label,
    meetings,
    score: rounded(score),
    ...Object.fromEntries(keys.map((group) => [IN + group, groups?.[group] ?? 0])),
  };
}

function mentionsOf(subject: Subject): Report {
  return {
    name: subject.name,
    title: subject.title,
    description: message(`In how many meetings each came up, by the outcome or stage of their deals.`),
    options: ['by', 'limit'],
    chart: { kind: 'stacked', label: 'topic', values: null },
    async compute(scope) {
      const groups = await dealGroups(scope, scope.options.by);
      return mentionsTable(subject, groups, await countMentions(scope, subject));
    },
    meetings(scope, { key, column }) {
      const group = column.startsWith(IN) ? column.slice(IN.length) : null;
      if (group === null && column !== 'meetings' && column !== 'score') return null;
      const conditions = [
        key === null ? null : sql`${sql.ref(subject.keys)} @> array[${key}::text]`,
        column === 'score' ? sql`score is not null` : null,
        group === null ? null : sql`deal_group = ${group}`,
      ];
      return sql`
        select meeting_id from (${placedBy(scope, scope.options.by, [subject.keys, 'score'])}) as placed
        where ${all(conditions)}
      `;
    },
  };
}

export const topics = mentionsOf({
  name: 'topics',
  title: message('Topics'),
  label: message('Topic'),
  note: message('Topics that differ only in case, accents or spaces count as one. A meeting counts once per topic.'),
  names: 'topics',
  keys: 'topic_keys',
});
export const smartCategories = mentionsOf({
  name: 'smart-categories',
  title: message('Smart Categories'),
  label: message('Smart Category'),
  note: message(
    'A meeting counts for each Smart Category in which it has a note or clip. Names that differ only in case, accents or spaces count as one.',
  ),
  names: 'categories',
  keys: 'category_keys',
});
