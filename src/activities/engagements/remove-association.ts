import type { Crm } from '../../hubspot/crm';
import { split } from '../../hubspot/objects';
import { isRefusal } from '../../hubspot/client/errors';
import { isCustomType, recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { presentRecord, type DeletedOrMergedAmong } from '../../planning/present-record';
import type { OwnAssociation } from '../../store/engagements/engagement-associations';

/** `gone`: the record is not there to take the association from. */
export type TakenOff = 'removed' | 'gone';

export interface TakeOff {
  /** Takes the activity off the record's timeline, or off that of the one that it was merged into. */
  take(record: OwnAssociation): Promise<TakenOff>;
  /** The id under which the record is there now, or null when it is deleted. */
  whereIs(record: OwnAssociation): Promise<string | null>;
}

/**
 * Takes an activity off the timelines of records that are no longer due. A merge takes associations along to the record
 * that is left, and what is deleted brings its associations back when it is restored: so HubSpot is asked what has become
 * of a record before its association is taken away, and after, since it may be merged at that very moment.
 *
 * @param due - the records whose timelines it stays on, whatever was merged into them
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

  /** What HubSpot refuses of a custom type went with the type, or comes back with its permission. */
  async function take(record: OwnAssociation): Promise<TakenOff> {
    try {
      return await taken(record);
    } catch (error) {
      if (isCustomType(record.objectType) && isRefusal(error)) return 'gone';
      throw error;
    }
  }

  async function taken(record: OwnAssociation): Promise<TakenOff> {
    const { objectType } = record;
    let at = await whereIs(record);
    while (at !== null && !stays.has(recordKey({ objectType, id: at }))) {
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
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
      if (isCustomType(record.objectType) && isRefusal(error)) return null;
      throw error;
    }
  }

  async function presentId(ref: RecordRef): Promise<string | null> {
    return (await presentRecord(crm, deletedOrMergedAmong, ref))?.id ?? null;
  }

  /**
   * Where the association with a record that was gone is by now, if the record, or what it was merged into, is back. It is
   * not read again by its own id: every answer would be an error, and HubSpot counts those.
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
