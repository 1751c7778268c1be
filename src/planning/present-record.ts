import type { CrmRecord } from '../hubspot/client/batch-answers';
import type { Crm } from '../hubspot/crm';
import type { RecordRef } from '../meeting/linking/cascade';
import type { GoneRecord } from '../store/mirror/mirror';

/** Those of some records that are gone as far as the mirror knows. */
export type DeletedOrMergedAmong = (refs: readonly RecordRef[]) => Promise<readonly GoneRecord[]>;

/**
 * The record under its present id, or null when it is deleted. Of one that the mirror has as deleted only a batch is asked,
 * which finds it when it was restored: alone it would be answered with an error, and HubSpot counts those.
 */
export async function presentRecord(
  crm: Crm,
  deletedOrMergedAmong: DeletedOrMergedAmong,
  ref: RecordRef,
): Promise<CrmRecord | null> {
  const objects = crm.objects(ref.objectType);
  const [gone] = await deletedOrMergedAmong([ref]);
  return await (gone?.merged === false ? objects.find(ref.id) : objects.read(ref.id));
}
