import { sql } from 'kysely';
import type { Db } from './database';

/** Whether any meeting of the last days had external participants: without one, nobody new can be awaited. */
export async function hasLateParticipants(db: Db, workspaceId: string, withinDays: number): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (
      select from meetings join meeting_participants using (workspace_id, meeting_id)
      where workspace_id = ${workspaceId} and accepted_at > now() - make_interval(days => ${withinDays}::int)
    ) as found
  `.execute(db);
  return rows[0]?.found ?? false;
}
