import { compareRecords, recordKey, type Link, type RecordRef } from './cascade';

/** What became of a record that was linked and is no longer reached: its present id, or null when it is gone. */
export type PresentId = (record: RecordRef) => string | null;

/**
 * The meeting's links, given those that it had. The meeting did take place with the records of then, so an association
 * that was removed since (a contact who changes company) takes no link away, while what brought it still stands; records
 * that are gone or were merged away go. Long after the meeting (`lateLinkDays`) new cascade links are no longer added.
 *
 * @param computed - what the rule gives on the CRM as it stands
 * @param previous - the links of the pass before, of the same participants; empty after their change
 */
export function standingLinks(
  computed: readonly Link[],
  previous: readonly Link[],
  { presentId, addsLate }: { readonly presentId: PresentId; readonly addsLate: boolean },
): Link[] {
  const before = previous.flatMap((link): Link[] => {
    const id = presentId(link);
    return id === null ? [] : [{ ...link, id }];
  });
  const had = new Set(before.map(recordKey));
  const due = computed.filter((link) => addsLate || link.via !== 'cascade' || had.has(recordKey(link)));
  const links = new Map(due.map((link) => [recordKey(link), link]));
  for (const link of before.toSorted(compareRecords)) {
    const kept = link.via === 'cascade' && link.from !== null && links.has(recordKey(link.from));
    if (kept && !links.has(recordKey(link))) links.set(recordKey(link), link);
  }
  return [...links.values()].toSorted(compareRecords);
}
