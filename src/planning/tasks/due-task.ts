import type { ConnectedCrm } from '../../connection/open-crm';
import { taskActivity, type ActivityContent } from '../../hubspot/activities';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import { normaliseEmail } from '../../meeting/people/mailboxes';
import type { Settings } from '../../meeting/settings';
import { dueAt } from '../../meeting/tasks/due';
import type { KnownTask, MatchedStep } from '../../meeting/tasks/steps';
import type { DbPool } from '../../store/database';
import type { StepTask } from '../../store/engagements/tasks';
import { ownerOf } from '../owner-of';

/** The task that a step is to have, as the store and as HubSpot get it. */
export interface DueTask {
  readonly stored: StepTask;
  readonly content: ActivityContent;
}

/** Builds the task of a step. Its owner is the HubSpot owner of the step's owner, or else of the host. */
export async function dueTask(
  { db }: { readonly db: DbPool },
  connected: ConnectedCrm,
  { meeting, settings }: { readonly meeting: ProcessedMeeting; readonly settings: Pick<Settings, 'taskDueDays'> },
  { step, kind }: Pick<MatchedStep<KnownTask>, 'step' | 'kind'>,
): Promise<DueTask> {
  const { text, ownerEmail } = step.step;
  const stored: StepTask = {
    stepId: step.stepId,
    textKey: step.textKey,
    kind,
    text,
    position: meeting.summary.nextSteps.indexOf(step.step),
    ownerEmail: normaliseEmail(ownerEmail ?? meeting.host.email),
    dueAt: dueAt(step.step, meeting, { timeZone: connected.timeZone, days: settings.taskDueDays }),
  };
  const [host, own] = await Promise.all([
    ownerOf({ db }, connected, meeting.host.email),
    ownerOf({ db }, connected, stored.ownerEmail),
  ]);
  const ownerId = own.ownerId ?? host.ownerId;
  return { stored, content: taskActivity(meeting, { text, dueAt: stored.dueAt, ownerId }) };
}
