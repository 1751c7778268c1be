import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from './database';

/** How long a create may be under way. Longer than a request may take, so that a living worker keeps its claim. */
const CLAIM_SECONDS = 45;
/** Claims are of use while passes of the same time look for the contact; then HubSpot itself knows it. */
const KEEP_MINUTES = 10;

/**
 * What became of the wish to make a contact: this caller makes it (`ours`), another one does (`theirs`), or it was made
 * within the last minutes (`made`).
 */
export type ContactClaim =
  { readonly state: 'ours' | 'theirs' } | { readonly state: 'made'; readonly recordId: string };

/**
 * Claims the create of a contact. The address is stored as a hash: a claim outlives no erasure.
 *
 * @param email - by `normaliseEmail`
 */
export async function claimContact(db: Db, portalId: number, email: string): Promise<ContactClaim> {
  const { rows } = await sql<{ record_id: string | null; ours: boolean }>`
    with gone as (
      delete from contact_claims where claimed_until < now() - make_interval(mins => ${KEEP_MINUTES})
        and not (portal_id = ${portalId} and email_hash = ${hashOf(email)})
    ), claimed as (
      insert into contact_claims as claim (portal_id, email_hash, claimed_until)
      values (${portalId}, ${hashOf(email)}, now() + make_interval(secs => ${CLAIM_SECONDS}))
      on conflict (portal_id, email_hash) do update set claimed_until = excluded.claimed_until, record_id = null
      where claim.claimed_until < now()
      returning record_id
    )
    select record_id, true as ours from claimed
    union all
    select record_id, false from contact_claims
    where portal_id = ${portalId} and email_hash = ${hashOf(email)} and not exists (select from claimed)
  `.execute(db);
  const [claim] = rows;
  if (claim === undefined) return { state: 'theirs' };
  if (claim.record_id !== null) return { state: 'made', recordId: claim.record_id };
  return { state: claim.ours ? 'ours' : 'theirs' };
}

/** Tells the others which contact was made. */
export async function keepContactMade(db: Db, portalId: number, email: string, recordId: string): Promise<void> {
  await db
    .updateTable('contact_claims')
    .set({ record_id: recordId, claimed_until: sql<Date>`now() + make_interval(mins => ${KEEP_MINUTES})` })
    .where((where) => where.and({ portal_id: portalId, email_hash: hashOf(email) }))
    .execute();
}

/** Gives a claim up: the create failed, or the contact that was made is gone. */
export async function dropContactClaim(db: Db, portalId: number, email: string): Promise<void> {
  await db
    .deleteFrom('contact_claims')
    .where((where) => where.and({ portal_id: portalId, email_hash: hashOf(email) }))
    .execute();
}

function hashOf(email: string): string {
  return createHash('sha256').update(email).digest('hex');
}
