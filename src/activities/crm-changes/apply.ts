import { learnUnknown } from '../../connection/refresh-catalogue';
import type { ConnectedCrm } from '../../connection/open-crm';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { awaiting, linkedTo, withActivities } from '../../store/meetings/affected-meetings';
import { requeue } from '../../store/meetings/requeue';
import { findWorkspaceOfPortal } from '../../store/connections/connections';
import { markEventsDone, pendingEvents, recordsWithKnownMatch, type PendingEvent } from '../../store/inbox/crm-events';
import { mirroredOf, saveRecords, timeOfReading, unreadRecords, type ReadRecord } from '../../store/mirror/mirror';
import { mergedWith } from '../../store/inbox/merges';
import { nameRecords } from '../../store/inbox/named-records';
import { hasParticipants } from '../../store/meetings/participants';
import { duePrivacyDeletions, recordPrivacyDeletions, rememberParticipants } from '../../store/inbox/privacy-deletions';
import { loadSettings } from '../../store/settings/settings';
import { noticeActivityEvents } from '../engagements/check-existence';
import type { ActivityDependencies } from '../dependencies';
import {
  contactsErased,
  createdWithLinks,
  decideEffects,
  decideReads,
  isLive,
  recordsOf,
  restoredBy,
  type Effects,
} from './decide-changes';
import { createdBy, lateMatchesOf, type LateMatches } from './late-matches';
import { applyPrivacyDeletions } from './privacy-deletions';
import { readNeighbours, readRecords, readUnknownRecords } from './read-records';

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

export interface AppliedChanges {
  readonly events: number;
  readonly records: number;
  readonly meetings: number;
  /** The inbox has more events. */
  readonly more: boolean;
}

/** Some events of one account, and where they are applied. */
interface Run {
  readonly dependencies: ActivityDependencies;
  readonly connected: ConnectedCrm;
  readonly account: { readonly workspaceId: string; readonly portalId: number };
  readonly events: readonly PendingEvent[];
}

/** What a run read from HubSpot. */
interface Changes {
  /** Mirrored records. */
  readonly read: readonly ReadRecord[];
  /** Records that are not mirrored. */
  readonly unknown: readonly ReadRecord[];
  readonly lateMatches: LateMatches;
  readonly effects: Effects;
}

/**
 * Processes a portal's inbox. An event only says that something changed, so the record is read again, and the affected
 * meetings are synced again the usual way. An event is marked done after its work, so that a failure repeats it.
 */
export function applyCrmChanges(dependencies: ActivityDependencies) {
  const { db, gateway } = dependencies;

  return async ({ portalId }: { readonly portalId: number }): Promise<AppliedChanges> => {
    const events = await pendingEvents(db, portalId, EVENTS_AT_ONCE);
    const workspaceId = await findWorkspaceOfPortal(db, portalId);
    if (workspaceId === null) {
      // HubSpot keeps sending events for a while after an uninstall.
      await markDone(dependencies, events);
      return { events: events.length, records: 0, meetings: 0, more: events.length === EVENTS_AT_ONCE };
    }
    const connected = await gateway.connect(workspaceId);
    return await apply({ dependencies, connected, account: { workspaceId, portalId }, events });
  };
}

/** Runs the steps in the one order that loses nothing if the process dies between two of them. */
async function apply(run: Run): Promise<AppliedChanges> {
  const { dependencies, connected, account, events } = run;
  await noticeActivityEvents(dependencies, connected, account.workspaceId, events);
  // Before any record is read, while the mirror still has the names to mask.
  const deletions = await erasePeople(run);
  const changes = await readChanges(run);
  // After the mirror is saved, and before meetings are synced: a pass matches people by what is recorded here.
  const neighbours = await readNeighbours(connected, {
    restored: restoredBy(events),
    created: await awaitedCreations(run),
  });
  await rememberMatches(run, changes);
  const meetings = await requestSyncs(run, changes, neighbours);
  // After all syncs are requested.
  await markDone(dependencies, events);
  // Last: the events are done even if this fails.
  await learnNames(run, changes);
  const { read, unknown } = changes;
  return {
    events: events.length,
    records: read.length + unknown.length,
    meetings,
    more: events.length === EVENTS_AT_ONCE || read.length >= RECORDS_AT_ONCE || deletions === DELETIONS_AT_ONCE,
  };
}

/**
 * Erases the people that privacy deletions concern.
 *
 * @returns the number of deletions
 */
async function erasePeople({ dependencies, connected, account, events }: Run): Promise<number> {
  const { db } = dependencies;
  const { workspaceId, portalId } = account;
  // A pass that read the content before this would store it again.
  await recordPrivacyDeletions(db, portalId, contactsErased(events));
  const deletions = await duePrivacyDeletions(db, portalId, DELETIONS_AT_ONCE);
  await applyPrivacyDeletions(dependencies, connected, workspaceId, deletions);
  return deletions.length;
}

/** Reads the records that the events concern, and mirrors those that meetings are linked to. */
async function readChanges({ dependencies: { db }, connected, account, events }: Run): Promise<Changes> {
  const { workspaceId, portalId } = account;
  const mirrored = await mirroredOf(db, portalId, recordsOf(events));
  const lateMatches = lateMatchesOf(events, await recordsWithKnownMatch(db, portalId, createdBy(events)));
  const { toRead, fromEvents } = lateMatches;
  const awaited = toRead.length <= READ_ANYWAY || (await hasParticipants(db, workspaceId));
  const unread = await unreadRecords(db, portalId, RECORDS_AT_ONCE);
  const reads = decideReads(events, mirrored, { unread, toRead, awaited });
  // Before HubSpot is read, so that a newer reading by another process wins.
  const readFrom = await timeOfReading(db);
  const [read, unknown] = await Promise.all([
    readRecords(connected, db, reads.mirrored, { gone: reads.deleted, unread: new Set(unread.map(recordKey)) }),
    readUnknownRecords(connected, reads.unknown),
  ]);
  const { moved } = await saveRecords(db, portalId, read, readFrom);
  return { read, unknown, lateMatches, effects: decideEffects(events, [...read, ...unknown], { moved, fromEvents }) };
}

/** The new records that may be linked to meetings. An account without meetings costs no read. */
async function awaitedCreations({ dependencies: { db }, account, events }: Run): Promise<RecordRef[]> {
  const created = createdWithLinks(events);
  return created.length > 0 && (await hasParticipants(db, account.workspaceId)) ? created : [];
}

/** Records which addresses and domains belong to which records. Search may take half a minute to know them. */
async function rememberMatches({ dependencies: { db }, account }: Run, changes: Changes): Promise<void> {
  const { effects, lateMatches } = changes;
  await nameRecords(db, account, effects.named);
  await rememberParticipants(db, account, effects.seen);
  await rememberParticipants(db, account, lateMatches.fromEvents, { fromEvent: true });
}

/**
 * Requests a sync of every meeting that the changes may concern.
 *
 * @param neighbours - the records through which restored and new records are linked
 * @returns the number of meetings
 */
async function requestSyncs(
  { dependencies: { db }, account }: Run,
  { effects, lateMatches }: Changes,
  neighbours: readonly RecordRef[],
): Promise<number> {
  const { workspaceId, portalId } = account;
  const { lateMatchDays } = await loadSettings(db, workspaceId);
  const matches = [...effects.seen, ...lateMatches.fromEvents];
  // HubSpot may send an event under the id that a record had before it was merged.
  const moved = [...effects.moved, ...(await mergedWith(db, portalId, effects.moved))];
  return (
    (await requeue(db, linkedTo(portalId, [...moved, ...neighbours]), 'hubspot_changed')) +
    (await requeue(db, withActivities(portalId, neighbours), 'hubspot_changed')) +
    (await requeue(db, awaiting(account, matches, lateMatchDays), 'late_match'))
  );
}

async function markDone({ db }: ActivityDependencies, events: readonly PendingEvent[]): Promise<void> {
  await markEventsDone(
    db,
    events.map((event) => event.id),
  );
}

async function learnNames({ dependencies, connected }: Run, { read }: Changes): Promise<void> {
  const records = read.filter(isLive).map(({ ref, properties }) => ({ objectType: ref.objectType, properties }));
  await learnUnknown(dependencies, connected, records);
}
