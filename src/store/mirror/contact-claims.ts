import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../database';

/** How long a claim lasts. Longer than a request's timeout, so that a running worker keeps its claim. */
const CLAIM_SECONDS = 45;
/** How long a created contact stays in its claim. Afterwards HubSpot's searches find it. */
const KEEP_MINUTES = 10;

/**
 * Who creates a contact: this caller (`ours`) or another one (`theirs`). `made`: it was created within the last
 * {@link KEEP_MINUTES} minutes.
 */
export type ContactClaim =
  { readonly state: 'ours' | 'theirs' } | { readonly state: 'made'; readonly recordId: string };

/**
 * Claims the creation of a contact, so that only one caller creates it. Stores the address as a hash, so that a claim
 * keeps no personal data.
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

/** Stores the created contact's id for the other callers. */
export async function keepContactMade(db: Db, portalId: number, email: string, recordId: string): Promise<void> {
  await db
    .updateTable('contact_claims')
    .set({ record_id: recordId, claimed_until: sql<Date>`now() + make_interval(mins => ${KEEP_MINUTES})` })
    .where((where) => where.and({ portal_id: portalId, email_hash: hashOf(email) }))
    .execute();
}

/** Deletes a claim whose create failed, or whose contact no longer exists. */
export async function dropContactClaim(db: Db, portalId: number, email: string): Promise<void> {
  await db
    .deleteFrom('contact_claims')
    .where((where) => where.and({ portal_id: portalId, email_hash: hashOf(email) }))
    .execute();
}

function hashOf(email: string): string {
  return createHash('sha256').update(email).digest('hex');
}
