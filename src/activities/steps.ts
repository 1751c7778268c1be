import { associate } from './engagements/associate';
import { beginSync } from './begin-sync';
import type { ActivityDependencies } from './dependencies';
import { erase, removeFromHubSpot } from './engagements/remove-from-hubspot';
import { writeEngagement } from './engagements/write';
import { expandCascades } from './expand-cascades';
import { writeFields } from './fields/write-fields';
import { recordOutcome } from './record-outcome';
import { resolveParticipants } from './resolve-participants';
import { writeTasks } from './tasks/write-tasks';
import type { PassStep } from '../temporal/names';

/** The steps of a pass. A workflow runs them as Temporal activities, a bulk pass runs them directly. */
export function createSteps(dependencies: ActivityDependencies) {
  return {
    beginSync: beginSync(dependencies),
    resolveParticipants: resolveParticipants(dependencies),
    expandCascades: expandCascades(dependencies),
    writeSummary: writeEngagement(dependencies, 'summary'),
    writeNotes: writeEngagement(dependencies, 'notes'),
    writeTasks: writeTasks(dependencies),
    associate: associate(dependencies),
    writeFields: writeFields(dependencies),
    recordOutcome: recordOutcome(dependencies),
    takeBack: removeFromHubSpot(dependencies),
    erase: erase(dependencies),
  } satisfies Record<PassStep, unknown> & Record<string, unknown>;
}

export type Steps = ReturnType<typeof createSteps>;
