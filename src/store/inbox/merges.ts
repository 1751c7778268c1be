import { sql } from 'kysely';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import type { Db } from '../database';
import { parseRecordKey } from './crm-events';

/** A record that was merged several times in a week is followed this far. */
const STEPS = 4;

/**
 * Finds the records that the given ones were merged with, by the mirror and by the merge events of the last days. Most
 * of the given records are not mirrored, so only an event says what became of them.
 *
 * @returns records that are not among `refs`. Of a merge event, they include the other old ids
 */
export async function mergedWith(db: Db, portalId: number, refs: readonly RecordRef[]): Promise<RecordRef[]> {
  const known = new Set(refs.map(recordKey));
  const found: RecordRef[] = [];
  let next = [...known];
  for (let step = 0; step < STEPS && next.length > 0; step += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each step follows the one before
    const { rows } = await sql<{ record: string }>`
      select unnest(records) as record from crm_events
      where portal_id = ${portalId} and kind = 'merge' and records && ${next}::text[]
      union
      select object_type || '/' || merged_into from crm_records
      where portal_id = ${portalId} and merged_into is not null and (object_type, record_id) in (
        select split_part(key, '/', 1), split_part(key, '/', 2) from unnest(${next}::text[]) as key
      )
    `.execute(db);
    next = rows.map(({ record }) => record).filter((key) => !known.has(key));
    for (const key of next) known.add(key);
    found.push(...next.map(parseRecordKey));
  }
  return found;
}
