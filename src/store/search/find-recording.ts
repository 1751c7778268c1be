import { sql } from 'kysely';
import type { Db } from '../database';

/** Recordings whose addresses differ in their query only. */
const MOST = 20;

/**
 * The newest meeting with this recording. The exact address is preferred; otherwise its query is ignored, which may name
 * a second of the recording.
 *
 * @returns its id, or null
 */
export async function findRecording(db: Db, workspaceId: string, url: string): Promise<string | null> {
  const { rows } = await sql<{ meeting_id: string; url: string | null }>`
    select meeting_id, body ->> 'recordingUrl' as url
    from meeting_recordings join meetings using (workspace_id, meeting_id)
    where workspace_id = ${workspaceId} and recording_key = recording_key_of(${url}) and status <> 'deleted'
    order by meetings.started_at desc
    limit ${MOST}
  `.execute(db);
  return (rows.find((row) => row.url === url) ?? rows[0])?.meeting_id ?? null;
}
