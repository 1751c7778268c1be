import type { Selectable } from 'kysely';
import type { Db } from '../database';
import { storedLink, type StoredLink } from './links';
import type { Database } from '../schema';

/** What a list says about an activity. */
export type WhereWritten = Pick<
  Selectable<Database['engagements']>,
  'kind' | 'portal_id' | 'object_type' | 'hubspot_id' | 'url' | 'deleted_at'
> & {
  /** Host of its account's pages; null while that account is not connected. */
  readonly ui_domain: string | null;
};

/** The links of several meetings by meeting id, each in the account of its last sync and in the cascade's order. */
export async function linksOf(
  db: Db,
  workspaceId: string,
  meetingIds: readonly string[],
): Promise<Map<string, StoredLink[]>> {
  if (meetingIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('links')
    .innerJoin('meetings', (join) =>
      join
        .onRef('meetings.workspace_id', '=', 'links.workspace_id')
        .onRef('meetings.meeting_id', '=', 'links.meeting_id')
        .onRef('meetings.portal_id', '=', 'links.portal_id'),
    )
    .selectAll('links')
    .where('links.workspace_id', '=', workspaceId)
    .where('links.meeting_id', 'in', meetingIds)
    .orderBy('links.position')
    .execute();
  const links = Map.groupBy(rows, (row) => row.meeting_id);
  return new Map([...links].map(([meetingId, some]) => [meetingId, some.map(storedLink)]));
}

/** The activities of several meetings by meeting id, each in the account of its last sync. */
export async function engagementsOf(
  db: Db,
  workspaceId: string,
  meetingIds: readonly string[],
): Promise<Map<string, WhereWritten[]>> {
  if (meetingIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('engagements')
    .innerJoin('meetings', (join) =>
      join
        .onRef('meetings.workspace_id', '=', 'engagements.workspace_id')
        .onRef('meetings.meeting_id', '=', 'engagements.meeting_id')
        .onRef('meetings.portal_id', '=', 'engagements.portal_id'),
    )
    .leftJoin('connections', (join) =>
      join
        .onRef('connections.workspace_id', '=', 'engagements.workspace_id')
        .onRef('connections.portal_id', '=', 'engagements.portal_id'),
    )
    .select([
      'engagements.meeting_id',
      'engagements.kind',
      'engagements.portal_id',
      'connections.ui_domain',
      'engagements.object_type',
      'engagements.hubspot_id',
      'engagements.url',
      'engagements.deleted_at',
    ])
    .where('engagements.workspace_id', '=', workspaceId)
    .where('engagements.meeting_id', 'in', meetingIds)
    .execute();
  return Map.groupBy(rows, (row) => row.meeting_id);
}
