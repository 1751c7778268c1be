import { split } from '../../hubspot/objects';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { hostOf } from '../../meeting/people/domains';
import { MATCHED_BY } from '../../meeting/people/matching';
import { emailSpellings } from '../../meeting/people/mailboxes';
import type { PendingEvent } from '../../store/inbox/crm-events';
import type { ReadRecord } from '../../store/mirror/mirror';

type Properties = Readonly<Record<string, string | null>>;

/** A record with the addresses or domains that match it to participants. */
export interface Matchable {
  readonly record: RecordRef;
  readonly emails: readonly string[];
  readonly domains: readonly string[];
}

/** Records that may match participants without a match so far. */
export interface LateMatches {
  /**
   * Records whose events have an address or domain. It may be outdated, so it only selects the meetings to sync again.
   */
  readonly fromEvents: readonly Matchable[];
  /** Records that must be read from HubSpot, because their events have neither. */
  readonly toRead: readonly RecordRef[];
}

/** The records that the events create, of the types that participants are matched to. */
export function createdBy(events: readonly PendingEvent[]): RecordRef[] {
  return events
    .filter(({ kind }) => kind === 'creation')
    .flatMap(({ records }) => records.filter(({ objectType }) => objectType in MATCHED_BY));
}

/**
 * Finds late matches in the events. With a creation, HubSpot sends the new record's address or domain as property
 * changes, so an import of thousands is matched without reading a record. A creation without them is read, and so are
 * restored and merged records.
 *
 * @param knownBefore - `recordKey`s of records whose addresses or domains other events have
 */
export function lateMatchesOf(events: readonly PendingEvent[], knownBefore: ReadonlySet<string>): LateMatches {
  const fromEvents: Matchable[] = [];
  const toRead = new Map<string, RecordRef>();
  const known = new Set(knownBefore);
  for (const { kind, records, property } of events) {
    for (const record of records) {
      const matchedBy = MATCHED_BY[record.objectType];
      if (matchedBy === undefined) continue;
      const key = recordKey(record);
      if (kind === 'restore' || kind === 'merge') toRead.set(key, record);
      else if (kind === 'propertyChange' && property !== null && matchedBy.includes(property.name)) {
        known.add(key);
        // Without a value, the event only says that the property changed.
        if (property.value === '') toRead.set(key, record);
        else fromEvents.push(matchedAs(record, { [property.name]: property.value }));
      }
    }
  }
  for (const record of createdBy(events)) if (!known.has(recordKey(record))) toRead.set(recordKey(record), record);
  return { fromEvents, toRead: [...toRead.values()] };
}

/** A record that was read, as a match. A merged record has its new id. */
export function matchable({
  ref,
  mergedInto,
  properties,
}: ReadRecord & { readonly properties: Properties }): Matchable {
  return matchedAs({ objectType: ref.objectType, id: mergedInto ?? ref.id }, properties);
}

/**
 * Every address of a contact, in all spellings of participants' addresses. Older rows have the spelling that was
 * posted.
 */
function emailsOf(properties: Properties): string[] {
  return [properties['email'] ?? '', ...split(properties['hs_additional_emails'])]
    .flatMap(emailSpellings)
    .filter((email) => email !== '');
}

function matchedAs(record: RecordRef, properties: Properties): Matchable {
  const domains = [properties['domain'] ?? '', ...split(properties['hs_additional_domains'])];
  return {
    record,
    emails: record.objectType === 'contacts' ? emailsOf(properties) : [],
    domains: record.objectType === 'companies' ? domains.flatMap((domain) => hostOf(domain) ?? []) : [],
  };
}
