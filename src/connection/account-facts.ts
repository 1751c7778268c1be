import type { Logger } from 'pino';
import type { ConnectedCrm } from './open-crm';
import { concernsThisCallOnly } from '../hubspot/client/errors';
import { describeError } from '../telemetry/log';
import { saveAccountFacts, saveErasesActivities } from '../store/connections/account-facts';
import { findConnection } from '../store/connections/connections';
import type { DbPool } from '../store/database';

/**
 * Reads facts about the account and stores them with the connection: the location of its pages and data, and whether it
 * erases activities permanently. Keeps the stored facts when HubSpot refuses to return them.
 *
 * @param options - `again`: also read facts that are already known. Whether the account erases costs an error response,
 *   which HubSpot counts
 * @throws the errors of HubSpot's limits and of a lost authorisation
 */
export async function refreshAccountFacts(
  { db, log }: { readonly db: DbPool; readonly log: Logger },
  workspaceId: string,
  { crm, portalId }: Pick<ConnectedCrm, 'crm' | 'portalId'>,
  { again }: { readonly again: boolean },
): Promise<void> {
  const account = { workspaceId, portalId };
  try {
    await saveAccountFacts(db, account, await crm.account());
    const known = (await findConnection(db, workspaceId))?.erases_activities ?? null;
    if (again || known === null) await saveErasesActivities(db, account, await crm.canEraseActivities());
  } catch (error) {
    if (!concernsThisCallOnly(error)) throw error;
    log.warn({ portalId, error: describeError(error) }, 'HubSpot does not return what the account can do');
  }
}
