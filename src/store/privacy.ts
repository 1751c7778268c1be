import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { RecordRef } from '../meeting/cascade';
import { normaliseEmail } from '../meeting/participants';
import type { Db } from './database';
import type { Database } from './schema';

/**
 * Records with all that were merged into them, as far as they are mirrored, and the addresses that they had, as
 * participants' are compared.
 */
export async function peopleBehind(
  db: Db,
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number },
  refs: readonly RecordRef[],
): Promise<{ readonly records: RecordRef[]; readonly addresses: string[] }> {
  if (refs.length === 0) return { records: [], addresses: [] };
  const { rows } = await sql<{ object_type: string; record_id: string; addresses: string[] }>`
    with recursive line (object_type, record_id) as (
      select * from unnest(${refs.map((ref) => ref.objectType)}::text[], ${refs.map((ref) => ref.id)}::text[])
      union
      select merged.object_type, merged.record_id
      from line join crm_records as merged on merged.portal_id = ${portalId}
        and merged.object_type = line.object_type and merged.merged_into = line.record_id
    )
    select line.object_type, line.record_id, coalesce(mirrored.addresses, '{}') || array(
      select email from known_contacts as known
      where line.object_type = 'contacts' and known.workspace_id = ${workspaceId} and known.portal_id = ${portalId}
        and known.record_id = line.record_id
    ) as addresses
    from line left join crm_records as mirrored on mirrored.portal_id = ${portalId}
      and mirrored.object_type = line.object_type and mirrored.record_id = line.record_id
  `.execute(db);
  return {
    records: rows.map((row) => ({ objectType: row.object_type, id: row.record_id })),
    addresses: [...new Set(rows.flatMap((row) => row.addresses.map(normaliseEmail)))],
  };
}

/**
 * Takes a person out of the workspace's meetings: participants and unmatched people with one of the addresses. The
 * meetings are due then: what was linked for the person's sake goes.
 *
 * @param emails - in lower case
 */
export async function erasePerson(db: Kysely<Database>, workspaceId: string, emails: readonly string[]): Promise<void> {
  if (emails.length === 0) return;
  const without = (people: RawBuilder<unknown>) => sql`coalesce((
    select jsonb_agg(person) from jsonb_array_elements(${people}) as person
    where lower(coalesce(person ->> 'email', '')) <> all (${emails})
  ), '[]')`;
  await db.transaction().execute(async (transaction) => {
    await sql`
      update meetings set
        body = jsonb_set(body, '{participants}', ${without(sql`body -> 'participants'`)}),
        unmatched = ${without(sql`unmatched`)},
        sync_requested_at = now()
      where workspace_id = ${workspaceId} and body is not null and meeting_id in (
        select meeting_id from meeting_participants where workspace_id = ${workspaceId} and email = any (${emails})
      )
    `.execute(transaction);
    // Of files whose meetings are still to come.
    await sql`
      update backfill_lines set
        body = jsonb_set(body::jsonb, '{participants}', ${without(sql`body::jsonb -> 'participants'`)})::text
      where backfill_id in (select id from backfills where workspace_id = ${workspaceId} and finished_at is null)
        and body is not null and exists (select from unnest(${emails}::text[]) as email where strpos(lower(body), email) > 0)
    `.execute(transaction);
    await transaction
      .deleteFrom('meeting_participants')
      .where('workspace_id', '=', workspaceId)
      .where('email', 'in', emails)
      .execute();
  });
}
