import { applyCrmChanges } from './crm-changes/apply';
import { syncInBulk } from './bulk/sync-in-bulk';
import { associate } from './engagements/associate';
import { handOverMeetings, stopBackfill } from './backfill';
import { beginSync } from './begin-sync';
import { checkActivities } from './engagements/check-existence';
import { checkCalendarDuplicates } from './engagements/check-calendar-duplicates';
import type { ActivityDependencies } from './dependencies';
import { expandCascades } from './expand-cascades';
import { connectedWorkspaces, endReconciliation, reconcileMirror, startReconciliation } from './reconcile';
import { followJournal } from './follow-journal';
import { recordOutcome } from './record-outcome';
import { resolveParticipants } from './resolve-participants';
import { erase, removeFromHubSpot } from './engagements/remove-from-hubspot';
import { writeEngagement } from './engagements/write';
import type { PassStep } from '../temporal/names';

/** Creates all activities over one set of dependencies. Temporal's UI shows their names. */
export function createActivities(dependencies: ActivityDependencies) {
  const steps = createSteps(dependencies);
  return { ...steps, syncInBulk: syncInBulk(dependencies, steps) };
}

function createSteps(dependencies: ActivityDependencies) {
  return {
    beginSync: beginSync(dependencies),
    resolveParticipants: resolveParticipants(dependencies),
    expandCascades: expandCascades(dependencies),
    writeSummary: writeEngagement(dependencies, 'summary'),
    writeNotes: writeEngagement(dependencies, 'notes'),
    associate: associate(dependencies),
    recordOutcome: recordOutcome(dependencies),
    takeBack: removeFromHubSpot(dependencies),
    erase: erase(dependencies),
    applyCrmChanges: applyCrmChanges(dependencies),
    followJournal: followJournal(dependencies),
    handOverMeetings: handOverMeetings(dependencies),
    stopBackfill: stopBackfill(dependencies),
    connectedWorkspaces: connectedWorkspaces(dependencies),
    startReconciliation: startReconciliation(dependencies),
    reconcileMirror: reconcileMirror(dependencies),
    checkActivities: checkActivities(dependencies),
    checkCalendarDoubles: checkCalendarDuplicates(dependencies),
    endReconciliation: endReconciliation(dependencies),
  } satisfies Record<PassStep, unknown> & Record<string, unknown>;
}

export type Activities = ReturnType<typeof createSteps> & { syncInBulk: ReturnType<typeof syncInBulk> };
