import { sql } from 'kysely';
import { all, analysed } from './analysed';
import { dealGroups, placedBy } from './deal-groups';
import { DEALS_NOTE } from './score-by-deals';
import { fewNote, FEW, rounded, type Column, type Report } from './report';

interface Topic {
  /** Null for the total. */
  readonly key: string | null;
  readonly label: string | null;
  readonly meetings: number;
  readonly scored: number;
  readonly score: number | null;
  /** Meetings by the group of their deals. */
  readonly groups: Readonly<Record<string, number>> | null;
  /** The number of all topics. */
  readonly topics: number;
}

/** Prefix of a column key, followed by the key of a group. */
const IN = 'in:';

function mentionsOf(
  what: 'topics' | 'categories',
  words: { name: string; title: string; label: string; note: string },
): Report {
  const keyColumn = what === 'topics' ? 'topic_keys' : 'category_keys';
  const labels = sql.ref(`fact.${what}`);
  const keys = sql.ref(`fact.${keyColumn}`);
  const keyList = sql.ref(keyColumn);
  return {
    name: words.name,
    title: words.title,
    description: `In how many meetings each came up, by the outcome or stage of their deals.`,
    options: ['by', 'limit'],
    chart: { kind: 'stacked', label: 'topic', values: null },
    async compute(scope) {
      const { by, limit } = scope.options;
      const groups = await dealGroups(scope, by);
      const { rows } = await sql<Topic>`
        ${analysed(scope, { facts: [keyColumn, 'score'] })},
        mentioned as materialized (
          select key, count(*) as meetings, count(score) as scored, sum(score) / nullif(count(score), 0) as score
          from (select score, unnest(${keyList}) as key from scoped) as mentions group by key
        ), top as materialized (
          select *, (select count(*) from mentioned) as topics from mentioned order by meetings desc, key collate "C" limit ${limit}
        ), each_deal as materialized (
          ${placedBy(scope, by, [keyColumn, 'deal_ids'])}
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
        select key, meetings, scored, score, topics, groups, (
          select ${labels}[array_position(${keys}, key)] from meeting_facts as fact
          where fact.workspace_id = ${scope.workspaceId} and fact.meeting_id = by_group.meeting_id collate "default"
        ) as label
        from top left join by_group using (key)
        union all
        select null, count(*), count(score), avg(score), 0, (
          select json_object_agg(deal_group, meetings) from (select deal_group, count(*) as meetings from placed group by deal_group) as of_all
        ), null from scoped
      `.execute(scope.db);
      const total = rows.find(({ key }) => key === null);
      const topics = rows
        .filter(({ key }) => key !== null)
        .toSorted((a, b) => b.meetings - a.meetings || ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row.groups ?? {})))].toSorted(groups.order);
      const rowOf = ({ key, label, meetings, scored, score, groups: counts }: Topic) => ({
        key: key ?? '',
        few: scored < FEW,
        topic: key === null ? 'All meetings' : label,
        meetings,
        score: rounded(score),
        ...Object.fromEntries(columns.map((group) => [IN + group, counts?.[group] ?? 0])),
      });
      const found = topics[0]?.topics ?? 0;
      return {
        columns: [
          { key: 'topic', label: words.label, type: 'text' },
          { key: 'meetings', label: 'Meetings', type: 'number', meetings: true },
          { key: 'score', label: 'Average AI Score', type: 'percent', behind: true },
          ...columns.map((group): Column => ({
            key: IN + group,
            label: groups.label(group),
            type: 'number',
            meetings: true,
          })),
        ],
        rows: topics.map(rowOf),
        totals: rowOf(
          total ?? { key: null, label: null, meetings: 0, scored: 0, score: null, groups: null, topics: 0 },
        ),
        notes: [
          words.note,
          ...(found > topics.length ? [`The ${topics.length} most frequent of ${found.toLocaleString('en')}.`] : []),
          DEALS_NOTE,
          fewNote('scored meetings'),
        ],
      };
    },
    meetings(scope, { key, column }) {
      const group = column.startsWith(IN) ? column.slice(IN.length) : null;
      if (group === null && column !== 'meetings' && column !== 'score') return null;
      const conditions = [
        key === null ? null : sql`${keyList} @> array[${key}::text]`,
        column === 'score' ? sql`score is not null` : null,
        group === null ? null : sql`deal_group = ${group}`,
      ];
      return sql`
        select meeting_id from (${placedBy(scope, scope.options.by, [keyColumn, 'score'])}) as placed where ${all(conditions)}
      `;
    },
  };
}

export const topics = mentionsOf('topics', {
  name: 'topics',
  title: 'Topics',
  label: 'Topic',
  note: 'Topics that differ only in case, accents or spaces count as one. A meeting counts once per topic.',
});
export const smartCategories = mentionsOf('categories', {
  name: 'smart-categories',
  title: 'Smart Categories',
  label: 'Smart Category',
  note: 'A meeting counts for each Smart Category in which it has a note or clip. Names that differ only in case, accents or spaces count as one.',
});
