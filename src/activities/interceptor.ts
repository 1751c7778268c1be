import { activityInfo, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Logger } from 'pino';
import { z } from 'zod';
import { FAILURE, type LongWait } from '../temporal/failures';
import { judge } from './judge';

/** Kept in the heartbeat, the one thing that reaches the next attempt. */
const carried = z.object({ failures: z.number() }).catch({ failures: 0 });

/** Turns whatever an activity throws into the one failure that Temporal should act on. */
export function judgingInterceptor({
  timeScale,
  log,
}: {
  timeScale: number;
  log: Logger;
}): ActivityInterceptorsFactory {
  const inbound: ActivityInboundCallsInterceptor = {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        if (error instanceof ApplicationFailure || error instanceof CancelledFailure) throw error;
        throw failureFor(error);
      }
    },
  };
  return () => ({ inbound });

  function failureFor(error: unknown): ApplicationFailure {
    const info = activityInfo();
    const { failures } = carried.parse(info.heartbeatDetails);
    const workflowId = info.workflowExecution?.workflowId ?? '';
    const reference = `${workflowId}/${info.activityType}/${info.attempt}`;
    const verdict = judge(error, { failures, timeScale, reference, now: Date.now() });
    log.warn(
      { workflowId, activity: info.activityType, attempt: info.attempt, verdict, error: describe(error) },
      'activity failed',
    );
    const message = error instanceof Error ? error.message : String(error);
    switch (verdict.next) {
      case 'retry':
        heartbeat({ failures: verdict.counts ? failures + 1 : failures });
        return ApplicationFailure.create({
          message,
          type: FAILURE.retry,
          nextRetryDelay: Math.max(1, Math.round(verdict.afterMs)),
          category: verdict.counts ? undefined : ApplicationFailureCategory.BENIGN,
        });
      case 'wait': {
        const wait: LongWait = { reason: verdict.reason, ms: Math.round(verdict.ms) };
        return ApplicationFailure.create({
          message: verdict.reason.message,
          type: FAILURE.wait,
          nonRetryable: true,
          details: [wait],
          category: ApplicationFailureCategory.BENIGN,
        });
      }
      case 'park':
        return ApplicationFailure.create({
          message: verdict.reason.message,
          type: FAILURE.parked,
          nonRetryable: true,
          details: [verdict.reason],
        });
    }
  }
}

/** Stack and name for the log; HubSpot's and our own messages carry neither tokens nor meeting text. */
function describe(error: unknown): unknown {
  return error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : String(error);
}
