import { sql, type RawBuilder } from 'kysely';
import { message, t } from '../languages/text';
import { objectTypes } from '../store/mirror/catalogue';
import { analysed } from './analysed';
import { rounded, type Report, type Scope } from './report';

const NOTHING = '(nothing)';
const CUSTOM = '(custom)';
const TYPES: readonly (readonly [string, string])[] = [
  ['contacts', message('A contact')],
  ['companies', message('A company')],
  ['deals', message('A deal')],
  [CUSTOM, message('A custom object')],
];

/** `(meeting_id, object_type)` of every link that HubSpot has not refused. */
const linksOf = ({ workspaceId, portalId }: Scope) => sql`
  select meeting_id, object_type from links
  where workspace_id = ${workspaceId} and portal_id = ${portalId}::bigint and refused is null
`;

export const coverage: Report = {
  name: 'coverage',
  title: message('How many meetings are linked'),
  description: message(
    'The share of meetings on the timeline of at least one contact, company, deal or custom object, and of those on none.',
  ),
  options: [],
  chart: { kind: 'bars', label: 'linkedTo', values: ['share'] },
  countsSkipped: true,
  async compute(scope) {
    // Links are the largest table, so one pass reads them. A query per row took three times as long.
    const { rows } = await sql<{ key: string | null; meetings: number }>`
      ${analysed(scope, { skipped: true })},
      by_meeting as (
        select meeting_id, bool_or(object_type = 'contacts') as contacts, bool_or(object_type = 'companies') as companies,
          bool_or(object_type = 'deals') as deals, array_agg(object_type) filter (where object_type like '2-%') as custom
        from (${linksOf(scope)}) as link group by meeting_id
      ), typed as materialized (
        select scoped.meeting_id as scoped_id, by_meeting.* from scoped left join by_meeting using (meeting_id)
      ), counted as (
        select count(*) as all_of_them, count(*) filter (where contacts) as contacts, count(*) filter (where companies) as companies,
          count(*) filter (where deals) as deals, count(custom) as custom, count(*) filter (where meeting_id is null) as nothing
        from typed
      )
      select key, meetings from counted cross join lateral (values
        (null, all_of_them), ('contacts', contacts), ('companies', companies), ('deals', deals), (${CUSTOM}, custom), (${NOTHING}, nothing)
      ) as row (key, meetings)
      union all
      select type, count(*) from (select distinct meeting_id, unnest(custom) as type from typed) as once group by type
    `.execute(scope.db);
    const found = new Map(rows.map(({ key, meetings }) => [key, meetings]));
    const known = new Map(
      (await objectTypes(scope.db, scope.portalId ?? -1)).map((type) => [type.object_type, type.plural]),
    );
    const custom = [...found.keys()]
      .filter((key) => key?.startsWith('2-') === true)
      .map((key): [string, string] => [
        key ?? '',
        t('Custom object: {type}', { type: known.get(key ?? '') ?? key ?? '' }),
      ])
      .toSorted(([, a], [, b]) => (a < b ? -1 : 1));
    const total = found.get(null) ?? 0;
    const rowOf = (key: string, linked: string, meetings: number) => ({
      key,
      few: false,
      linkedTo: linked,
      meetings,
      share: total === 0 ? null : rounded((meetings / total) * 100),
    });
    return {
      columns: [
        { key: 'linkedTo', label: t('Linked to'), type: 'text' },
        { key: 'meetings', label: t('Meetings'), type: 'number', meetings: true },
        { key: 'share', label: t('Share of all'), type: 'percent', behind: true },
      ],
      rows: [...TYPES.map(([key, name]) => [key, t(name)] as const), ...custom, [NOTHING, t('Nothing')] as const].map(
        ([key, name]) => rowOf(key, name, found.get(key) ?? 0),
      ),
      totals: rowOf('', t('All meetings'), total),
      notes: [
        t(
          'This report includes skipped meetings. A meeting that is linked to a contact and a company counts for both.',
        ),
        t('Links that HubSpot refused and links in a previously connected account do not count.'),
      ],
    };
  },
  meetings(scope, { key, column }) {
    if (column !== 'meetings' && column !== 'share') return null;
    const typed = (condition: RawBuilder<unknown>) =>
      sql`select meeting_id from (${linksOf(scope)}) as typed where ${condition}`;
    switch (key) {
      case null:
        return sql`select meeting_id from scoped`;
      case NOTHING:
        return sql`select meeting_id from scoped where meeting_id not in (${typed(sql`true`)})`;
      case CUSTOM:
        return sql`select meeting_id from scoped where meeting_id in (${typed(sql`object_type like '2-%'`)})`;
      default:
        return sql`select meeting_id from scoped where meeting_id in (${typed(sql`object_type = ${key}`)})`;
    }
  },
};
