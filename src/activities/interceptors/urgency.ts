import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { asBulk } from '../../hubspot/client/urgency';
import { BACKGROUND_PRIORITY, PASS_STEPS } from '../../temporal/names';
import { livePassBegins } from '../bulk/live-passes';

/**
 * Lets live work go first in HubSpot's limits and in this process, too: runs the activities of a workflow with low
 * priority as bulk work, and notes when a live pass begins.
 */
export const backgroundUrgency: ActivityInterceptorsFactory = ({ info: { activityType, priority } }) => ({
  inbound: {
    execute(input, next) {
      if ((priority?.priorityKey ?? 0) >= BACKGROUND_PRIORITY) return asBulk(() => next(input));
      if (activityType === PASS_STEPS.begin) livePassBegins();
      return next(input);
    },
  },
});

/** The same for an activity that no person waits for. */
export function inBackground<Input, Result>(
  activity: (input: Input) => Promise<Result>,
): (input: Input) => Promise<Result> {
  return (input) => asBulk(() => activity(input));
}
