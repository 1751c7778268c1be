import { sql } from 'kysely';
import { inTransaction, type Db } from '../database';
import { forgetPastValues } from '../fields/erase-values';

/** The tables with the data of a portal. Links and ledger of activities contain only ids and stay. */
const TABLES = [
  'crm_events',
  'crm_records',
  'crm_associations',
  'crm_stages',
  'crm_pipelines',
  'crm_object_types',
  'crm_owners',
  'crm_catalogues',
  'hubspot_owners',
  'searched_answers',
  'search_forms',
  'named_records',
  'open_deal_lists',
] as const;

/**
 * Deletes mirror, catalogue and inbox of the HubSpot accounts that the workspace was connected to and that no workspace
 * is connected to now. Links and the ledger stay, so that reconnecting writes nothing twice.
 *
 * @param portalId - the account that was just disconnected, or null
 * @returns the portal ids of these accounts
 */
export async function eraseMirror(db: Db, workspaceId: string, portalId: number | null): Promise<number[]> {
  return await inTransaction(db, async (transaction) => {
    const { rows } = await sql<{ portal_id: number }>`
      select portal_id from (
        select portal_id from meetings where workspace_id = ${workspaceId} and portal_id is not null
        union select portal_id from links where workspace_id = ${workspaceId}
        union select ${portalId}::bigint where ${portalId}::bigint is not null
        -- Accounts that were disconnected before their first meeting belong to no workspace.
        union select portal_id from crm_catalogues as read
          where not exists (select from meetings where meetings.portal_id = read.portal_id)
      ) as known
      where not exists (select from connections where connections.portal_id = known.portal_id)
    `.execute(transaction);
    const portals = rows.map((row) => row.portal_id);
    if (portals.length === 0) return [];
    // oxlint-disable-next-line no-await-in-loop -- one statement a table, in one transaction
    for (const table of TABLES) await transaction.deleteFrom(table).where('portal_id', 'in', portals).execute();
    await forgetPastValues(transaction, portals);
    return portals;
  });
}

/**
 * Requests a read of every record that the workspace's meetings are linked to, after the mirror was deleted. Does nothing
 * while the portal has a mirror.
 */
export async function trackLinked(db: Db, workspaceId: string, portalId: number): Promise<void> {
  await sql`
    insert into crm_records (portal_id, object_type, record_id)
    select distinct portal_id, object_type, record_id from links
    where workspace_id = ${workspaceId} and portal_id = ${portalId} and refused is null
      and not exists (select from crm_records where portal_id = ${portalId})
    on conflict do nothing
  `.execute(db);
}
