import { sql } from 'kysely';
import type { NamedMeeting } from '../../meeting/notices/named-meeting';
import type { Db } from '../database';

/** What a message about notices needs of its workspace. */
export interface MessageFacts {
  readonly workspace: string;
  /** That of the HubSpot account, or UTC without one. */
  readonly timeZone: string;
  readonly meetings: ReadonlyMap<string, NamedMeeting>;
}

/**
 * Reads the facts as they are now.
 *
 * @param withText - also titles, and the sentences of reasons
 */
export async function messageFacts(
  db: Db,
  workspaceId: string,
  meetingIds: readonly string[],
  withText: boolean,
): Promise<MessageFacts> {
  const workspace = await db
    .selectFrom('workspaces')
    .leftJoin('connections', 'connections.workspace_id', 'workspaces.id')
    .select(['workspaces.name', 'connections.time_zone'])
    .where('workspaces.id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('meetings')
    .select(['meeting_id', 'title', 'status', 'reason'])
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`meeting_id = any (${[...meetingIds]})`)
    .execute();
  const meetings = rows.map(({ meeting_id: id, title, status, reason }): [string, NamedMeeting] => [
    id,
    {
      status,
      reason: reason?.code ?? null,
      title: withText ? title : null,
      sentence: withText ? (reason?.message ?? null) : null,
    },
  ]);
  return { workspace: workspace.name, timeZone: workspace.time_zone ?? 'UTC', meetings: new Map(meetings) };
}
