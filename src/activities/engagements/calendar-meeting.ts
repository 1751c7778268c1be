import type { ConnectedCrm } from '../../connection/open-crm';
import { calendarStart, isCalendarMeeting } from '../../hubspot/activities';
import type { CrmRecord } from '../../hubspot/client/batch-answers';
import type { Crm } from '../../hubspot/crm';
import { isRefusal } from '../../hubspot/client/errors';
import { hasPart, joinBody, partOf, withoutPart } from '../../meeting/content/joined-body';
import { calendarWarning, WARNING_STEP } from '../../meeting/pass-warnings';
import { startsApartMs } from '../../meeting/occurrence';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import { listAssociations, type EngagementKey } from '../../store/engagements/engagement-associations';
import { forgetEngagement, knownHubspotIds, recordJoined } from '../../store/engagements/ledger';
import { findDeletedOrMerged } from '../../store/mirror/mirror';
import { savePassWarnings } from '../../store/meetings/warnings';
import type { ActivityDependencies } from '../dependencies';
import { takeOff } from './remove-association';
import { notSettled, urlOf, type SettledEngagement } from './recover';
import type { Update } from './update';

const BODY = 'hs_meeting_body';

/**
 * Enters the calendar meeting of the meeting's event into the ledger as the place of the summary; nothing is written to
 * it yet. A calendar meeting holds one summary: a second recording of the event finds it taken.
 *
 * @returns HubSpot's id, or null when there is none to join: then the summary is an activity of its own
 * @throws `NotSettledError` when another attempt, or another recording, was quicker
 */
export async function joinCalendarMeeting(
  { db, timeScale }: ActivityDependencies,
  connected: ConnectedCrm,
  key: EngagementKey,
  meeting: ProcessedMeeting,
): Promise<string | null> {
  const record = await findCalendarMeeting({ db }, connected, key, meeting);
  // What people wrote leaves no room for it.
  if (record === null || !joinBody(bodyOf(record), meeting).fits) return null;
  const joined = { hubspotId: record.id, url: urlOf(connected, 'meetings', record) };
  if (!(await recordJoined(db, key, joined))) throw notSettled(timeScale);
  return record.id;
}

/** A search that HubSpot refuses costs the joining, not the summary. */
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
    if (!isRefusal(error)) throw error;
    await savePassWarnings(db, key, WARNING_STEP.calendar, [calendarWarning(error.words)]);
    return [];
  }
}

/** Read right before it is joined: the search's index lags, and its hits may be archived, changed or taken by now. */
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
      // Several calendars may have brought it: always the same one is chosen.
      .toSorted((a, b) => apart(a) - apart(b) || Number(a.id) - Number(b.id))[0] ?? null
  );
}

/**
 * Puts our part into the calendar meeting, in place of the one that is there. Only its body is written: title, owner and
 * outcome are a person's, and so is what stands above and below our part.
 *
 * @param options - `again`: our part was there before; a person who took it out did so on purpose
 */
export function partOfSummary(
  meeting: ProcessedMeeting,
  { again }: { readonly again: boolean },
): Required<Pick<Update, 'wanted' | 'ours' | 'isWritten'>> {
  return {
    wanted: (current) => {
      const body = bodyOf(current);
      return again && !hasPart(body) ? null : { [BODY]: joinBody(body, meeting).html };
    },
    ours: ({ properties }) => {
      const { [BODY]: body, ...rest } = properties;
      return { properties: body === undefined ? rest : { ...rest, [BODY]: partOf(body ?? '', meeting.recordingUrl) } };
    },
    isWritten: (current) => hasPart(bodyOf(current)),
  };
}

/** Takes our part and our associations out of a calendar meeting, and leaves everything else of it. */
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
    if (left !== body) await crm.objects('meetings').update({ id: hubspotId, properties: { [BODY]: left } });
    const ours = await listAssociations(db, key);
    const off = takeOff(crm, findDeletedOrMerged(db, key.portalId), { objectType: 'meetings', hubspotId }, []);
    await Promise.all(ours.map((association) => off.take(association)));
  }
  await forgetEngagement(db, key, row);
}

function bodyOf({ properties }: CrmRecord): string {
  return properties[BODY] ?? '';
}
