import type { ConnectedCrm } from '../../connection/open-crm';
import { isRejectedOrForbidden } from '../../hubspot/client/errors';
import type { Crm } from '../../hubspot/crm';
import type { Existence } from '../../hubspot/existence';
import { objectTypeId } from '../../meeting/object-types';
import { saveSeenTasks } from '../../store/engagements/tasks';
import type { PendingEvent } from '../../store/inbox/crm-events';
import {
  activitiesAmong,
  activitiesToCheck,
  markChecked,
  saveExistence,
  type WrittenActivity,
} from '../../store/engagements/written-activities';
import { seenTask } from '../tasks/update-task';
import type { ActivityDependencies } from '../dependencies';

/** Five batch calls at once. */
const CHECKED_AT_ONCE = 500;
/** Maximum number of activities that one reconciliation checks: 200 calls. Those not checked for longest come first. */
const CHECKED_AT_MOST = 20_000;

export interface CheckedActivities {
  readonly checked: number;
  /** Meetings with an activity that a person deleted since the last check. */
  readonly deleted: number;
  /** Meetings with a deleted activity that was restored. */
  readonly restored: number;
}

/**
 * Checks whether our activities still exist in HubSpot, and which tasks people completed. No webhook reliably reports
 * either.
 */
export function checkActivities(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async ({ workspaceId }: { readonly workspaceId: string }): Promise<CheckedActivities> => {
    const connected = await dependencies.gateway.connect(workspaceId);
    const before = new Date();
    const counts = { checked: 0, deleted: 0, restored: 0 };
    while (counts.checked < CHECKED_AT_MOST) {
      const some = { workspaceId, portalId: connected.portalId, before, limit: CHECKED_AT_ONCE };
      // oxlint-disable-next-line no-await-in-loop -- sequential: each page is what the one before left
      const activities = await activitiesToCheck(db, some);
      if (activities.length === 0) break;
      // oxlint-disable-next-line no-await-in-loop -- as above
      const { deleted, restored } = await look(dependencies, connected, activities);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await markChecked(db, activities);
      counts.checked += activities.length;
      counts.deleted += deleted;
      counts.restored += restored;
    }
    return counts;
  };
}

/**
 * Handles the inbox's events about our activities, if the app's subscriptions deliver them (`object.deletion` and
 * `object.restore` of meetings, notes, calls and tasks, `object.propertyChange` of tasks). As with every event, HubSpot is read: events come late and out of
 * order.
 */
export async function noticeActivityEvents(
  dependencies: ActivityDependencies,
  connected: ConnectedCrm,
  workspaceId: string,
  events: readonly PendingEvent[],
): Promise<void> {
  const refs = events.flatMap(({ records }) => records).filter(({ objectType }) => isActivityType(objectType));
  const ours = await activitiesAmong(dependencies.db, { workspaceId, portalId: connected.portalId }, refs);
  if (ours.length > 0) await look(dependencies, connected, ours);
}

/** Whether records of this type are activities. Activities are never mirrored and link nothing. */
export function isActivityType(objectType: string): boolean {
  return objectTypeId(objectType) !== objectType && !['contacts', 'companies', 'deals'].includes(objectType);
}

/** A permission for tasks may be missing, and must not stop all else. */
async function existenceOf(crm: Crm, { objectType, hubspotId }: WrittenActivity): Promise<Existence> {
  try {
    return await crm.exists(objectType, hubspotId);
  } catch (error) {
    if (objectType === 'tasks' && isRejectedOrForbidden(error)) return 'unknown';
    throw error;
  }
}

async function look(
  { db }: ActivityDependencies,
  { crm, portalId }: ConnectedCrm,
  activities: readonly WrittenActivity[],
): Promise<{ readonly deleted: number; readonly restored: number }> {
  const looked = await Promise.all(
    activities.map(async (activity) => ({ activity, existence: await existenceOf(crm, activity) })),
  );
  const tasks = looked.filter(({ activity, existence }) => activity.objectType === 'tasks' && existence === 'there');
  const records = await Promise.all(tasks.map(({ activity }) => crm.objects('tasks').find(activity.hubspotId)));
  await saveSeenTasks(
    db,
    portalId,
    records.flatMap((record) => (record === null ? [] : [seenTask(record)])),
  );
  const those = (existence: 'gone' | 'there') =>
    looked.filter((each) => each.existence === existence).map(({ activity }) => activity);
  return await saveExistence(db, { missing: those('gone'), existing: those('there') });
}
