import type { Crm } from '../hubspot/crm';
import { split } from '../hubspot/objects';
import { recordKey, type RecordRef } from '../meeting/cascade';
import { hostOf } from '../meeting/domains';
import { normaliseEmail } from '../meeting/participants';
import { requestSyncsOfLinked, requestSyncsOfParticipants } from '../store/affected-meetings';
import { findWorkspaceOfPortal } from '../store/connections';
import { markEventsDone, pendingEvents, type PendingEvent } from '../store/crm-events';
import {
  forgetRecords,
  mirroredOf,
  saveRecords,
  unreadRecords,
  type MirroredRecord,
  type ReadRecord,
} from '../store/mirror';
import { erasePerson } from '../store/privacy';
import { loadSettings } from '../store/settings';
import type { ActivityDependencies } from './dependencies';
import { readRecords } from './refresh-mirror';

/** One activity's share of the inbox, and of the records to be read. */
const EVENTS_AT_ONCE = 500;
const RECORDS_AT_ONCE = 300;

/** Properties by which participants are matched, and how a search would find them. */
const MATCHING: Record<string, readonly string[]> = {
  contacts: ['email', 'hs_additional_emails'],
  companies: ['domain', 'hs_additional_domains'],
};
/** What may change which records a meeting is linked to. */
const MOVES_LINKS: readonly PendingEvent['kind'][] = [
  'deletion',
  'privacyDeletion',
  'restore',
  'merge',
  'associationChange',
];

export interface AppliedChanges {
  readonly events: number;
  readonly records: number;
  readonly meetings: number;
  /** There is more in the inbox. */
  readonly more: boolean;
}

/**
 * Works off a portal's inbox. An event only says that something changed: the record is read again, and the meetings
 * that it touches are synced again by the one path. An event is done after its work, so that a failure repeats it.
 */
export function applyCrmChanges(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async ({ portalId }: { readonly portalId: number }): Promise<AppliedChanges> => {
    const events = await pendingEvents(db, portalId, EVENTS_AT_ONCE);
    const workspaceId = await findWorkspaceOfPortal(db, portalId);
    if (workspaceId === null) {
      // HubSpot goes on sending for a while after an uninstall.
      await markEventsDone(
        db,
        events.map((event) => event.id),
      );
      return { events: events.length, records: 0, meetings: 0, more: events.length === EVENTS_AT_ONCE };
    }
    const { crm } = await dependencies.gateway.connect(workspaceId);
    const { lateMatchDays } = await loadSettings(db, workspaceId);
    const touched = distinct(events.flatMap((event) => event.records));
    const mirrored = await mirroredOf(db, portalId, touched);
    const known = new Set(mirrored.map(keyOf));
    const comers = distinct(events.filter(isNewcomer).flatMap((event) => event.records));
    const refs = distinct([
      ...touched.filter((ref) => known.has(recordKey(ref))),
      ...comers,
      ...(await unreadRecords(db, portalId, RECORDS_AT_ONCE)),
    ]);
    const read = await readRecords(crm, refs);
    await saveRecords(db, portalId, read);

    const moved = distinct(
      events.filter((event) => MOVES_LINKS.includes(event.kind)).flatMap((event) => event.records),
    );
    const restored = distinct(events.filter((event) => event.kind === 'restore').flatMap((event) => event.records));
    const meetings =
      (await requestSyncsOfLinked(db, portalId, [...moved, ...(await neighboursOf(crm, restored))])) +
      (await requestSyncsOfParticipants(
        db,
        { workspaceId, portalId },
        read.filter(isLive).map(matchable),
        lateMatchDays,
      ));
    const forgotten = new Set(
      events.filter(({ kind }) => kind === 'privacyDeletion').flatMap(({ records }) => records.map(recordKey)),
    );
    await forgetPeople(
      workspaceId,
      portalId,
      mirrored.filter((record) => forgotten.has(keyOf(record))),
    );
    await markEventsDone(
      db,
      events.map((event) => event.id),
    );
    return {
      events: events.length,
      records: read.length,
      meetings,
      more: events.length === EVENTS_AT_ONCE || read.length >= RECORDS_AT_ONCE,
    };
  };

  /**
   * HubSpot's privacy deletion must be obeyed here too: the mirror, and the participants in our meetings.
   *
   * @param records - as the mirror had them before: HubSpot no longer tells whose they were
   */
  async function forgetPeople(
    workspaceId: string,
    portalId: number,
    records: readonly MirroredRecord[],
  ): Promise<void> {
    await erasePerson(
      db,
      workspaceId,
      records.flatMap(({ properties }) => emailsOf(properties ?? {})),
    );
    await forgetRecords(
      db,
      portalId,
      records.map((record) => ({ objectType: record.object_type, id: record.record_id })),
    );
  }
}

/** Whether the event may make a participant known who was not: those records are read even if no meeting has them. */
function isNewcomer({ kind, records, property }: PendingEvent): boolean {
  if (kind === 'creation' || kind === 'restore' || kind === 'merge') return true;
  return (
    kind === 'propertyChange' &&
    records.some(({ objectType }) => MATCHING[objectType]?.includes(property?.name ?? '') === true)
  );
}

function isLive(record: ReadRecord): record is ReadRecord & { properties: Readonly<Record<string, string | null>> } {
  return record.properties !== null;
}

function matchable({
  ref,
  mergedInto,
  properties,
}: ReadRecord & { properties: Readonly<Record<string, string | null>> }) {
  const record = { objectType: ref.objectType, id: mergedInto ?? ref.id };
  const emails = ref.objectType === 'contacts' ? emailsOf(properties) : [];
  const domains =
    ref.objectType === 'companies'
      ? [properties['domain'] ?? '', ...split(properties['hs_additional_domains'])].flatMap(
          (domain) => hostOf(domain) ?? [],
        )
      : [];
  return { record, emails, domains };
}

function emailsOf(properties: Readonly<Record<string, string | null>>): string[] {
  return [properties['email'] ?? '', ...split(properties['hs_additional_emails'])]
    .map(normaliseEmail)
    .filter((email) => email !== '');
}

/** A restored record stands in no link: the meetings of the contacts and companies that it belongs to are asked. */
async function neighboursOf(crm: Crm, restored: readonly RecordRef[]): Promise<RecordRef[]> {
  const reads = restored.flatMap((ref) =>
    ['contacts', 'companies']
      .filter((type) => type !== ref.objectType)
      .map(async (type) => {
        const ids = await crm.associations(ref.objectType, type).of(ref.id);
        return ids.map((id) => ({ objectType: type, id }));
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
