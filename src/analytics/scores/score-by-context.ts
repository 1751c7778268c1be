import { sql } from 'kysely';
import { message, t } from '../../languages/text';
import { analysed } from '../analysed';
import { all } from '../links';
import {
  groupName,
  industry,
  jobTitle,
  lifecycleStage,
  placedByProperty,
  type ContextProperty,
} from '../context-groups';
import { fewNote, FEW, labelled, rounded, totalName, type Report, type Scope } from '../report';
import { countedIn, scoreColumns, SCORE_NOTE } from './score-columns';

interface Group {
  /** Null for the total. */
  readonly key: string | null;
  readonly spelling: string | null;
  readonly meetings: number;
  readonly scored: number;
  readonly score: number | null;
  readonly records: number;
  /** The number of all groups, listed or not. */
  readonly found: number;
}

const NOTHING: Group = { key: null, spelling: null, meetings: 0, scored: 0, score: null, records: 0, found: 0 };

/** The groups with the most meetings, and the total. */
async function groupsOf(scope: Scope, property: ContextProperty): Promise<readonly Group[]> {
  const { rows } = await sql<Group>`
    ${analysed(scope, { facts: ['score'] })},
    placed as materialized (${placedByProperty(scope, property, ['score'])}),
    by_meeting as (
      select key, count(*) as meetings, count(score) as scored, avg(score) as score
      from (select key, min(score) as score from placed group by key, meeting_id) as once group by key
    ), by_record as (
      select key, count(distinct record_id) as records, min(spelling collate "C") as spelling from placed group by key
    ), top as (
      select *, (select count(*) from by_meeting) as found from by_meeting
      order by meetings desc, key collate "C" limit ${scope.options.limit}
    )
    select key, spelling, meetings, scored, score, records, found from top join by_record using (key)
    union all
    select null, null, count(*), count(score), avg(score), (select count(distinct record_id) from placed), 0 from scoped
  `.execute(scope.db);
  return rows;
}

function scoreByContext(
  property: ContextProperty,
  words: Pick<Report, 'name' | 'title' | 'description'> & { readonly note: string },
): Report {
  const { note, ...heading } = words;
  const records = property.objectType;
  return {
    ...heading,
    options: ['limit'],
    chart: { kind: 'bars', label: property.filter, values: ['score'] },
    async compute(scope) {
      const found = await groupsOf(scope, property);
      const rowOf = ({ key, spelling, meetings, scored, score, records: count }: Group) => ({
        key: key ?? '',
        few: scored < FEW,
        [property.filter]: key === null ? totalName() : groupName(property, key, spelling ?? key),
        meetings,
        scored,
        score: rounded(score),
        [records]: count,
      });
      const listed = found
        .filter(({ key }) => key !== null)
        .toSorted((a, b) => b.meetings - a.meetings || ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
      const groups = listed[0]?.found ?? 0;
      return {
        columns: [
          { key: property.filter, label: t(property.label), type: 'text' },
          ...labelled(scoreColumns),
          {
            key: records,
            label: records === 'companies' ? t('Companies') : t('Contacts'),
            type: 'number',
            behind: true,
          },
        ],
        rows: listed.map(rowOf),
        totals: rowOf(found.find(({ key }) => key === null) ?? NOTHING),
        notes: [t(note), ...shownNote(listed.length, groups), t(SCORE_NOTE), fewNote('scored meetings')],
      };
    },
    meetings(scope, { key, column }) {
      const isCounted = column === records ? sql`record_id is not null` : countedIn(column);
      const inGroup = key === null ? null : sql`key = ${key}`;
      const placed = placedByProperty(scope, property, ['score']);
      return isCounted && sql`select meeting_id from (${placed}) as placed where ${all([inGroup, isCounted])}`;
    },
  };
}

function shownNote(count: number, total: number): string[] {
  return total > count ? [t('The {count, number} with the most meetings of {total, number}.', { count, total })] : [];
}

const CONTACTS_NOTE = message(
  'A meeting with contacts in several groups counts once in each group and once in the total. Contacts count as HubSpot has them today.',
);

export const scoreByIndustry = scoreByContext(industry, {
  name: 'score-by-industry',
  title: message('AI score by industry'),
  description: message('Meetings and their average AI score, by the industry of their companies.'),
  note: message(
    'A meeting with companies of several industries counts once for each and once in the total. Companies count as HubSpot has them today.',
  ),
});
export const scoreByLifecycleStage = scoreByContext(lifecycleStage, {
  name: 'score-by-lifecycle-stage',
  title: message('AI score by lifecycle stage'),
  description: message('Meetings and their average AI score, by the lifecycle stage of their contacts.'),
  note: CONTACTS_NOTE,
});
export const scoreByJobTitle = scoreByContext(jobTitle, {
  name: 'score-by-job-title',
  title: message('AI score by job title'),
  description: message('Meetings and their average AI score, by the job title of their contacts.'),
  note: message(
    'A meeting with contacts in several groups counts once in each group and once in the total. Contacts count as HubSpot has them today. Titles that differ only in case, accents or spaces count as one.',
  ),
});
