import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { recordName } from '../../meeting/record-names';
import { objectTypes } from './catalogue';
import type { Db } from '../database';
import { mirroredOf } from './mirror';

/**
 * The names of records, by `recordKey`. A record that has not been read, was deleted or has no name has no entry; show
 * its id instead.
 */
export async function recordNames(
  db: Db,
  portalId: number,
  refs: readonly RecordRef[],
): Promise<ReadonlyMap<string, string>> {
  const [records, types] = await Promise.all([
    mirroredOf(db, portalId, refs),
    refs.some((ref) => ref.objectType.startsWith('2-')) ? objectTypes(db, portalId) : [],
  ]);
  const primary = new Map(types.map((type) => [type.object_type, type.primary_property]));
  return new Map(
    records.flatMap((record) => {
      const { object_type: objectType, record_id: id, properties } = record;
      const name = properties === null ? null : recordName(objectType, properties, primary.get(objectType) ?? null);
      return name === null ? [] : [[recordKey({ objectType, id }), name] as const];
    }),
  );
}
