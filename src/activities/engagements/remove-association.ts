import type { Crm } from '../../hubspot/crm';
import { split } from '../../hubspot/objects';
import { isRejectedOrForbidden } from '../../hubspot/client/errors';
import { isCustomType, recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { presentRecord, type DeletedOrMergedAmong } from '../../planning/present-record';
import type { OwnAssociation } from '../../store/engagements/engagement-associations';

/** `gone`: the record no longer exists, so its association could not be removed. */
export type TakenOff = 'removed' | 'gone';

export interface TakeOff {
  /** Removes the activity's association with the record, or with the record that it was merged into. */
  take(record: OwnAssociation): Promise<TakenOff>;
  /** The current id of the record, or null if it is deleted. */
  whereIs(record: OwnAssociation): Promise<string | null>;
}

/**
 * Removes an activity from the timelines of records that are no longer due. A merge moves associations to the surviving
 * record, and a restored record brings its associations back. So the record is looked up before its association is
 * removed, and again afterwards, since it may be merged at that very moment.
 *
 * @param due - the records whose timelines keep the activity, even if other records were merged into them
 */
export function takeOff(
  crm: Crm,
  deletedOrMergedAmong: DeletedOrMergedAmong,
  activity: { readonly objectType: string; readonly hubspotId: string },
  due: readonly RecordRef[],
): TakeOff {
  const stays = new Set(due.map(recordKey));
  const shown = new Map<string, Promise<string[]>>();

  return { take, whereIs };

  /** If HubSpot refuses a custom type, its associations went with the type, or come back with its permission. */
  async function take(record: OwnAssociation): Promise<TakenOff> {
    try {
      return await taken(record);
    } catch (error) {
      if (isCustomType(record.objectType) && isRejectedOrForbidden(error)) return 'gone';
      throw error;
    }
  }

  async function taken(record: OwnAssociation): Promise<TakenOff> {
    const { objectType } = record;
    let at = await whereIs(record);
    while (at !== null && !stays.has(recordKey({ objectType, id: at }))) {
      // oxlint-disable-next-line no-await-in-loop -- sequential: each lookup depends on the one before
      const { refused } = await associationsTo(objectType).dissociate({ fromId: activity.hubspotId, toId: at });
      if (refused !== null) return 'gone';
      // oxlint-disable-next-line no-await-in-loop -- as above
      const now = await presentId({ objectType, id: at });
      if (now === at) return 'removed';
      at = now;
    }
    return at === null ? 'gone' : 'removed';
  }

  async function whereIs(record: OwnAssociation): Promise<string | null> {
    try {
      return record.gone ? await backAt(record) : await presentId(record);
    } catch (error) {
      if (isCustomType(record.objectType) && isRejectedOrForbidden(error)) return null;
      throw error;
    }
  }

  async function presentId(ref: RecordRef): Promise<string | null> {
    return (await presentRecord(crm, deletedOrMergedAmong, ref))?.id ?? null;
  }

  /**
   * Where the association with a deleted record is now, if the record, or the record that it was merged into, is back.
   * The record is not read by its own id: every answer would be an error, and HubSpot counts errors.
   */
  async function backAt({ objectType, id }: RecordRef): Promise<string | null> {
    const asked = shown.get(objectType) ?? associationsTo(objectType).of(activity.hubspotId);
    shown.set(objectType, asked);
    const ids = await asked;
    if (ids.includes(id)) return id;
    const strangers = ids.filter((other) => !stays.has(recordKey({ objectType, id: other })));
    const records = await Promise.all(strangers.map((other) => crm.objects(objectType).find(other)));
    return records.find((other) => split(other?.properties['hs_merged_object_ids']).includes(id))?.id ?? null;
  }

  function associationsTo(objectType: string) {
    return crm.associations(activity.objectType, objectType);
  }
}
