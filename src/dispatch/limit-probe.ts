import type { CrmChangeDispatcher } from './crm-change-dispatcher';
import type { Gateway } from '../connection/open-crm';
import type { Actor } from '../store/audit/actor';
import { audited } from '../store/audit/record-audit';
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
export async function tryNow(
  { db, gateway, changes }: ProbeDependencies,
  workspaceId: string,
  actor: Actor,
): Promise<number> {
  const { crm, portalId } = await gateway.connect(workspaceId);
  await crm.probe();
  const requested = await audited(
    db,
    actor,
    async (transaction) => {
      let count = 0;
      for (const code of WAITS)
        // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
        count += await requeueMany(transaction, workspaceId, { kind: 'reason', code }, 'retry');
      return count;
    },
    (meetings) => ({
      workspaceId,
      action: 'connection.try',
      object: { type: 'account', id: String(portalId) },
      after: { meetings },
    }),
  );
  await changes.hurry(portalId);
  return requested;
}
