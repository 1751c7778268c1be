import type { NextStep, ProcessedMeeting } from '../intake/processed-meeting';
import { isInternalAddress, type ParticipantSettings } from '../people/participants';

/** Which next steps become tasks in HubSpot: none, those of colleagues, or all. */
export const CREATE_TASKS = ['off', 'internal', 'all'] as const;
export type CreateTasks = (typeof CREATE_TASKS)[number];

/**
 * Whether the setting wants a task for a step. A step of colleagues is one whose `ownerEmail` is internal, as participants
 * are.
 */
export function wantsTask(
  step: Pick<NextStep, 'ownerEmail'>,
  meeting: Pick<ProcessedMeeting, 'host' | 'participants'>,
  settings: ParticipantSettings & { readonly createTasks: CreateTasks },
): boolean {
  switch (settings.createTasks) {
    case 'off':
      return false;
    case 'all':
      return true;
    case 'internal':
      return step.ownerEmail !== undefined && isInternalAddress(step.ownerEmail, meeting, settings);
  }
}
