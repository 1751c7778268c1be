import { z } from 'zod';
import { normaliseEmail } from '../../meeting/people/mailboxes';
import type { Owner } from '../../meeting/crm-types';
import { hubspotId } from '../client/batch-answers';
import type { Portal } from '../client/portal';
import { HUBSPOT_API_VERSION } from '../client/transport';

const page = z.object({
  results: z
    .array(
      z.object({
        id: hubspotId,
        email: z.string().nullish(),
        firstName: z.string().nullish(),
        lastName: z.string().nullish(),
        archived: z.boolean().default(false),
      }),
    )
    .default([]),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
});

const PATH = `/crm/owners/${HUBSPOT_API_VERSION}`;
const PAGE_SIZE = 100;
const MAX_PAGES = 10;

/** Owners of an account. `complete` is false if the account has more than were read. */
export interface OwnerList {
  readonly owners: readonly Owner[];
  readonly complete: boolean;
}

/**
 * Lists the active or the archived owners of an account ("Owners": 100 a page), a thousand at most. Active owners
 * beyond that are looked up one by one by address. Needs `crm.objects.owners.read`.
 *
 * @throws `HubSpotError`; `BudgetExhaustedError` if no slot is free soon
 */
export async function listOwners(portal: Portal, { archived }: { readonly archived: boolean }): Promise<OwnerList> {
  const owners: Owner[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = { limit: PAGE_SIZE, archived, ...(after === undefined ? {} : { after }) };
    // oxlint-disable-next-line no-await-in-loop -- each page names the next one
    await portal.slot('requests');
    // oxlint-disable-next-line no-await-in-loop -- as above
    const { body } = await portal.send({ method: 'GET', path: PATH, query }, 'requests');
    const { results, paging } = page.parse(body);
    owners.push(
      ...results.map(({ id, email, firstName, lastName, archived: gone }) => ({
        id,
        email: email ? normaliseEmail(email) : null,
        name: [firstName, lastName].filter(Boolean).join(' ') || null,
        archived: gone || archived,
      })),
    );
    after = paging?.next?.after;
    if (after === undefined) return { owners, complete: true };
  }
  return { owners, complete: false };
}

/**
 * Finds the id of the active owner with this address, or null. Needs `crm.objects.owners.read`. Owners of deactivated
 * users are archived and not used: HubSpot may refuse them.
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
