import { handOverMeetings, pauseOrResumeBackfill, stopBackfill } from './backfill';
import { syncInBulk } from './bulk/sync-in-bulk';
import { applyCrmChanges } from './crm-changes/apply';
import type { ActivityDependencies } from './dependencies';
import { checkCalendarDuplicates } from './engagements/check-calendar-duplicates';
import { checkActivities } from './engagements/check-existence';
import { followJournal } from './follow-journal';
import type { DeliveryDependencies } from './notices/deliver';
import { deliverNotices } from './notices/deliver-notices';
import { connectedWorkspaces, endReconciliation, reconcileMirror, startReconciliation } from './reconcile';
import { readOpenDeals } from './open-deals';
import { inBackground } from './interceptors/urgency';
import { createSteps } from './steps';

/** Creates all activities over one set of dependencies. Temporal's UI shows their names. */
export function createActivities(dependencies: ActivityDependencies & DeliveryDependencies) {
  const steps = createSteps(dependencies);
  return {
    ...steps,
    syncInBulk: syncInBulk(dependencies, steps),
    applyCrmChanges: applyCrmChanges(dependencies),
    followJournal: followJournal(dependencies),
    handOverMeetings: handOverMeetings(dependencies),
    pauseOrResumeBackfill: pauseOrResumeBackfill(dependencies),
    stopBackfill: stopBackfill(dependencies),
    connectedWorkspaces: connectedWorkspaces(dependencies),
    startReconciliation: startReconciliation(dependencies),
    reconcileMirror: inBackground(reconcileMirror(dependencies)),
    checkActivities: inBackground(checkActivities(dependencies)),
    checkCalendarDoubles: inBackground(checkCalendarDuplicates(dependencies)),
    readOpenDeals: inBackground(readOpenDeals(dependencies)),
    endReconciliation: inBackground(endReconciliation(dependencies)),
    deliverNotices: deliverNotices(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
