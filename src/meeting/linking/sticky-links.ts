import { compareRecords, recordKey, type Link, type Neighbours, type RecordRef } from './cascade';

/** Returns the present id of a record that was linked and is no longer reached, or null when it is deleted. */
export type PresentId = (record: RecordRef) => string | null;

/** The inputs of {@link stickyLinks} besides the links themselves. */
export type StickyOptions = {
  readonly presentId: PresentId;
  /** The associations in HubSpot of the records that the cascade followed. */
  readonly neighbours: readonly Neighbours[];
  /** Whether a record may be linked that was only associated now. */
  readonly addsLate: boolean;
  /** Keys of records that are linked for the first time and were not associated late. */
  readonly notLate?: ReadonlySet<string>;
  /** Keys of records that the settings exclude. */
  readonly excluded?: ReadonlySet<string>;
};

/**
 * Returns the meeting's links, given its previous ones. The meeting took place with the records of its time, so a
 * removed association (a contact who changes company) removes no link while the link's origin is still linked. Links to
 * records that are deleted, merged away or excluded by the settings are removed. After `lateLinkDays`, new cascade
 * links are no longer added, except those in `notLate`: a new root's associations are not late.
 *
 * A link's origin (`from`) is always linked itself. It stays the same while it is linked and HubSpot still associates
 * both records. Otherwise it is the first linked record, in the order of {@link compareRecords}, that leads to the
 * link.
 *
 * @param computed - the result of the cascade rule on the current CRM
 * @param previous - the links of the previous pass, for the same participants; empty after the participants changed
 */
export function stickyLinks(
  computed: readonly Link[],
  previous: readonly Link[],
  { presentId, neighbours, addsLate, notLate = new Set(), excluded = new Set() }: StickyOptions,
): Link[] {
  const before = presentLinks(previous, presentId).filter((link) => !excluded.has(recordKey(link)));
  const had = new Set(before.map(recordKey));
  const due = computed.filter(
    (link) => addsLate || link.via !== 'cascade' || had.has(recordKey(link)) || notLate.has(recordKey(link)),
  );
  const cascades = before.filter((link) => link.via === 'cascade');
  const originsBefore = new Map(cascades.map((link) => [recordKey(link), link.from]));
  const leading = recordsThatLeadTo(neighbours);
  const links = new Map(due.filter((link) => link.via !== 'cascade').map((link) => [recordKey(link), link]));
  // An origin's type sorts before the type that it leads to, so each origin is decided before it is needed.
  for (const link of [...due, ...cascades].toSorted(compareRecords)) {
    const key = recordKey(link);
    if (links.has(key)) continue;
    const from = originOf(leading.get(key) ?? [], originsBefore.get(key) ?? null, links);
    if (from !== null) links.set(key, { objectType: link.objectType, id: link.id, via: 'cascade', from });
  }
  return [...links.values()].toSorted(compareRecords);
}

/** Returns, by key of a record, the records that HubSpot associates with it, in the order of {@link compareRecords}. */
function recordsThatLeadTo(neighbours: readonly Neighbours[]): Map<string, RecordRef[]> {
  const leading = new Map<string, RecordRef[]>();
  for (const { from, to } of neighbours.toSorted((a, b) => compareRecords(a.from, b.from))) {
    for (const record of to) {
      const key = recordKey(record);
      leading.set(key, [...(leading.get(key) ?? []), from]);
    }
  }
  return leading;
}

function originOf(
  leading: readonly RecordRef[],
  before: RecordRef | null,
  links: ReadonlyMap<string, Link>,
): RecordRef | null {
  const linked = leading.filter((record) => links.has(recordKey(record)));
  const beforeIsLinked = before !== null && links.has(recordKey(before));
  if (beforeIsLinked && linked.some((record) => recordKey(record) === recordKey(before))) return before;
  return linked[0] ?? (beforeIsLinked ? before : null);
}

/** Returns the links under their records' present ids, without those that are deleted. */
export function presentLinks(links: readonly Link[], presentId: PresentId): Link[] {
  return links.flatMap((link): Link[] => {
    const id = presentId(link);
    if (id === null) return [];
    const fromId = link.from === null ? null : presentId(link.from);
    // A link whose origin is gone keeps that origin's id. No link has that id any more, so the link is dropped as well.
    const from = link.from === null || fromId === null ? link.from : { ...link.from, id: fromId };
    return [{ ...link, id, from }];
  });
}
