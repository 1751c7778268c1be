import type { CrmRecord } from '../hubspot/client/batch-answers';
import type { Crm } from '../hubspot/crm';
import type { RecordRef } from '../meeting/linking/cascade';
import type { GoneRecord } from '../store/mirror/mirror';

/** Selects the records that are deleted or merged as far as the mirror knows. */
export type DeletedOrMergedAmong = (refs: readonly RecordRef[]) => Promise<readonly GoneRecord[]>;

/**
 * Returns the record under its present id, or null when it is deleted. A record that the mirror has as deleted is only
 * read in a batch, which finds it if it was restored. A single read would get an error response, and HubSpot counts
 * those.
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
