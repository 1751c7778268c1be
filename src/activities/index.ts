import { associate } from './associate';
import { beginSync } from './begin-sync';
import type { ActivityDependencies } from './dependencies';
import { expandCascades } from './expand-cascades';
import { recordOutcome, takeBackAndErase } from './record-outcome';
import { resolveParticipants } from './resolve-participants';
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
    takeBackAndErase: takeBackAndErase(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
