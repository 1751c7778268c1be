import { sql } from 'kysely';
import type { Neighbours } from '../../meeting/linking/cascade';
import type { DbPool } from '../database';
import { BY_INDEX, merged } from '../merged';

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
  const mirrored = new Set(await mirroredPairs(db, { portalId, neighbours }));
  const wanted = new Set(
    neighbours.flatMap(({ from, to }) =>
      to.map((record) => [from.objectType, from.id, record.objectType, record.id].join(' ')),
    ),
  );
  return mirrored.size === wanted.size && [...mirrored].every((pair) => wanted.has(pair));
}

type AskedPairs = { readonly portalId: number; readonly neighbours: readonly TypedNeighbours[] };

/** The mirrored associations of some records with some types, each as one text. */
const mirroredPairs = merged(async (db, asked: readonly AskedPairs[]) => {
  const given = asked.flatMap(({ portalId, neighbours }, position) =>
    neighbours.map(({ from, toType }) => ({ position, portalId, from, toType })),
  );
  const { rows } = await sql<{ position: number; pair: string }>`
    select position, concat_ws(' ', from_object_type, from_record_id, to_object_type, to_record_id) as pair
    from unnest(${given.map(({ position }) => position)}::int[], ${given.map(({ portalId }) => portalId)}::bigint[],
      ${given.map(({ from }) => from.objectType)}::text[], ${given.map(({ from }) => from.id)}::text[],
      ${given.map(({ toType }) => toType)}::text[])
      as given (position, portal_id, from_object_type, from_record_id, to_object_type)
    cross join lateral (
      select to_record_id from crm_associations as known
      where known.portal_id = given.portal_id and known.from_object_type = given.from_object_type
        and known.from_record_id = given.from_record_id and known.to_object_type = given.to_object_type
      ${BY_INDEX}
    ) as neighbour
  `.execute(db);
  const found = Map.groupBy(rows, ({ position }) => position);
  return asked.map((_, position) => (found.get(position) ?? []).map(({ pair }) => pair));
});
