import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { ConnectedCrm } from './gateway';
import { HubSpotError } from './hubspot/errors';
import { describeError } from './log';
import { saveAccountFacts, saveErasesActivities } from './store/account-facts';
import { findConnection } from './store/connections';
import type { Database } from './store/schema';

/**
 * Reads what only the account can tell and remembers it with the connection: where its pages and data are, and whether
 * it erases activities for good. What HubSpot refuses to tell stays as it was.
 *
 * @param options - `again`: also asks what is known already; the question costs an error answer, which HubSpot counts
 * @throws whatever HubSpot's limits or a lost authorisation give
 */
export async function refreshAccountFacts(
  { db, log }: { readonly db: Kysely<Database>; readonly log: Logger },
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
    if (!(error instanceof HubSpotError) || !['person', 'refused', 'retry'].includes(error.decision.do)) throw error;
    log.warn({ portalId, error: describeError(error) }, 'HubSpot does not tell what the account can do');
  }
}
