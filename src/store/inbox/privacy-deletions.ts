import { sql } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { Db } from '../database';

/** Stores the contacts of privacy deletion events. Nothing is deleted here before HubSpot confirms them. */
export async function recordPrivacyDeletions(db: Db, portalId: number, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    insert into privacy_deletions (portal_id, record_id)
    select distinct ${portalId}::bigint, record_id from unnest(${ids}::text[]) as reported (record_id)
    on conflict (portal_id, record_id) do update set due = true, erased_at = null
  `.execute(db);
}

/** Reported contacts to check with HubSpot, at most `limit`. */
export async function duePrivacyDeletions(db: Db, portalId: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('privacy_deletions')
    .select('record_id')
    .where((where) => where.and({ portal_id: portalId, due: true }))
    .orderBy('told_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.record_id);
}

/** Reported contacts that still exist in HubSpot. */
export async function unconfirmedPrivacyDeletions(db: Db, portalId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('privacy_deletions')
    .select('record_id')
    .where('portal_id', '=', portalId)
    .where('erased_at', 'is', null)
    .execute();
  return rows.map((row) => row.record_id);
}

/** Stores the result of a check: `gone` contacts were deleted here too, `existing` ones are still in HubSpot. */
export async function settlePrivacyDeletions(
  db: Db,
  portalId: number,
  { gone, existing }: { readonly gone: readonly string[]; readonly existing: readonly string[] },
): Promise<void> {
  await sql`
    insert into privacy_deletions (portal_id, record_id, due, erased_at)
    select ${portalId}::bigint, record_id, false, now() from unnest(${gone}::text[]) as gone (record_id)
    on conflict (portal_id, record_id) do update set due = false, erased_at = now()
  `.execute(db);
  await sql`
    update privacy_deletions set due = false where portal_id = ${portalId} and record_id = any (${existing})
  `.execute(db);
}

/** Contacts of participants that are not in the mirror, so that no other read notices when they are gone. */
export async function unmirroredContacts(
  db: Db,
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number },
): Promise<string[]> {
  const { rows } = await sql<{ record_id: string }>`
    select distinct record_id from known_contacts as known
    where workspace_id = ${workspaceId} and portal_id = ${portalId} and not exists (
      select from crm_records as mirrored
      where mirrored.portal_id = known.portal_id and object_type = 'contacts' and mirrored.record_id = known.record_id
    )
  `.execute(db);
  return rows.map((row) => row.record_id);
}

/**
 * Stores which contact has an address. An address belongs to one contact, the last one found. A contact that was deleted
 * in the meantime is checked again, because the pass that found it read HubSpot before the deletion.
 *
 * @param account - `meetingId`: the meeting that they take part in, if a pass found them. Nothing is stored if it was deleted
 * @param options - `fromEvent`: the contact comes from an event, which may be old, so it does not overwrite what was read
 */
export async function rememberContacts(
  db: Db,
  account: { readonly workspaceId: string; readonly portalId: number; readonly meetingId?: string },
  found: readonly { readonly id: string; readonly email: string }[],
  { fromEvent = false }: { readonly fromEvent?: boolean } = {},
): Promise<void> {
  if (found.length === 0) return;
  const { workspaceId, portalId, meetingId } = account;
  // The lock makes a concurrent deletion wait, or this statement wait for it. Otherwise, neither would see the other.
  const meeting = sql`select 1 from meetings
    where workspace_id = ${workspaceId} and meeting_id = ${meetingId} and body is not null for share`;
  await sql`
    with ${meetingId === undefined ? sql`` : sql`meeting as (${meeting}), `}given as (
      select distinct record_id, email
      from unnest(${found.map(({ id }) => id)}::text[], ${found.map(({ email }) => email)}::text[]) as given (record_id, email)
    ), erased as (
      update privacy_deletions set due = true
      where portal_id = ${portalId} and record_id in (select record_id from given)
    )
    insert into known_contacts (workspace_id, portal_id, email, record_id)
    select distinct on (email) ${workspaceId}, ${portalId}::bigint, email, record_id from given
    -- Skips a meeting that was deleted after its content was read.
    where ${meetingId === undefined ? sql`` : sql`exists (select from meeting) and`} exists (
      select from meeting_participants as person
      where person.workspace_id = ${workspaceId} and person.email = given.email
    )
    on conflict (workspace_id, portal_id, email) do update set record_id = excluded.record_id
    where not ${fromEvent} and known_contacts.record_id <> excluded.record_id
  `.execute(db);
}

/** {@link rememberContacts} for those contacts whose addresses took part in a meeting of the workspace. */
export async function rememberParticipants(
  db: Db,
  account: { readonly workspaceId: string; readonly portalId: number },
  contacts: readonly { readonly record: RecordRef; readonly emails: readonly string[] }[],
  options: { readonly fromEvent?: boolean } = {},
): Promise<void> {
  const known = contacts
    .filter(({ record }) => record.objectType === 'contacts')
    .flatMap(({ record, emails }) => emails.map((email) => ({ id: record.id, email })));
  if (known.length === 0) return;
  const { rows } = await sql<{ email: string }>`
    select distinct email from meeting_participants
    where workspace_id = ${account.workspaceId} and email = any (${known.map(({ email }) => email)})
  `.execute(db);
  const participants = new Set(rows.map(({ email }) => email));
  await rememberContacts(
    db,
    account,
    known.filter(({ email }) => participants.has(email)),
    options,
  );
}

/** HubSpot keeps deleted contacts for 90 days. A deletion that it has not confirmed after that is wrong. */
const KEPT_DAYS = 120;

/** Deletes the rows of old privacy deletions. */
export async function deleteOldPrivacyDeletions(db: Db): Promise<void> {
  await db
    .deleteFrom('privacy_deletions')
    .where('told_at', '<', sql<Date>`now() - make_interval(days => ${KEPT_DAYS})`)
    .execute();
}
