import { sql } from 'kysely';
import type { Db } from '../database';

/** A mirrored record that a search found. */
export interface FoundRecord {
  readonly objectType: string;
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
}

/** The records of an account that a search looks through. */
export interface SearchedTypes {
  readonly portalId: number;
  readonly objectTypes: readonly string[];
}

/**
 * Mirrored records of these types whose name, address or domain has a word that begins with each of the given words. Reads
 * at most `limit` records by an index, in no order.
 *
 * @param words - of `searchWords`; an empty list finds nothing
 */
export async function searchRecords(
  db: Db,
  { portalId, objectTypes }: SearchedTypes,
  words: readonly string[],
  limit: number,
): Promise<FoundRecord[]> {
  if (words.length === 0 || objectTypes.length === 0) return [];
  const types = objectTypes.map((type) => `'type:${type}'`).join(' | ');
  const query = [`'portal:${portalId}'`, `(${types})`, ...words.map((word) => `'${word}':*`)].join(' & ');
  const { rows } = await sql<Row>`
    select object_type, record_id, properties from crm_records
    where properties is not null and not archived and merged_into is null
      and record_words(portal_id, object_type, properties) @@ ${query}::tsquery
    limit ${limit}
  `.execute(db);
  return rows.map(recordOf);
}

/** Mirrored records with this id. Ids of different types may be the same. */
export async function recordsWithId(
  db: Db,
  { portalId, objectTypes }: SearchedTypes,
  id: string,
): Promise<FoundRecord[]> {
  const { rows } = await sql<Row>`
    select object_type, record_id, properties from crm_records
    where portal_id = ${portalId} and object_type = any(${objectTypes}::text[]) and record_id = ${id}
      and properties is not null and not archived
    order by object_type
  `.execute(db);
  return rows.map(recordOf);
}

interface Row {
  readonly object_type: string;
  readonly record_id: string;
  readonly properties: Record<string, string | null>;
}

function recordOf({ object_type: objectType, record_id: id, properties }: Row): FoundRecord {
  return { objectType, id, properties };
}
