import type { Crm } from '../hubspot/crm';
import type { RecordRef } from '../meeting/cascade';
import type { ReadRecord } from '../store/mirror';

/** Reads records as HubSpot has them now, merged into batches: gone ones come without properties, merged ones with both ids. */
export async function readRecords(crm: Crm, refs: readonly RecordRef[]): Promise<ReadRecord[]> {
  return await Promise.all(
    refs.map(async (ref): Promise<ReadRecord> => {
      const record = await crm.objects(ref.objectType).read(ref.id);
      if (record === null) return { ref, properties: null, mergedInto: null };
      return { ref, properties: record.properties, mergedInto: record.id === ref.id ? null : record.id };
    }),
  );
}
