import { sql } from 'kysely';
import type { Db } from '../database';

/**
 * The meeting of an activity in HubSpot.
 *
 * @param id - of the activity; ids of activities differ across their types
 * @returns its id, or null for an activity of another app or of a deleted meeting
 */
export async function findMeetingOfActivity(
  db: Db,
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number },
  id: string,
): Promise<string | null> {
  const { rows } = await sql<{ meeting_id: string }>`
    select meeting_id from engagements join meetings using (workspace_id, meeting_id)
    where workspace_id = ${workspaceId} and engagements.portal_id = ${portalId} and hubspot_id = ${id}
      and object_type in ('meetings', 'calls', 'notes', 'tasks') and status <> 'deleted'
    order by meetings.started_at desc
    limit 1
  `.execute(db);
  return rows[0]?.meeting_id ?? null;
}
