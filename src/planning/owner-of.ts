import type { ConnectedCrm } from '../connection/open-crm';
import { isRejectedOrForbidden } from '../hubspot/client/errors';
import { OWNERS_SCOPE } from '../hubspot/client/oauth';
import { normaliseEmail } from '../meeting/people/mailboxes';
import type { DbPool } from '../store/database';
import { cachedOwner, cacheOwner } from '../store/mirror/owners';

/** The HubSpot owner of a host. `refused`: HubSpot's message if it refused the lookup. */
export interface HostOwner {
  readonly ownerId: string | null;
  readonly refused: string | null;
}

/**
 * Looks up the host's HubSpot owner, at most once a day. Null if there is none, the scope is not granted or HubSpot
 * refuses to list its owners: an activity without an owner is better than none.
 */
export async function ownerOf(
  { db }: { readonly db: DbPool },
  { crm, portalId, scopes }: ConnectedCrm,
  hostEmail: string,
): Promise<HostOwner> {
  if (!scopes.includes(OWNERS_SCOPE)) return { ownerId: null, refused: null };
  const email = normaliseEmail(hostEmail);
  const known = await cachedOwner(db, portalId, email);
  if (known !== undefined) return { ownerId: known, refused: null };
  try {
    const ownerId = await crm.ownerId(email);
    await cacheOwner(db, portalId, email, ownerId);
    return { ownerId, refused: null };
  } catch (error) {
    if (!isRejectedOrForbidden(error)) throw error;
    return { ownerId: null, refused: error.readableMessage };
  }
}
