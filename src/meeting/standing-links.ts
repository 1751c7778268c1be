import { compareRecords, recordKey, type Link, type RecordRef } from './cascade';

/** What became of a record that was linked and is no longer reached: its present id, or null when it is gone. */
export type PresentId = (record: RecordRef) => string | null;

/**
 * The meeting's links, given those that it had. The meeting did take place with the records of then, so an association
 * that was removed since (a contact who changes company) takes no link away, while what brought it still stands; records
 * that are gone or were merged away go, and so do those that settings leave out. Long after the meeting (`lateLinkDays`)
 * new cascade links are no longer added, but for `notLate`: what a new root brings was not associated late.
 *
 * @param computed - what the rule gives on the CRM as it stands
 * @param previous - the links of the pass before, of the same participants; empty after their change
 */
export function standingLinks(
  computed: readonly Link[],
  previous: readonly Link[],
  {
    presentId,
    addsLate,
    notLate = new Set(),
    leftOut = new Set(),
  }: {
    readonly presentId: PresentId;
    readonly addsLate: boolean;
    /** Keys of records that are linked for the first time and were not associated late. */
    readonly notLate?: ReadonlySet<string>;
    /** Keys of records that settings leave out. */
    readonly leftOut?: ReadonlySet<string>;
  },
): Link[] {
  const before = presentLinks(previous, presentId).filter((link) => !leftOut.has(recordKey(link)));
  const had = new Set(before.map(recordKey));
  const due = computed.filter(
    (link) => addsLate || link.via !== 'cascade' || had.has(recordKey(link)) || notLate.has(recordKey(link)),
  );
  const links = new Map(due.map((link) => [recordKey(link), link]));
  for (const link of before.toSorted(compareRecords)) {
    const kept = link.via === 'cascade' && link.from !== null && links.has(recordKey(link.from));
    if (kept && !links.has(recordKey(link))) links.set(recordKey(link), link);
  }
  return [...links.values()].toSorted(compareRecords);
}

/** The links under their records' present ids, without those that are gone. */
export function presentLinks(links: readonly Link[], presentId: PresentId): Link[] {
  return links.flatMap((link): Link[] => {
    const id = presentId(link);
    if (id === null) return [];
    const fromId = link.from === null ? null : presentId(link.from);
    // What was brought by a record that is gone keeps its name: nobody is linked under it, and so it goes too.
    const from = link.from === null || fromId === null ? link.from : { ...link.from, id: fromId };
    return [{ ...link, id, from }];
  });
}
