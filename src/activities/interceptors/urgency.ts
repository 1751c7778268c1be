import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { asBulk } from '../../hubspot/client/urgency';
import { BACKGROUND_PRIORITY } from '../../temporal/names';

/** Lets live work go first in HubSpot's limits, too: runs the activities of a workflow with low priority as bulk work. */
export const backgroundUrgency: ActivityInterceptorsFactory = ({ info: { priority } }) => ({
  inbound: {
    execute: (input, next) =>
      (priority?.priorityKey ?? 0) >= BACKGROUND_PRIORITY ? asBulk(() => next(input)) : next(input),
  },
});

/** The same for an activity that no person waits for. */
export function inBackground<Input, Result>(
  activity: (input: Input) => Promise<Result>,
): (input: Input) => Promise<Result> {
  return (input) => asBulk(() => activity(input));
}
