import { z } from 'zod';
import { normaliseEmail } from '../meeting/participants';
import { hubspotId } from './batch-answers';
import { HubSpotError } from './errors';
import type { Portal } from './portal';
import { HUBSPOT_API_VERSION } from './transport';

const page = z.object({
  results: z
    .array(z.object({ id: hubspotId, email: z.string().nullish(), archived: z.boolean().default(false) }))
    .default([]),
});

/**
 * The id of the active owner with this address, or null: there is none, or the account did not grant
 * `crm.objects.owners.read`. Owners of deactivated users are archived and not taken: HubSpot may refuse them.
 */
export async function findOwnerId(portal: Portal, email: string): Promise<string | null> {
  const address = normaliseEmail(email);
  await portal.slot('requests');
  try {
    const request = {
      method: 'GET',
      path: `/crm/owners/${HUBSPOT_API_VERSION}`,
      query: { email: address, limit: 100 },
    } as const;
    const { body } = await portal.send(request, 'requests');
    const owner = page
      .parse(body)
      .results.find((candidate) => !candidate.archived && normaliseEmail(candidate.email ?? '') === address);
    return owner?.id ?? null;
  } catch (error) {
    if (error instanceof HubSpotError && error.decision.do === 'person' && error.decision.code === 'missing_scope')
      return null;
    throw error;
  }
}
