import { isCalendarMeeting } from '../../hubspot/activities';
import { saveCalendarCheck, uncheckedCalendarEvents } from '../../store/engagements/calendar-doubles';
import type { ActivityDependencies } from '../dependencies';

/**
 * Maximum number of events that one reconciliation looks up. That takes 50 searches of the 5 a second that all apps
 * share.
 */
const ASKED_AT_MOST = 250;

/**
 * Records for meetings of the last 30 days whether HubSpot has a calendar meeting beside their summary. The settings
 * page shows the result next to `joinCalendarMeeting`. Each meeting is checked once, during a reconciliation, so that
 * no sync pays for it.
 */
export function checkCalendarDuplicates({ db, gateway }: ActivityDependencies) {
  return async ({ workspaceId }: { readonly workspaceId: string }): Promise<{ readonly checked: number }> => {
    const { crm, portalId } = await gateway.connect(workspaceId);
    const candidates = await uncheckedCalendarEvents(db, workspaceId, portalId, ASKED_AT_MOST);
    await Promise.all(
      candidates.map(async (candidate) => {
        const meetings = await crm.calendarMeetings.ofEvent(candidate.calendarEventId);
        await saveCalendarCheck(
          db,
          candidate,
          meetings.some((meeting) => isCalendarMeeting(meeting, candidate)),
        );
      }),
    );
    return { checked: candidates.length };
  };
}
