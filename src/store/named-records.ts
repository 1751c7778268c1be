import { sql } from 'kysely';
import type { RecordRef } from '../meeting/cascade';
import type { Db } from './database';
import { dropAnswers, type SearchedBy, type SearchedKey } from './searched-answers';

/** Long after the search index has a record (recorded: up to 28 seconds), and long enough for a sync that had to wait. */
const KEPT_MINUTES = 10;

/** A record that an event named, with what it is found by. */
export interface NamedRecord {
  readonly record: RecordRef;
  readonly emails: readonly string[];
  readonly domains: readonly string[];
}

/** Remembers what events named, and forgets what searches found for these addresses and domains before. */
export async function nameRecords(
  db: Db,
  account: { readonly workspaceId: string; readonly portalId: number },
  named: readonly NamedRecord[],
): Promise<void> {
  const rows = named.flatMap(({ record: { id }, emails, domains }) => [
    ...emails.map((key) => ({ kind: 'email' as const, key, id })),
    ...domains.map((key) => ({ kind: 'domain' as const, key, id })),
  ]);
  if (rows.length === 0) return;
  await sql`
    insert into named_records (portal_id, kind, key, record_id)
    select distinct ${account.portalId}::bigint, kind, key, record_id
    from unnest(
      ${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ key }) => key)}::text[], ${rows.map(({ id }) => id)}::text[]
    ) as given (kind, key, record_id)
    on conflict (portal_id, kind, key, record_id) do update set named_at = now()
  `.execute(db);
  await dropAnswers(db, account, rows);
}

/** Records that events named by one of these addresses or domains in the last minutes; what they are now is not said. */
export async function namedBy(
  db: Db,
  portalId: number,
  keys: readonly SearchedKey[],
): Promise<(SearchedKey & { readonly recordId: string; readonly ageMs: number })[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<{ kind: SearchedBy; key: string; record_id: string; age_ms: number }>`
    select kind, key, record_id, (extract(epoch from now() - named_at) * 1000)::float8 as age_ms from named_records
    where portal_id = ${portalId} and named_at > now() - make_interval(mins => ${KEPT_MINUTES})
      and (kind, key) in (
        select * from unnest(${keys.map(({ kind }) => kind)}::text[], ${keys.map(({ key }) => key)}::text[])
      )
    order by named_at, record_id
  `.execute(db);
  return rows.map(({ kind, key, record_id: recordId, age_ms: ageMs }) => ({ kind, key, recordId, ageMs }));
}

/** Forgets a person's addresses, and contacts that are erased. */
export async function eraseNamed(
  db: Db,
  portalId: number,
  { emails, contactIds }: { readonly emails: readonly string[]; readonly contactIds: readonly string[] },
): Promise<void> {
  await sql`
    delete from named_records
    where portal_id = ${portalId} and kind = 'email' and (key = any (${emails}) or record_id = any (${contactIds}))
  `.execute(db);
}

/** Deletes what is older than a few minutes. */
export async function deleteOldNamed(db: Db): Promise<void> {
  await sql`delete from named_records where named_at < now() - make_interval(mins => ${KEPT_MINUTES})`.execute(db);
}
