import type { Kysely } from 'kysely';
import type { CrmChangeStarter } from './crm-change-starter';
import type { Gateway } from './gateway';
import { requestSyncs } from './store/meetings';
import type { Database } from './store/schema';

/** Reasons of meetings that can go on once HubSpot accepts a request. */
const WAITS = ['daily_limit', 'rate_limited', 'hubspot_down'] as const;

export interface ProbeDependencies {
  readonly db: Kysely<Database>;
  readonly gateway: Pick<Gateway, 'connect'>;
  readonly changes: Pick<CrmChangeStarter, 'hurry'>;
}

/**
 * Sends HubSpot one request although the account's limit counts as used up: an admin may have raised the limit, or
 * stopped the app that used it. If HubSpot accepts the request, everything that waits goes on at once.
 *
 * @returns how many meetings were requested again
 * @throws `HubSpotError` while HubSpot still refuses; the account then stays closed until its limit ends
 */
export async function tryNow({ db, gateway, changes }: ProbeDependencies, workspaceId: string): Promise<number> {
  const { crm, portalId } = await gateway.connect(workspaceId);
  await crm.probe();
  const asked = await Promise.all(WAITS.map((reason) => requestSyncs(db, workspaceId, { reason })));
  await changes.hurry(portalId);
  return asked.reduce((sum, count) => sum + count, 0);
}
