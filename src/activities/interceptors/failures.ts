import { activityInfo, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Logger } from 'pino';
import { z } from 'zod';
import { HubSpotDownError } from '../../hubspot/client/circuit';
import { HubSpotError } from '../../hubspot/client/errors';
import { BudgetExhaustedError } from '../../hubspot/client/limiter';
import { NotSentError } from '../../hubspot/client/portal';
import { describeError } from '../../telemetry/log';
import { reasons } from '../../meeting/reasons';
import { FAILURE_TYPE, type LongWait, type StepFailure } from '../../temporal/failures';
import { KeyMissingError } from '../../secrets';
import { NotConnectedError } from '../../connection/tokens';
import { classifyError, NotSettledError, type RetryContext } from './retry-policy';

/** Kept in the heartbeat details, the only data that reaches the next attempt. */
const carried = z.object({ failures: z.number() }).catch({ failures: 0 });
/** Several heartbeats fit within the time-out (workflows/activities.ts), so one late heartbeat does no harm. */
const HEARTBEAT_MS = 3_000;

/** Sends heartbeats for a running attempt, and converts every error that it throws into the one failure to act on. */
export function failureInterceptor({
  timeScale,
  log,
}: {
  timeScale: number;
  log: Logger;
}): ActivityInterceptorsFactory {
  const inbound: ActivityInboundCallsInterceptor = {
    async execute(input, next) {
      // Each heartbeat overwrites the previous details, so pass the failure count on.
      const details = carried.parse(activityInfo().heartbeatDetails);
      const beating = setInterval(() => heartbeat(details), HEARTBEAT_MS);
      try {
        return await next(input);
      } catch (error) {
        if (error instanceof ApplicationFailure || error instanceof CancelledFailure) throw error;
        throw failureFor(error);
      } finally {
        clearInterval(beating);
      }
    },
  };
  return () => ({ inbound });

  function failureFor(error: unknown): ApplicationFailure {
    const info = activityInfo();
    const { failures } = carried.parse(info.heartbeatDetails);
    const workflowId = info.workflowExecution?.workflowId ?? '';
    const reference = `${workflowId}/${info.activityType}/${info.attempt}`;
    const fields = { workflowId, activity: info.activityType, attempt: info.attempt };
    const failure = classifyAndLog(error, { failures, timeScale, reference, now: Date.now() }, log, fields);
    if (failure.kind === 'retry') heartbeat({ failures: failure.counts ? failures + 1 : failures });
    return temporalFailure(failure, publicMessage(error, reference));
  }
}

/** Classifies the error of an attempt of a step, and logs it. */
export function classifyAndLog(
  error: unknown,
  context: RetryContext,
  log: Logger,
  fields: Readonly<Record<string, unknown>>,
): StepFailure {
  const failure = classifyError(error, context);
  // Looking again until an outcome is known is normal. It is no failure that a person should look at.
  log[error instanceof NotSettledError ? 'debug' : 'warn'](
    { ...fields, failure, error: describeError(error) },
    'activity failed',
  );
  return failure;
}

/**
 * Converts a step's failure into the one that Temporal gets. Pure.
 *
 * @param message - for the history while the step is retried; other failures have their reason's
 */
export function temporalFailure(failure: StepFailure, message: string): ApplicationFailure {
  const type = FAILURE_TYPE[failure.kind];
  switch (failure.kind) {
    case 'retry':
      return ApplicationFailure.create({
        message,
        type,
        nextRetryDelay: Math.max(1, Math.round(failure.afterMs)),
        category: failure.counts ? undefined : ApplicationFailureCategory.BENIGN,
      });
    case 'wait': {
      const { kind: _wait, ms, ...more } = failure;
      const wait: LongWait = { ...more, ms: Math.round(ms) };
      return ApplicationFailure.create({
        message: failure.reason.message,
        type,
        nonRetryable: true,
        details: [wait],
        category: ApplicationFailureCategory.BENIGN,
      });
    }
    case 'reauthorize':
    case 'needs_attention':
    case 'rejected':
      return ApplicationFailure.create({
        message: failure.reason.message,
        type,
        nonRetryable: true,
        details: [failure.reason],
      });
  }
}

/** The message of a failed step for histories: of an error that may contain values, only the reference. */
export function publicMessage(error: unknown, reference: string): string {
  return sayable(error) ?? reasons.internal_error({ reference }).message;
}

/**
 * Returns a message that may go into Temporal's history. Messages of our own errors contain no values; all other errors
 * are only logged.
 */
function sayable(error: unknown): string | null {
  if (error instanceof NotSentError) return sayable(error.cause);
  const ours = [
    HubSpotError,
    HubSpotDownError,
    BudgetExhaustedError,
    NotConnectedError,
    KeyMissingError,
    NotSettledError,
  ];
  return error instanceof Error && ours.some((type) => error instanceof type) ? error.message : null;
}
