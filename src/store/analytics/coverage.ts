import { sql, type RawBuilder } from 'kysely';
import { objectTypes } from '../catalogue';
import { analysed } from './analysed';
import { rounded, type Report, type Scope } from './report';

const NOTHING = '(nothing)';
const CUSTOM = '(custom)';
const TYPES: readonly (readonly [string, string])[] = [
  ['contacts', 'A contact'],
  ['companies', 'A company'],
  ['deals', 'A deal'],
  [CUSTOM, 'A custom object'],
];

/** `(meeting_id, object_type)`: which types of records each meeting is linked to. */
const linkedTypes = ({ workspaceId, portalId }: Scope) => sql`
  select distinct meeting_id, object_type from links
  where workspace_id = ${workspaceId} and portal_id = ${portalId}::bigint and refused is null
`;

export const coverage: Report = {
  name: 'coverage',
  title: 'How many meetings are linked',
  description:
    'The share of meetings that stand on the timeline of a contact, a company, a deal or a custom object, and of those that stand nowhere.',
  options: [],
  chart: { kind: 'bars', label: 'linkedTo', values: ['share'] },
  countsSkipped: true,
  async compute(scope) {
    const { rows } = await sql<{ key: string | null; meetings: number }>`
      ${analysed(scope, { skipped: true })},
      typed as (${linkedTypes(scope)})
      select object_type as key, count(*) as meetings from scoped join typed using (meeting_id) group by object_type
      union all
      select ${CUSTOM}, count(*) from scoped where meeting_id in (select meeting_id from typed where object_type like '2-%')
      union all
      select ${NOTHING}, count(*) from scoped where meeting_id not in (select meeting_id from typed)
      union all
      select null, count(*) from scoped
    `.execute(scope.db);
    const found = new Map(rows.map(({ key, meetings }) => [key, meetings]));
    const known = new Map(
      (await objectTypes(scope.db, scope.portalId ?? -1)).map((type) => [type.object_type, type.plural]),
    );
    const custom = [...found.keys()]
      .filter((key) => key?.startsWith('2-') === true)
      .map((key): [string, string] => [key ?? '', `Custom object: ${known.get(key ?? '') ?? key}`])
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
        { key: 'linkedTo', label: 'Linked to', type: 'text' },
        { key: 'meetings', label: 'Meetings', type: 'number', meetings: true },
        { key: 'share', label: 'Share of all', type: 'percent' },
      ],
      rows: [...TYPES, ...custom, [NOTHING, 'Nothing'] as const].map(([key, label]) =>
        rowOf(key, label, found.get(key) ?? 0),
      ),
      totals: rowOf('', 'All meetings', total),
      notes: [
        'Skipped meetings count here, and only here. A meeting that is linked to a contact and a company counts for both.',
        'Links that HubSpot refused do not count, nor do those of an account that was connected before.',
      ],
    };
  },
  meetings(scope, { key, column }) {
    if (column !== 'meetings') return null;
    const typed = (condition: RawBuilder<unknown>) =>
      sql`select meeting_id from (${linkedTypes(scope)}) as typed where ${condition}`;
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
