import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { MATCHED_BY } from '../../meeting/people/matching';
import type { PendingEvent } from '../../store/inbox/crm-events';
import type { MirroredRecord, ReadRecord } from '../../store/mirror/mirror';
import { isActivityType } from '../engagements/check-existence';
import { matchable, type LateMatches, type Matchable } from './late-matches';

/** The mirror's copy of a record, as far as decisions look at it. */
type Mirrored = Pick<MirroredRecord, 'object_type' | 'record_id' | 'archived' | 'merged_into'>;

/** A record that HubSpot returned, so that it is not deleted. */
type LiveRecord = ReadRecord & { readonly properties: Readonly<Record<string, string | null>> };

/** What to read from HubSpot because of the events. */
export interface Reads {
  /** Mirrored records, and those that were linked and never read. */
  readonly mirrored: readonly RecordRef[];
  /** Records that may be late matches. */
  readonly unknown: readonly RecordRef[];
  /** Keys of mirrored records that are deleted, as far as it is known. */
  readonly deleted: ReadonlySet<string>;
}

/**
 * Decides which records to read.
 *
 * @param mirrored - the mirror's copies of the records that the events name
 * @param options - `unread`: linked records that were never read; `awaited`: whether a meeting waits for late matches
 */
export function decideReads(
  events: readonly PendingEvent[],
  mirrored: readonly Mirrored[],
  {
    unread,
    toRead,
    awaited,
  }: Pick<LateMatches, 'toRead'> & { readonly unread: readonly RecordRef[]; readonly awaited: boolean },
): Reads {
  const known = new Set(mirrored.map(keyOf));
  return {
    mirrored: distinct([...recordsOf(events).filter((ref) => known.has(recordKey(ref))), ...unread]),
    unknown: awaited ? toRead.filter((ref) => !known.has(recordKey(ref))) : [],
    deleted: deletedAmong(events, mirrored),
  };
}

/** What follows from the events, once the records are read. */
export interface Effects {
  /** Records whose meetings may have other links now. */
  readonly moved: readonly RecordRef[];
  /** Every record that was read and exists, with what matches it to participants. */
  readonly seen: readonly Matchable[];
  /** Those of `seen` that the events made match, with the matches that only events name. */
  readonly named: readonly Matchable[];
}

/**
 * Decides what the events change for meetings.
 *
 * @param read - all records that were read
 * @param moved - mirrored records that HubSpot has as deleted, merged or restored
 */
export function decideEffects(
  events: readonly PendingEvent[],
  read: readonly ReadRecord[],
  { moved, fromEvents }: Pick<LateMatches, 'fromEvents'> & { readonly moved: readonly RecordRef[] },
): Effects {
  const live = read.filter(isLive);
  const matched = new Set(events.filter(changesMatch).flatMap((event) => event.records.map(recordKey)));
  return {
    moved: distinct([...recordsOf(events.filter(movesLinks)), ...moved]),
    seen: live.map(matchable),
    named: [...live.filter(({ ref }) => matched.has(recordKey(ref))).map(matchable), ...fromEvents],
  };
}

/** The records that the events name, each once. */
export function recordsOf(events: readonly PendingEvent[]): RecordRef[] {
  return distinct(events.flatMap((event) => event.records));
}

/** The records that were restored, without our own activities. */
export function restoredBy(events: readonly PendingEvent[]): RecordRef[] {
  return recordsOf(events.filter(({ kind }) => kind === 'restore')).filter(
    ({ objectType }) => !isActivityType(objectType),
  );
}

/**
 * New records that no participant matches, such as deals: only the contacts and companies that they were created with
 * lead to meetings. HubSpot need not send events about those associations.
 */
export function createdWithLinks(events: readonly PendingEvent[]): RecordRef[] {
  return recordsOf(events.filter(({ kind }) => kind === 'creation')).filter(
    ({ objectType }) => !isActivityType(objectType) && !(objectType in MATCHED_BY),
  );
}

/** Ids of the contacts that privacy-deletion events name. HubSpot has not confirmed them yet. */
export function contactsErased(events: readonly PendingEvent[]): string[] {
  return events
    .filter(({ kind }) => kind === 'privacyDeletion')
    .flatMap(({ records }) => records.filter(({ objectType }) => objectType === 'contacts').map(({ id }) => id));
}

/** Whether an event may change which records the meetings of its records are linked to. */
function movesLinks({ kind, records, property }: PendingEvent): boolean {
  if (kind !== 'propertyChange') return kind !== 'creation';
  // A record that loses an address no longer matches its participant. One that gets an address may match another.
  return records.some(({ objectType }) => MATCHED_BY[objectType]?.includes(property?.name ?? '') === true);
}

/** Whether an event may change which participants its records match. */
function changesMatch(event: PendingEvent): boolean {
  return event.kind === 'creation' || movesLinks(event);
}

/**
 * Keys of the records that are deleted according to the events or the mirror. Excludes merged records, for which
 * HubSpot may send a deletion too: only a single read reliably returns them under their new id.
 */
function deletedAmong(events: readonly PendingEvent[], mirrored: readonly Mirrored[]): Set<string> {
  const keysOf = (...kinds: readonly PendingEvent['kind'][]) =>
    events.filter(({ kind }) => kinds.includes(kind)).flatMap(({ records }) => records.map(recordKey));
  const merged = new Set([
    ...keysOf('merge'),
    ...mirrored.filter(({ merged_into: target }) => target !== null).map(keyOf),
  ]);
  const deleted = [...keysOf('deletion', 'privacyDeletion'), ...mirrored.filter(({ archived }) => archived).map(keyOf)];
  return new Set(deleted.filter((key) => !merged.has(key)));
}

/** Whether HubSpot returned the record. */
export function isLive(record: ReadRecord): record is LiveRecord {
  return record.properties !== null;
}

function keyOf(record: Mirrored): string {
  return recordKey({ objectType: record.object_type, id: record.record_id });
}

function distinct(refs: readonly RecordRef[]): RecordRef[] {
  return [...new Map(refs.map((ref) => [recordKey(ref), ref])).values()];
}
