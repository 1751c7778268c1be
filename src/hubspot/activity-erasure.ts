import type { ActivityType } from './catalogue/association-types';
import { HubSpotError, isRejected } from './client/errors';
import type { Portal } from './client/portal';

/**
 * Erases an activity for good, as HubSpot erases contacts (`gdpr-delete` of meetings, notes and calls, a beta of
 * 2026-09 that not every account has). Archived activities can be restored for 90 days; erased ones cannot.
 *
 * @returns `unavailable` if the account does not have the call, or the app may not use it; nothing was erased then
 */
export async function eraseActivity(
  portal: Portal,
  objectType: ActivityType,
  id: string,
): Promise<'erased' | 'unavailable'> {
  await portal.slot('requests');
  const path = `/crm/objects/2026-09-beta/${objectType}/gdpr-delete`;
  try {
    await portal.send({ method: 'POST', path, json: { objectId: id } }, 'requests');
    return 'erased';
  } catch (error) {
    if (!(error instanceof HubSpotError)) throw error;
    if (error.failure.kind === 'rejected') return isAboutTheActivity(error) ? 'erased' : 'unavailable';
    if (error.failure.kind === 'needs_attention' || isUnknownPath(error)) return 'unavailable';
    throw error;
  }
}

/** HubSpot answers unknown paths with a page. */
function isUnknownPath({ status }: HubSpotError): boolean {
  return status === 404;
}

/** No activity has this id. A request for it shows whether the account has the call, and erases nothing. */
const NO_ACTIVITY = '0';

/** Whether the account erases activities for good. */
export async function canEraseActivities(portal: Portal): Promise<boolean> {
  return (await eraseActivity(portal, 'notes', NO_ACTIVITY)) === 'erased';
}

/**
 * Whether HubSpot reports that the activity does not exist. An unknown path is a 404 as well, but without a message
 * from HubSpot.
 */
function isAboutTheActivity(error: HubSpotError): boolean {
  return isRejected(error, 'gone') && error.hasMessage;
}
