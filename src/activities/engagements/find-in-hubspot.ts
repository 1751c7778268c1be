import { recogniser, type ActivityIdentity } from '../../hubspot/activities';
import type { ActivityType } from '../../hubspot/catalogue/association-types';
import type { CrmRecord } from '../../hubspot/client/batch-answers';
import type { Crm } from '../../hubspot/crm';
import type { RecordRef } from '../../meeting/linking/cascade';

/** Our activity is associated with every record that it was created with, so a few of them are enough to find it. */
const RECORDS_LOOKED_AT = 6;
/** A deleted record returns an empty timeline. So the shortest few timelines that are not empty are read. */
const TIMELINES_READ = 3;

/** An activity that may be in HubSpot. */
export interface SoughtActivity extends ActivityIdentity {
  readonly objectType: ActivityType;
  /** The records that its create was sent with. */
  readonly associatedWith: readonly RecordRef[];
}

/**
 * Looks for an activity whose create has an unknown outcome. It reads the activities of the records that the create
 * named, because association reads do not lag as search does. Our activity is recognised by its recording link and
 * time; of two notes, by which of them links to the recording in its first line; of tasks, by the text too (see `recogniser`).
 *
 * @param known - returns the ids that belong to other meetings' activities, which are never adopted
 */
export async function findEngagement(
  crm: Crm,
  { objectType, associatedWith, ...identity }: SoughtActivity,
  known: (ids: readonly string[]) => Promise<Set<string>>,
): Promise<CrmRecord | null> {
  const timelines = await Promise.all(
    associatedWith.slice(0, RECORDS_LOOKED_AT).map(async (record) => {
      const associations = crm.associations(record.objectType, objectType);
      const { ids, after } = await associations.firstPage(record.id);
      return {
        ids,
        all: () => (after === null ? Promise.resolve(ids) : associations.of(record.id)),
        more: after !== null,
      };
    }),
  );
  const shortest = timelines
    .filter((timeline) => timeline.ids.length > 0)
    .toSorted((a, b) => Number(a.more) - Number(b.more) || a.ids.length - b.ids.length)
    .slice(0, TIMELINES_READ);
  const candidates = [...new Set((await Promise.all(shortest.map((timeline) => timeline.all()))).flat())];
  const others = await known(candidates);
  const records = await Promise.all(
    candidates.filter((id) => !others.has(id)).map((id) => crm.objects(objectType).read(id)),
  );
  const isOurs = recogniser(identity);
  return records.find((record) => record !== null && isOurs(record)) ?? null;
}
