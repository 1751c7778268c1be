import type { ConnectedCrm } from '../connection/open-crm';
import { isRejectedOrForbidden } from '../hubspot/client/errors';
import { DEALS_SCOPE } from '../hubspot/search/open-deals';
import { completeOpenDeals, continueOpenDeals, refuseOpenDeals, saveOpenDeals } from '../store/mirror/open-deals';
import { timeOfReading } from '../store/mirror/mirror';
import type { ActivityDependencies } from './dependencies';

/**
 * The most calls of one reconciliation: 50,000 open deals by search, of which HubSpot allows five a second. The next
 * night continues from there.
 */
const MOST_CALLS = 250;

/**
 * Reads the account's open deals into the mirror, so that reports know those that never had a meeting. Continues where
 * an earlier run stopped. An account that does not let the app read deals is skipped; the report says so.
 *
 * @param options - `mostCalls`: for tests
 */
export function readOpenDeals(
  { db, gateway }: Pick<ActivityDependencies, 'db' | 'gateway'>,
  { mostCalls = MOST_CALLS }: { readonly mostCalls?: number } = {},
) {
  return async ({
    workspaceId,
    reconciliationId,
  }: {
    readonly workspaceId: string;
    readonly reconciliationId: string;
  }): Promise<{ readonly complete: boolean }> => {
    const connected = await gateway.connect(workspaceId);
    const { portalId, scopes } = connected;
    try {
      if (scopes.includes(DEALS_SCOPE)) return { complete: await readPages(connected) };
    } catch (error) {
      if (!isRejectedOrForbidden(error)) throw error;
    }
    await refuseOpenDeals(db, portalId, reconciliationId);
    return { complete: false };

    /** @returns whether the list is complete */
    async function readPages({ crm }: ConnectedCrm): Promise<boolean> {
      const list = await continueOpenDeals(db, portalId, reconciliationId);
      let place = { form: list.form, after: list.after_place };
      for (let { calls } = list; calls < mostCalls; calls++) {
        // oxlint-disable-next-line no-await-in-loop -- each page names the next one
        const readFrom = await timeOfReading(db);
        // oxlint-disable-next-line no-await-in-loop -- as above
        const { deals, next } = await crm.openDeals(place);
        // oxlint-disable-next-line no-await-in-loop -- as above
        await saveOpenDeals(db, portalId, deals, { next: next ?? place, readFrom });
        if (next === null) {
          // oxlint-disable-next-line no-await-in-loop -- the last page
          await completeOpenDeals(db, portalId);
          return true;
        }
        place = next;
      }
      return false;
    }
  };
}
