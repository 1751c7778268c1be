import type { Crm } from '../../hubspot/crm';
import { split } from '../../hubspot/objects';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { presentRecord, type DeletedOrMergedAmong } from '../../planning/present-record';
import { unlessTypeRefused } from '../../planning/refused-types';
import type { OwnAssociation } from '../../store/engagements/engagement-associations';

/** `gone`: the record no longer exists, so its association could not be removed. */
export type RemovedAssociation = 'removed' | 'gone';

/** An activity in HubSpot. */
export interface ActivityRef {
  readonly objectType: string;
  readonly hubspotId: string;
}

/**
 * Removes an activity from the timelines of records that are no longer due. A merge moves associations to the surviving
 * record, and a restored record brings its associations back. So the record is looked up before its association is
 * removed, and again afterwards, since it may be merged at that very moment.
 */
export class AssociationRemover {
  readonly #crm: Crm;
  readonly #deletedOrMergedAmong: DeletedOrMergedAmong;
  readonly #activity: ActivityRef;
  readonly #due: ReadonlySet<string>;
  readonly #associated = new Map<string, Promise<string[]>>();

  /** @param due - the records whose timelines keep the activity, even if other records were merged into them */
  constructor(
    crm: Crm,
    deletedOrMergedAmong: DeletedOrMergedAmong,
    activity: ActivityRef,
    due: readonly RecordRef[] = [],
  ) {
    this.#crm = crm;
    this.#deletedOrMergedAmong = deletedOrMergedAmong;
    this.#activity = activity;
    this.#due = new Set(due.map(recordKey));
  }

  /**
   * Removes the activity's association with the record, or with the record that it was merged into. If HubSpot refuses a
   * custom type, its associations went with the type, or come back with its permission.
   */
  async remove(record: OwnAssociation): Promise<RemovedAssociation> {
    return await unlessTypeRefused<RemovedAssociation>(
      record.objectType,
      () => this.#remove(record),
      () => 'gone',
    );
  }

  /** The current id of the record, or null if it is deleted. */
  async currentId(record: OwnAssociation): Promise<string | null> {
    return await unlessTypeRefused(
      record.objectType,
      () => (record.gone ? this.#restoredId(record) : this.#presentId(record)),
      () => null,
    );
  }

  async #remove(record: OwnAssociation): Promise<RemovedAssociation> {
    const { objectType } = record;
    let id = await this.currentId(record);
    while (id !== null && !this.#due.has(recordKey({ objectType, id }))) {
      const pair = { fromId: this.#activity.hubspotId, toId: id };
      // oxlint-disable-next-line no-await-in-loop -- sequential: each lookup depends on the one before
      const { refused } = await this.#associationsTo(objectType).dissociate(pair);
      if (refused !== null) return 'gone';
      // oxlint-disable-next-line no-await-in-loop -- as above
      const now = await this.#presentId({ objectType, id });
      if (now === id) return 'removed';
      id = now;
    }
    return id === null ? 'gone' : 'removed';
  }

  async #presentId(ref: RecordRef): Promise<string | null> {
    return (await presentRecord(this.#crm, this.#deletedOrMergedAmong, ref))?.id ?? null;
  }

  /**
   * Where the association with a deleted record is now, if the record, or the record that it was merged into, is back.
   * The record is not read by its own id: every answer would be an error, and HubSpot counts errors.
   */
  async #restoredId({ objectType, id }: RecordRef): Promise<string | null> {
    const reading = this.#associated.get(objectType) ?? this.#associationsTo(objectType).of(this.#activity.hubspotId);
    this.#associated.set(objectType, reading);
    const ids = await reading;
    if (ids.includes(id)) return id;
    const notDue = ids.filter((other) => !this.#due.has(recordKey({ objectType, id: other })));
    const records = await Promise.all(notDue.map((other) => this.#crm.objects(objectType).find(other)));
    return records.find((other) => split(other?.properties['hs_merged_object_ids']).includes(id))?.id ?? null;
  }

  #associationsTo(objectType: string) {
    return this.#crm.associations(this.#activity.objectType, objectType);
  }
}
