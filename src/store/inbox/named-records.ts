import { sql } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { Db } from '../database';
import { BY_INDEX, merged } from '../merged';
import { dropAnswers, type SearchedBy, type SearchedKey } from '../mirror/searched-answers';

/** Long enough for the search index (recorded: up to 28 seconds), and for a sync that has to wait. */
const KEPT_MINUTES = 10;

/** A record that an event reported, with the addresses and domains that match it. */
export interface NamedRecord {
  readonly record: RecordRef;
  readonly emails: readonly string[];
  readonly domains: readonly string[];
}

/** Stores the records that events reported, and deletes the cached searches for their addresses and domains. */
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

/**
 * The records that events reported with one of these addresses or domains in the last {@link KEPT_MINUTES} minutes. They
 * may have changed since.
 */
export async function namedBy(
  db: Db,
  portalId: number,
  keys: readonly SearchedKey[],
): Promise<(SearchedKey & { readonly recordId: string; readonly ageMs: number })[]> {
  return keys.length === 0 ? [] : await named(db, { portalId, keys });
}

const named = merged(
  async (db, asked: readonly { readonly portalId: number; readonly keys: readonly SearchedKey[] }[]) => {
    const given = asked.flatMap(({ portalId, keys }, position) => keys.map((key) => ({ ...key, portalId, position })));
    const { rows } = await sql<{ position: number; kind: SearchedBy; key: string; recordId: string; ageMs: number }>`
    select position, kind, key, record_id as "recordId", (extract(epoch from now() - named_at) * 1000)::float8 as "ageMs"
    from unnest(${given.map(({ position }) => position)}::int[], ${given.map(({ portalId }) => portalId)}::bigint[],
      ${given.map(({ kind }) => kind)}::text[], ${given.map(({ key }) => key)}::text[]) as given (position, portal_id, kind, key)
    cross join lateral (
      select record_id, named_at from named_records as known
      where known.portal_id = given.portal_id and known.kind = given.kind and known.key = given.key
        and named_at > now() - make_interval(mins => ${KEPT_MINUTES})
      ${BY_INDEX}
    ) as named
    order by named_at, record_id
  `.execute(db);
    const found = Map.groupBy(rows, ({ position }) => position);
    return asked.map((_, position) => found.get(position) ?? []);
  },
);

/** Deletes the entries of a person's addresses and of erased contacts. */
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

/** Deletes the entries that are older than {@link KEPT_MINUTES} minutes. */
export async function deleteOldNamed(db: Db): Promise<void> {
  await sql`delete from named_records where named_at < now() - make_interval(mins => ${KEPT_MINUTES})`.execute(db);
}
