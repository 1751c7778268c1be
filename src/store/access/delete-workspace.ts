import { sql } from 'kysely';
import type { RemainingActivity } from '../../meeting/reasons';
import { OPERATOR } from '../audit/actor';
import { audited } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import { lockAccess } from './creator';

export interface NamedWorkspace {
  readonly id: string;
  readonly name: string;
  readonly meetings: number;
}

/** Finds a workspace by name or, if none has that name, by id. */
export async function findWorkspace(db: Db, nameOrId: string): Promise<NamedWorkspace | null> {
  const { rows } = await sql<NamedWorkspace>`
    select id, name, (select count(*)::int from meetings where workspace_id = workspaces.id) as meetings from workspaces
    where name = ${nameOrId} or id = ${nameOrId}
    order by name = ${nameOrId} desc
    limit 1
  `.execute(db);
  return rows[0] ?? null;
}

/** Closes the workspace: deletes its keys, links, sessions and backfills. */
export async function closeWorkspace(db: DbPool, workspaceId: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await lockAccess(transaction, workspaceId);
    for (const table of ['api_keys', 'sign_in_links', 'sessions', 'admin_links', 'backfills'] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
      await transaction.deleteFrom(table).where('workspace_id', '=', workspaceId).execute();
    }
  });
}

/** Ids of meetings whose deletion has not begun. */
export async function meetingsToDelete(db: Db, workspaceId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('meetings')
    .select('meeting_id')
    .where('workspace_id', '=', workspaceId)
    .where((where) => where.or([where('body', 'is not', null), where('title', '<>', '')]))
    .limit(limit)
    .execute();
  return rows.map((row) => row.meeting_id);
}

/** Whether a pass of any of the workspace's meetings may be running. */
export async function isSyncing(db: Db, workspaceId: string): Promise<boolean> {
  const row = await db
    .selectFrom('meetings')
    .select('meeting_id')
    .where((where) => where.and({ workspace_id: workspaceId, status: 'syncing' }))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The workspace's activities in HubSpot according to the ledger, in one account or in all. */
export async function activitiesLeft(
  db: Db,
  workspaceId: string,
  portalId?: number,
): Promise<(RemainingActivity & { readonly meetingId: string })[]> {
  const rows = await db
    .selectFrom('engagements')
    .select(['meeting_id', 'portal_id', 'object_type', 'hubspot_id'])
    .where('workspace_id', '=', workspaceId)
    .$if(portalId !== undefined, (query) => query.where('portal_id', '=', portalId ?? 0))
    .orderBy('portal_id')
    .orderBy('meeting_id')
    .execute();
  return rows.map((row) => ({
    meetingId: row.meeting_id,
    portalId: row.portal_id,
    objectType: row.object_type,
    id: row.hubspot_id,
  }));
}

/** Deletes the workspace and all its rows. The record of it belongs to no workspace. */
export async function removeWorkspace(db: DbPool, workspaceId: string): Promise<void> {
  const remove = async (transaction: Db) =>
    await transaction.deleteFrom('workspaces').where('id', '=', workspaceId).returning('name').executeTakeFirst();
  await audited(db, OPERATOR, remove, (removed) =>
    removed === undefined
      ? null
      : {
          workspaceId: null,
          action: 'workspace.delete',
          object: { type: 'workspace', id: workspaceId, label: removed.name },
        },
  );
}
