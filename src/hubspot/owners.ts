import { z } from 'zod';
import { normaliseEmail } from '../meeting/participants';
import { hubspotId } from './batch-answers';
import type { Portal } from './portal';
import { HUBSPOT_API_VERSION, type HubSpotTransport } from './transport';

const page = z.object({
  results: z
    .array(z.object({ id: hubspotId, email: z.string().nullish(), archived: z.boolean().default(false) }))
    .default([]),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
});

const PATH = `/crm/owners/${HUBSPOT_API_VERSION}`;
const PAGE_SIZE = 100;
const MAX_PAGES = 10;

export interface Owner {
  readonly id: string;
  /** Lower case. */
  readonly email: string;
}

/**
 * All active owners of an account ("Owners": 100 a page), or null when there are more than a thousand: those are asked
 * for one by one. Needs `crm.objects.owners.read`.
 */
export async function listOwners(transport: HubSpotTransport, accessToken: string): Promise<Owner[] | null> {
  const owners: Owner[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = { limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) };
    // oxlint-disable-next-line no-await-in-loop -- each page names the next one
    const { body } = await transport.send({ method: 'GET', path: PATH, query, accessToken });
    const { results, paging } = page.parse(body);
    for (const { id, email, archived } of results) {
      if (!archived && email) owners.push({ id, email: normaliseEmail(email) });
    }
    after = paging?.next?.after;
    if (after === undefined) return owners;
  }
  return null;
}

/**
 * The id of the active owner with this address, or null. Needs `crm.objects.owners.read`. Owners of deactivated users
 * are archived and not taken: HubSpot may refuse them.
 */
export async function findOwnerId(portal: Portal, email: string): Promise<string | null> {
  const address = normaliseEmail(email);
  await portal.slot('requests');
  const request = { method: 'GET', path: PATH, query: { email: address, limit: PAGE_SIZE } } as const;
  const { body } = await portal.send(request, 'requests');
  const owner = page
    .parse(body)
    .results.find((candidate) => !candidate.archived && normaliseEmail(candidate.email ?? '') === address);
  return owner?.id ?? null;
}
