import { split } from '../hubspot/objects';
import { recordKey, type RecordRef } from '../meeting/cascade';
import { hostOf } from '../meeting/domains';
import { MATCHED_BY } from '../meeting/matching';
import { normaliseEmail } from '../meeting/participants';
import type { PendingEvent } from '../store/crm-events';
import type { ReadRecord } from '../store/mirror';

type Properties = Readonly<Record<string, string | null>>;

/** A record, and by which addresses or domains it is a participant's. */
export interface Matchable {
  readonly record: RecordRef;
  readonly emails: readonly string[];
  readonly domains: readonly string[];
}

/** Records that may make a participant known who was not. */
export interface Newcomers {
  /** Events told enough. The values may be old by now: they only choose the meetings that are synced once more. */
  readonly told: readonly Matchable[];
  /** Only HubSpot knows who these are. */
  readonly toRead: readonly RecordRef[];
}

/** The records whose creation is among the events, of the types that participants are matched to. */
export function createdBy(events: readonly PendingEvent[]): RecordRef[] {
  return events
    .filter(({ kind }) => kind === 'creation')
    .flatMap(({ records }) => records.filter(({ objectType }) => objectType in MATCHED_BY));
}

/**
 * What the events say of newcomers. Beside a creation HubSpot sends the new record's address or domain as property
 * changes: an import of thousands is matched by these, without reading a record. A creation that comes without them is
 * read, and so is what was restored or merged.
 *
 * @param toldBefore - records whose addresses or domains other events tell, by `recordKey`
 */
export function newcomersOf(events: readonly PendingEvent[], toldBefore: ReadonlySet<string>): Newcomers {
  const told: Matchable[] = [];
  const toRead = new Map<string, RecordRef>();
  const known = new Set(toldBefore);
  for (const { kind, records, property } of events) {
    for (const record of records) {
      const matchedBy = MATCHED_BY[record.objectType];
      if (matchedBy === undefined) continue;
      const key = recordKey(record);
      if (kind === 'restore' || kind === 'merge') toRead.set(key, record);
      else if (kind === 'propertyChange' && property !== null && matchedBy.includes(property.name)) {
        known.add(key);
        // An event without the value says only that it changed.
        if (property.value === '') toRead.set(key, record);
        else told.push(matchedAs(record, { [property.name]: property.value }));
      }
    }
  }
  for (const record of createdBy(events)) if (!known.has(recordKey(record))) toRead.set(recordKey(record), record);
  return { told, toRead: [...toRead.values()] };
}

/** By what a record that was read is a participant's; a merged one under its new id. */
export function matchable({
  ref,
  mergedInto,
  properties,
}: ReadRecord & { readonly properties: Properties }): Matchable {
  return matchedAs({ objectType: ref.objectType, id: mergedInto ?? ref.id }, properties);
}

/** Every address of a contact, as participants' are kept. */
function emailsOf(properties: Properties): string[] {
  return [properties['email'] ?? '', ...split(properties['hs_additional_emails'])]
    .map(normaliseEmail)
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
