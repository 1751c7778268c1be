import type { Db } from '../database';

/** The facts that HubSpot last returned about a connected account. */
export interface AccountFacts {
  readonly uiDomain: string;
  readonly timeZone: string;
  readonly accountType: string | null;
  readonly dataLocation: string | null;
  readonly currency: string | null;
}

/** Stores the facts with the workspace's connection, unless it is connected to another account by now. */
export async function saveAccountFacts(
  db: Db,
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number },
  { uiDomain, timeZone, accountType, dataLocation, currency }: AccountFacts,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({
      ui_domain: uiDomain,
      time_zone: timeZone,
      account_type: accountType,
      data_location: dataLocation,
      currency,
    })
    .where((where) => where.and({ workspace_id: workspaceId, portal_id: portalId }))
    .execute();
}

/** Stores whether the account erases activities permanently. */
export async function saveErasesActivities(
  db: Db,
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number },
  erases: boolean,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ erases_activities: erases })
    .where((where) => where.and({ workspace_id: workspaceId, portal_id: portalId }))
    .execute();
}
