import { sql, type RawBuilder } from 'kysely';
import { message, t } from '../languages/text';
import { analysed } from './analysed';
import type { Report, Scope } from './report';

/** A person together with the totals. Without any person, one row has only the totals. */
interface Person {
  readonly key: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly meetings: number;
  readonly last_on: string;
  readonly all_people: number;
  readonly all_meetings: number;
}

/**
 * `(meeting_id, started_at, key, name, email)` of all external participants without a match in the connected account.
 */
const unmatchedOf = (scope: Scope): RawBuilder<unknown> => sql`
  select scoped.meeting_id, scoped.started_at, person ->> 'name' as name, lower(person ->> 'email') as email,
    coalesce(lower(person ->> 'email'), 'name:' || (person ->> 'name')) as key
  from scoped join meetings on meetings.workspace_id = ${scope.workspaceId} and meetings.meeting_id = scoped.meeting_id
      and meetings.portal_id = ${scope.portalId}::bigint and meetings.unmatched <> '[]'
    cross join lateral jsonb_array_elements(meetings.unmatched) as person
  where coalesce(person ->> 'email', person ->> 'name') is not null
`;

export const unmatchedPeople: Report = {
  name: 'unmatched-people',
  title: message('People who are not in HubSpot'),
  description: message(
    'External participants who are neither a contact nor from a known company, the most frequent first.',
  ),
  options: ['limit'],
  chart: null,
  countsSkipped: true,
  async compute(scope) {
    const { rows } = await sql<Person>`
      ${analysed(scope, { skipped: true })},
      unmatched as materialized (${unmatchedOf(scope)}),
      people as (
        select key, max(name collate "C") as name, max(email) as email, count(distinct meeting_id) as meetings, max(started_at) as last_at
        from unmatched group by key
      ), top as (
        select * from people order by meetings desc, last_at desc, key collate "C" limit ${scope.options.limit}
      ), totals as (
        select count(distinct key) as all_people, count(distinct meeting_id) as all_meetings from unmatched
      )
      select key, name, email, meetings, to_char(last_at at time zone ${scope.timeZone}, 'YYYY-MM-DD') as last_on, totals.*
      from totals left join top on true
      order by meetings desc, last_at desc, key collate "C"
    `.execute(scope.db);
    const { all_people: people, all_meetings: meetings } = rows[0] ?? { all_people: 0, all_meetings: 0 };
    const found = rows.flatMap((row) => (row.key === null ? [] : [{ ...row, key: row.key }]));
    return {
      columns: [
        { key: 'name', label: t('Name'), type: 'text' },
        { key: 'email', label: t('E-mail'), type: 'text' },
        { key: 'meetings', label: t('Meetings'), type: 'number', meetings: true },
        { key: 'lastMeeting', label: t('Last meeting'), type: 'date' },
      ],
      rows: found.map((row) => ({
        key: row.key,
        few: false,
        name: row.name,
        email: row.email,
        meetings: row.meetings,
        lastMeeting: row.last_on,
      })),
      totals: {
        key: '',
        few: false,
        name: t('{count, plural, one {# person} other {# people}}', { count: people }),
        people,
        meetings,
      },
      notes: [
        t(
          'As of the last sync of each meeting. After you create a contact in HubSpot, its recent meetings are synced automatically.',
        ),
        t('People without an e-mail address cannot be matched. Those with the same name count as one.'),
        ...(people > found.length
          ? [t('The {count, number} most frequent of {total, number}.', { count: found.length, total: people })]
          : []),
      ],
    };
  },
  meetings(scope, { key, column }) {
    if (column !== 'meetings') return null;
    return sql`select meeting_id from (${unmatchedOf(scope)}) as unmatched where ${key === null ? sql`true` : sql`key = ${key}`}`;
  },
};
