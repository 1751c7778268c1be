import { sql, type RawBuilder } from 'kysely';
import type { Scope } from './report';

/**
 * Each meeting with each linked record of a type, once: `(meeting_id, record_id)`. Only links to merged records can be
 * duplicates, so only these few are checked. Removing duplicates from all links would take a fifth of a report's time.
 */
export function linkedTo({ workspaceId, portalId }: Scope, objectType: string): RawBuilder<unknown> {
  return sql`
    select links.meeting_id, coalesce(merges.target, links.record_id) as record_id
    from links left join merges on merges.object_type = ${objectType} and merges.record_id = links.record_id
    where links.workspace_id = ${workspaceId} and links.portal_id = ${portalId}::bigint
      and links.object_type = ${objectType} and links.refused is null
      and (merges.target is null or not exists (
        select from links as other
        where other.workspace_id = links.workspace_id and other.meeting_id = links.meeting_id and other.portal_id = links.portal_id
          and other.object_type = links.object_type and other.refused is null
          and other.record_id = any (merges.elders || merges.target)
      ))
  `;
}

/** The current id of a record: that of the record that it was merged into, or its own. */
export function targetOf(objectType: string, recordId: string): RawBuilder<string> {
  return sql`coalesce((select target from merges where object_type = ${objectType} and record_id = ${recordId}), ${recordId})`;
}

/** The meetings that are linked to one record, under its current id or an id before a merge. */
export function meetingsOfRecord(
  { workspaceId, portalId }: Scope,
  objectType: string,
  recordId: string,
): RawBuilder<unknown> {
  const target = targetOf(objectType, recordId);
  return sql`
    select links.meeting_id from links
    where links.workspace_id = ${workspaceId} and links.portal_id = ${portalId}::bigint
      and links.object_type = ${objectType} and links.refused is null
      and links.record_id = any (array(
        select ${target} union all select record_id from merges where object_type = ${objectType} and target = ${target}
      ))
  `;
}

/** The conjunction of the conditions that are not null. */
export function all(conditions: readonly (RawBuilder<unknown> | null)[]): RawBuilder<boolean> {
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join(given, sql` and `)})`;
}
