import { learnUnknown } from '../../connection/refresh-catalogue';
import type { Crm } from '../../hubspot/crm';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { MATCHED_BY } from '../../meeting/people/matching';
import { awaiting, linkedTo, withActivities } from '../../store/meetings/affected-meetings';
import { requeue } from '../../store/meetings/requeue';
import { findWorkspaceOfPortal } from '../../store/connections/connections';
import { markEventsDone, pendingEvents, recordsWithKnownMatch, type PendingEvent } from '../../store/inbox/crm-events';
import {
  mirroredOf,
  saveRecords,
  timeOfReading,
  unreadRecords,
  type MirroredRecord,
  type ReadRecord,
} from '../../store/mirror/mirror';
import { nameRecords } from '../../store/inbox/named-records';
import { hasParticipants } from '../../store/meetings/participants';
import { duePrivacyDeletions, recordPrivacyDeletions, rememberParticipants } from '../../store/inbox/privacy-deletions';
import { loadSettings } from '../../store/settings/settings';
import { isActivityType, noticeActivityEvents } from '../engagements/check-existence';
import type { ActivityDependencies } from '../dependencies';
import { createdBy, matchable, lateMatchesOf } from './late-matches';
import { applyPrivacyDeletions } from './privacy-deletions';
import { isCustom, isTypeRefused, readUnknownRecords, readRecords } from './read-records';

/**
 * How many events one activity takes from the inbox, and how many records it reads. The cost of a run hardly depends on
 * these numbers, so large ones keep up with a flood.
 */
const EVENTS_AT_ONCE = 2_000;
const RECORDS_AT_ONCE = 300;
/**
 * Up to this many new records are read although no meeting waits for anyone: one may come in before search knows them.
 */
const READ_ANYWAY = 100;
/** Each deletion costs up to two calls. */
const DELETIONS_AT_ONCE = 100;

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

export interface AppliedChanges {
  readonly events: number;
  readonly records: number;
  readonly meetings: number;
  /** The inbox has more events. */
  readonly more: boolean;
}

/**
 * Processes a portal's inbox. An event only says that something changed, so the record is read again, and the affected
 * meetings are synced again the usual way. An event is marked done after its work, so that a failure repeats it.
 */
export function applyCrmChanges(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async ({ portalId }: { readonly portalId: number }): Promise<AppliedChanges> => {
    const events = await pendingEvents(db, portalId, EVENTS_AT_ONCE);
    const workspaceId = await findWorkspaceOfPortal(db, portalId);
    if (workspaceId === null) {
      // HubSpot keeps sending events for a while after an uninstall.
      await markEventsDone(
        db,
        events.map((event) => event.id),
      );
      return { events: events.length, records: 0, meetings: 0, more: events.length === EVENTS_AT_ONCE };
    }
    const connected = await dependencies.gateway.connect(workspaceId);
    const { crm } = connected;
    await noticeActivityEvents(dependencies, connected, workspaceId, events);
    // First, while the mirror still has the names to mask. A pass that read the content earlier would store it again.
    await recordPrivacyDeletions(db, portalId, contactsErased(events));
    const deletions = await duePrivacyDeletions(db, portalId, DELETIONS_AT_ONCE);
    await applyPrivacyDeletions(dependencies, connected, workspaceId, deletions);
    const { lateMatchDays } = await loadSettings(db, workspaceId);
    const touched = distinct(events.flatMap((event) => event.records));
    const mirrored = await mirroredOf(db, portalId, touched);
    const known = new Set(mirrored.map(keyOf));
    const lateMatches = lateMatchesOf(events, await recordsWithKnownMatch(db, portalId, createdBy(events)));
    const awaited = lateMatches.toRead.length <= READ_ANYWAY || (await hasParticipants(db, workspaceId));
    const refs = distinct([
      ...touched.filter((ref) => known.has(recordKey(ref))),
      ...(await unreadRecords(db, portalId, RECORDS_AT_ONCE)),
    ]);
    const readFrom = await timeOfReading(db);
    const [read, unknown] = await Promise.all([
      readRecords(connected, db, refs, { gone: deletedAmong(events, mirrored) }),
      readUnknownRecords(connected, awaited ? lateMatches.toRead.filter((ref) => !known.has(recordKey(ref))) : []),
    ]);
    const saved = await saveRecords(db, portalId, read, readFrom);

    const moved = distinct([...events.filter(movesLinks).flatMap((event) => event.records), ...saved.moved]);
    const restored = distinct(
      events
        .filter((event) => event.kind === 'restore')
        .flatMap((event) => event.records)
        .filter((record) => !isActivityType(record.objectType)),
    );
    const neighbours = await neighboursOf(crm, restored);
    const matched = new Set(events.filter(changesMatch).flatMap((event) => event.records.map(recordKey)));
    const live = [...read, ...unknown].filter(isLive);
    const seen = live.map(matchable);
    // Before the meetings are synced, because search may take up to half a minute to know these records.
    await nameRecords(db, { workspaceId, portalId }, [
      ...live.filter(({ ref }) => matched.has(recordKey(ref))).map(matchable),
      ...lateMatches.fromEvents,
    ]);
    await rememberParticipants(db, { workspaceId, portalId }, seen);
    await rememberParticipants(db, { workspaceId, portalId }, lateMatches.fromEvents, { fromEvent: true });
    const meetings =
      (await requeue(db, linkedTo(portalId, [...moved, ...neighbours]), 'hubspot_changed')) +
      (await requeue(db, withActivities(portalId, neighbours), 'hubspot_changed')) +
      (await requeue(
        db,
        awaiting({ workspaceId, portalId }, [...seen, ...lateMatches.fromEvents], lateMatchDays),
        'late_match',
      ));
    await markEventsDone(
      db,
      events.map((event) => event.id),
    );
    // Learn names last: the events are done even if this fails.
    await learnUnknown(
      dependencies,
      connected,
      read.filter(isLive).map(({ ref, properties }) => ({ objectType: ref.objectType, properties })),
    );
    return {
      events: events.length,
      records: read.length + unknown.length,
      meetings,
      more:
        events.length === EVENTS_AT_ONCE || read.length >= RECORDS_AT_ONCE || deletions.length === DELETIONS_AT_ONCE,
    };
  };
}

/** Ids of the contacts that privacy-deletion events name. HubSpot has not confirmed them yet. */
function contactsErased(events: readonly PendingEvent[]): string[] {
  return events
    .filter(({ kind }) => kind === 'privacyDeletion')
    .flatMap(({ records }) => records.filter(({ objectType }) => objectType === 'contacts').map(({ id }) => id));
}

/**
 * Keys of the records that are deleted according to the events or the mirror. Excludes merged records, for which
 * HubSpot may send a deletion too: only a single read reliably returns them under their new id.
 */
function deletedAmong(events: readonly PendingEvent[], mirrored: readonly MirroredRecord[]): Set<string> {
  const keysOf = (...kinds: readonly PendingEvent['kind'][]) =>
    events.filter(({ kind }) => kinds.includes(kind)).flatMap(({ records }) => records.map(recordKey));
  const merged = new Set([
    ...keysOf('merge'),
    ...mirrored.filter(({ merged_into: target }) => target !== null).map(keyOf),
  ]);
  const deleted = [...keysOf('deletion', 'privacyDeletion'), ...mirrored.filter(({ archived }) => archived).map(keyOf)];
  return new Set(deleted.filter((key) => !merged.has(key)));
}

function isLive(record: ReadRecord): record is ReadRecord & { properties: Readonly<Record<string, string | null>> } {
  return record.properties !== null;
}

/**
 * Finds the records through which a restored record is linked again. The restored record has no link itself, so its
 * contacts and companies lead to the meetings, and so do the deals of a custom object. Activities that came back to its
 * timeline with it count too.
 */
async function neighboursOf(crm: Crm, restored: readonly RecordRef[]): Promise<RecordRef[]> {
  const reads = restored.flatMap((ref) =>
    ['contacts', 'companies', ...(isCustom(ref) ? ['deals'] : []), 'meetings', 'notes', 'calls']
      .filter((type) => type !== ref.objectType)
      .map(async (type) => {
        try {
          const ids = await crm.associations(ref.objectType, type).of(ref.id);
          return ids.map((id) => ({ objectType: type, id }));
        } catch (error) {
          // The account may have no associations between the two types, or no longer show one of them.
          const isKnown = !isCustom(ref) && (type === 'contacts' || type === 'companies');
          if (isKnown || !isTypeRefused(error)) throw error;
          return [];
        }
      }),
  );
  return (await Promise.all(reads)).flat();
}

function keyOf(record: MirroredRecord): string {
  return recordKey({ objectType: record.object_type, id: record.record_id });
}

function distinct(refs: readonly RecordRef[]): RecordRef[] {
  return [...new Map(refs.map((ref) => [recordKey(ref), ref])).values()];
}
