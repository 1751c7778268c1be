import type { CrmChangeDispatcher } from './crm-change-dispatcher';
import type { Gateway } from '../connection/open-crm';
import { requeueMany } from '../store/meetings/requeue-many';
import type { DbPool } from '../store/database';

/** Reasons of meetings that can continue once HubSpot accepts a request. */
const WAITS = ['daily_limit', 'rate_limited', 'hubspot_down'] as const;

export interface ProbeDependencies {
  readonly db: DbPool;
  readonly gateway: Pick<Gateway, 'connect'>;
  readonly changes: Pick<CrmChangeDispatcher, 'hurry'>;
}

/**
 * Sends HubSpot one request although the account's limit counts as used up. An admin may have raised the limit, or
 * stopped the app that used it. If HubSpot accepts the request, all waiting work continues at once.
 *
 * @returns the number of syncs requested again
 * @throws `HubSpotError` while HubSpot still refuses. The account then stays closed until its limit ends
 */
export async function tryNow({ db, gateway, changes }: ProbeDependencies, workspaceId: string): Promise<number> {
  const { crm, portalId } = await gateway.connect(workspaceId);
  await crm.probe();
  const requested = await Promise.all(
    WAITS.map((code) => requeueMany(db, workspaceId, { kind: 'reason', code }, 'retry')),
  );
  await changes.hurry(portalId);
  return requested.reduce((sum, count) => sum + count, 0);
}
