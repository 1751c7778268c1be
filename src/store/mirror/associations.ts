import { sql } from 'kysely';
import type { Neighbours } from '../../meeting/linking/cascade';
import type { DbPool } from '../database';

/** All records of one type that HubSpot associates with a record. An empty list means none. */
export interface TypedNeighbours extends Neighbours {
  readonly toType: string;
}

/**
 * Replaces the mirrored associations of these records and types. All others stay unchanged. Meetings share records, so
 * most of them are in the mirror already: reads first, and writes only differences.
 */
export async function saveAssociations(
  db: DbPool,
  portalId: number,
  neighbours: readonly TypedNeighbours[],
): Promise<void> {
  if (neighbours.length === 0) return;
  const pairs = neighbours.flatMap(({ from, to }) => to.map((record) => ({ from, to: record })));
  if (await areMirrored(db, portalId, neighbours)) return;
  await db.transaction().execute(async (transaction) => {
    // Always lock in the same order, so that two meetings that share records cannot deadlock.
    await sql`
      select from crm_associations
      where portal_id = ${portalId} and (from_object_type, from_record_id, to_object_type) in (
        select * from unnest(${neighbours.map(({ from }) => from.objectType)}::text[], ${neighbours.map(({ from }) => from.id)}::text[], ${neighbours.map(({ toType }) => toType)}::text[])
      )
      order by from_object_type, from_record_id, to_object_type, to_record_id
      for update
    `.execute(transaction);
    await sql`
      delete from crm_associations as known
      using unnest(${neighbours.map(({ from }) => from.objectType)}::text[], ${neighbours.map(({ from }) => from.id)}::text[], ${neighbours.map(({ toType }) => toType)}::text[])
        as asked (from_object_type, from_record_id, to_object_type)
      where known.portal_id = ${portalId} and known.from_object_type = asked.from_object_type
        and known.from_record_id = asked.from_record_id and known.to_object_type = asked.to_object_type
        and (known.from_object_type, known.from_record_id, known.to_object_type, known.to_record_id) not in (
          select * from unnest(${pairs.map(({ from }) => from.objectType)}::text[], ${pairs.map(({ from }) => from.id)}::text[], ${pairs.map(({ to }) => to.objectType)}::text[], ${pairs.map(({ to }) => to.id)}::text[])
        )
    `.execute(transaction);
    await sql`
      insert into crm_associations (portal_id, from_object_type, from_record_id, to_object_type, to_record_id)
      select ${portalId}, * from unnest(
        ${pairs.map(({ from }) => from.objectType)}::text[], ${pairs.map(({ from }) => from.id)}::text[],
        ${pairs.map(({ to }) => to.objectType)}::text[], ${pairs.map(({ to }) => to.id)}::text[]
      ) as found (from_object_type, from_record_id, to_object_type, to_record_id)
      order by from_object_type, from_record_id, to_object_type, to_record_id
      on conflict do nothing
    `.execute(transaction);
  });
}

async function areMirrored(db: DbPool, portalId: number, neighbours: readonly TypedNeighbours[]): Promise<boolean> {
  const { rows } = await sql<{ pair: string }>`
    select concat_ws(' ', from_object_type, from_record_id, to_object_type, to_record_id) as pair from crm_associations
    where portal_id = ${portalId} and (from_object_type, from_record_id, to_object_type) in (
      select * from unnest(${neighbours.map(({ from }) => from.objectType)}::text[], ${neighbours.map(({ from }) => from.id)}::text[], ${neighbours.map(({ toType }) => toType)}::text[])
    )
  `.execute(db);
  const mirrored = new Set(rows.map(({ pair }) => pair));
  const wanted = new Set(
    neighbours.flatMap(({ from, to }) =>
      to.map((record) => [from.objectType, from.id, record.objectType, record.id].join(' ')),
    ),
  );
  return mirrored.size === wanted.size && [...mirrored].every((pair) => wanted.has(pair));
}
