import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** One attempt of a step: an activity of a workflow, or a step that a bulk pass runs directly. */
export interface Step {
  readonly activity: string;
  /** From 1. */
  readonly attempt: number;
  /** Identifies the step within its run. The same for every attempt. */
  readonly id: string;
  readonly workflowId: string | undefined;
  readonly runId: string | undefined;
}

/** Does something around an attempt of a step. `input` is the step's argument. */
export type AroundStep = <Result>(step: Step, input: unknown, run: () => Promise<Result>) => Promise<Result>;

/** Surrounds every Temporal activity. */
export function aroundActivities(around: AroundStep): ActivityInterceptorsFactory {
  return ({ info: { activityId, activityType, attempt, workflowExecution } }) => ({
    inbound: {
      execute: (input, next) =>
        around(
          {
            activity: activityType,
            attempt,
            id: activityId,
            workflowId: workflowExecution?.workflowId,
            runId: workflowExecution?.runId,
          },
          input.args[0],
          () => next(input),
        ),
    },
  });
}
