import { sql } from 'kysely';
import type { Db } from '../database';

/** A mirrored record that a search found. */
export interface FoundRecord {
  readonly objectType: string;
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
}

/**
 * Mirrored records of one type whose name, address or domain has a word that begins with each of the given words. Reads
 * at most `limit` records by an index, in no order.
 *
 * @param words - of `searchWords`; an empty list finds nothing
 */
export async function searchRecords(
  db: Db,
  { portalId, objectType }: { readonly portalId: number; readonly objectType: string },
  words: readonly string[],
  limit: number,
): Promise<FoundRecord[]> {
  if (words.length === 0) return [];
  const query = [`'portal:${portalId}'`, `'type:${objectType}'`, ...words.map((word) => `'${word}':*`)].join(' & ');
  const { rows } = await sql<{ record_id: string; properties: Record<string, string | null> }>`
    select record_id, properties from crm_records
    where properties is not null and not archived and merged_into is null
      and record_words(portal_id, object_type, properties) @@ ${query}::tsquery
    limit ${limit}
  `.execute(db);
  return rows.map((row) => ({ objectType, id: row.record_id, properties: row.properties }));
}
