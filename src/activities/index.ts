import { applyCrmChanges } from './apply-crm-changes';
import { associate } from './associate';
import { handOverMeetings, stopBackfill } from './backfill';
import { beginSync } from './begin-sync';
import { checkActivities } from './check-activities';
import { checkCalendarDoubles } from './check-calendar-doubles';
import type { ActivityDependencies } from './dependencies';
import { expandCascades } from './expand-cascades';
import { connectedWorkspaces, endReconciliation, reconcileMirror, startReconciliation } from './reconcile';
import { followJournal } from './follow-journal';
import { recordOutcome } from './record-outcome';
import { resolveParticipants } from './resolve-participants';
import { erase, takeBack } from './take-back';
import { writeEngagement } from './write-engagement';

/** All activities, over one set of dependencies. Their names are what Temporal's UI shows. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    beginSync: beginSync(dependencies),
    resolveParticipants: resolveParticipants(dependencies),
    expandCascades: expandCascades(dependencies),
    writeSummary: writeEngagement(dependencies, 'summary'),
    writeNotes: writeEngagement(dependencies, 'notes'),
    associate: associate(dependencies),
    recordOutcome: recordOutcome(dependencies),
    takeBack: takeBack(dependencies),
    erase: erase(dependencies),
    applyCrmChanges: applyCrmChanges(dependencies),
    followJournal: followJournal(dependencies),
    handOverMeetings: handOverMeetings(dependencies),
    stopBackfill: stopBackfill(dependencies),
    connectedWorkspaces: connectedWorkspaces(dependencies),
    startReconciliation: startReconciliation(dependencies),
    reconcileMirror: reconcileMirror(dependencies),
    checkActivities: checkActivities(dependencies),
    checkCalendarDoubles: checkCalendarDoubles(dependencies),
    endReconciliation: endReconciliation(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
