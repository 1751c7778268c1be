import type { ConnectedCrm } from '../../connection/open-crm';
import { calendarStart, isCalendarMeeting } from '../../hubspot/activities';
import type { CrmRecord } from '../../hubspot/client/batch-answers';
import type { Crm } from '../../hubspot/crm';
import { isRejectedOrForbidden } from '../../hubspot/client/errors';
import { hasPart, joinBody, partOf, withoutPart } from '../../meeting/content/joined-body';
import { calendarWarning, WARNING_STEP } from '../../meeting/warnings/pass-warnings';
import { startsApartMs } from '../../meeting/occurrence';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import { listAssociations, type EngagementKey } from '../../store/engagements/engagement-associations';
import { deleteEngagement, markRemoving, recordJoined } from '../../store/engagements/ledger';
import { knownHubspotIds } from '../../store/engagements/written-activities';
import { findDeletedOrMerged } from '../../store/mirror/mirror';
import { savePassWarnings } from '../../store/meetings/warnings';
import type { ActivityDependencies } from '../dependencies';
import { AssociationRemover } from './remove-association';
import { notSettled, urlOf, type SettledEngagement } from './recover';
import type { EngagementUpdate } from './update';

const BODY = 'hs_meeting_body';

/**
 * Records the calendar meeting of the meeting's event in the ledger as the place of the summary. Writes nothing to it
 * yet. A calendar meeting has room for one summary, so a second recording of the event finds it taken.
 *
 * @returns HubSpot's id, or null if there is none to join; the summary then becomes an activity of its own
 * @throws `NotSettledError` if another attempt, or another recording, was faster
 */
export async function joinCalendarMeeting(
  { db, timeScale }: ActivityDependencies,
  connected: ConnectedCrm,
  key: EngagementKey,
  meeting: ProcessedMeeting,
): Promise<string | null> {
  const record = await findCalendarMeeting({ db }, connected, key, meeting);
  // People's own text leaves no room for the summary.
  if (record === null || !joinBody(bodyOf(record), meeting).fits) return null;
  const joined = { hubspotId: record.id, url: urlOf(connected, 'meetings', record) };
  if (!(await recordJoined(db, key, joined))) throw notSettled(timeScale);
  return record.id;
}

/** If HubSpot refuses the search, the summary is not joined but still written. */
async function searched(
  { db }: Pick<ActivityDependencies, 'db'>,
  crm: Crm,
  key: EngagementKey,
  calendarEventId: string,
): Promise<CrmRecord[]> {
  try {
    const hits = await crm.calendarMeetings.ofEvent(calendarEventId);
    await savePassWarnings(db, key, WARNING_STEP.calendar, []);
    return hits;
  } catch (error) {
    if (!isRejectedOrForbidden(error)) throw error;
    await savePassWarnings(db, key, WARNING_STEP.calendar, [calendarWarning(error.readableMessage)]);
    return [];
  }
}

/**
 * Reads the hits right before joining, because the search index lags: they may be archived, changed or taken by now.
 */
async function findCalendarMeeting(
  { db }: Pick<ActivityDependencies, 'db'>,
  { crm, portalId }: ConnectedCrm,
  key: EngagementKey,
  { calendarEventId, startedAt }: ProcessedMeeting,
): Promise<CrmRecord | null> {
  if (calendarEventId === undefined) return null;
  const isOurs = (record: CrmRecord) => isCalendarMeeting(record, { calendarEventId, startedAt });
  const hits = (await searched({ db }, crm, key, calendarEventId)).filter(isOurs);
  const taken = await knownHubspotIds(
    db,
    portalId,
    'meetings',
    hits.map((hit) => hit.id),
  );
  const read = await Promise.all(
    hits.filter((hit) => !taken.has(hit.id)).map(async (hit) => await crm.objects('meetings').read(hit.id)),
  );
  const apart = (record: CrmRecord) => startsApartMs(calendarStart(record) ?? new Date(0), startedAt);
  return (
    read
      .filter((record) => record !== null)
      .filter(isOurs)
      // Several calendars may have synced the event. Always choose the same meeting.
      .toSorted((a, b) => apart(a) - apart(b) || Number(a.id) - Number(b.id))[0] ?? null
  );
}

/**
 * Writes our part into the calendar meeting, in place of an existing one. Writes only the body: title, owner and
 * outcome belong to people, and so does the text above and below our part.
 *
 * @param options - `wasWrittenBefore`: our part was there before, so a person who removed it did so on purpose
 */
export function partOfSummary(
  meeting: ProcessedMeeting,
  { wasWrittenBefore }: { readonly wasWrittenBefore: boolean },
): Required<Pick<EngagementUpdate, 'wanted' | 'ours' | 'isWritten'>> {
  return {
    wanted: (current) => {
      const body = bodyOf(current);
      return wasWrittenBefore && !hasPart(body) ? null : { [BODY]: joinBody(body, meeting).html };
    },
    ours: ({ properties }) => {
      const { [BODY]: body, ...rest } = properties;
      return { properties: body === undefined ? rest : { ...rest, [BODY]: partOf(body ?? '', meeting.recordingUrl) } };
    },
    isWritten: (current) => hasPart(bodyOf(current)),
  };
}

/** Removes our part and our associations from a calendar meeting, and leaves everything else in it. */
export async function leaveCalendarMeeting(
  { db }: ActivityDependencies,
  { crm }: ConnectedCrm,
  key: EngagementKey,
  { row, hubspotId }: Pick<SettledEngagement, 'row' | 'hubspotId'>,
  meeting: Pick<ProcessedMeeting, 'recordingUrl'>,
): Promise<void> {
  const record = await crm.objects('meetings').read(hubspotId);
  if (record !== null) {
    const body = bodyOf(record);
    const left = withoutPart(body, meeting.recordingUrl);
    await markRemoving(db, key, row);
    if (left !== body) await crm.objects('meetings').update({ id: hubspotId, properties: { [BODY]: left } });
    const ours = await listAssociations(db, key);
    const activity = { objectType: 'meetings', hubspotId };
    const remover = new AssociationRemover(crm, findDeletedOrMerged(db, key.portalId), activity);
    await Promise.all(ours.map((association) => remover.remove(association)));
  }
  await deleteEngagement(db, key, row);
}

function bodyOf({ properties }: CrmRecord): string {
  return properties[BODY] ?? '';
}
