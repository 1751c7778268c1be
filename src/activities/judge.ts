import { HubSpotError } from '../hubspot/errors';
import { HubSpotDownError, isOutage } from '../hubspot/circuit';
import { BudgetExhaustedError } from '../hubspot/limiter';
import { NotSentError } from '../hubspot/portal';
import { reasons } from '../meeting/reasons';
import type { SyncReason } from '../meeting/status';
import { isDatabaseUnavailable } from '../store/failures';
import { KeyMissingError } from '../secrets';
import { NotConnectedError } from '../tokens';
import { ContentErasedError } from './dependencies';

/** How the sync continues after an activity failed. Delays are in milliseconds. */
export type Verdict =
  | { readonly next: 'retry'; readonly afterMs: number; readonly counts: boolean }
  | {
      readonly next: 'wait';
      readonly ms: number;
      readonly reason: SyncReason;
      readonly outage?: { readonly detail: string };
    }
  | { readonly next: 'park'; readonly reason: SyncReason };

/** The outcome of a create is unknown and not to be seen yet: look again, do not repeat it. */
export class NotSettledError extends Error {
  override readonly name = 'NotSettledError';
  constructor(readonly lookAgainMs: number) {
    super('HubSpot may still be working on an activity that was sent: looking again before it is sent once more');
  }
}

/** Failures that pass by themselves are retried this often, then a person is asked. */
const MAX_FAILURES = 15;
/** A single failure is retried quietly. From the second on, the meeting shows as waiting and the workflow sets the pause. */
const FAILURES_OF_AN_OUTAGE = 2;
/** An outage that lasts longer is a person's to look at. */
const OUTAGE_PATIENCE_MS = 6 * 3_600_000;
/** A database outage never stops a meeting: the database recovers, or an alert calls its operator. */
const DATABASE_RETRY_MS = 2_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** A longer wait is the workflow's: visible as a timer, and no activity is pending meanwhile. */
const LONGEST_ACTIVITY_WAIT_MS = 60_000;

/**
 * Judges why an activity failed. Pure but for `random`.
 *
 * @param error - whatever the activity threw
 * @param context - `failures`: how often it failed for a reason that counts; `timeScale` shortens our own delays, never
 *   HubSpot's; `reference` names the failure for support
 */
export function judge(
  error: unknown,
  context: {
    readonly failures: number;
    readonly timeScale: number;
    readonly reference: string;
    readonly now: number;
    readonly random?: () => number;
  },
): Verdict {
  if (error instanceof NotSentError) return judge(error.cause, context);
  const random = context.random ?? Math.random;
  if (error instanceof ContentErasedError) return { next: 'wait', ms: 0, reason: reasons.being_deleted() };
  if (error instanceof NotConnectedError) return { next: 'park', reason: reasons[error.code]() };
  if (error instanceof KeyMissingError) return { next: 'park', reason: reasons.key_missing({ keyId: error.keyId }) };
  if (error instanceof NotSettledError) return { next: 'retry', afterMs: error.lookAgainMs, counts: false };
  if (error instanceof BudgetExhaustedError) return waitFor(error.retryMs, error.closed);
  if (error instanceof HubSpotDownError) return untilItAnswers(error);
  if (isDatabaseUnavailable(error))
    return { next: 'retry', afterMs: DATABASE_RETRY_MS * (1 + random()), counts: false };
  if (!(error instanceof HubSpotError)) return retryOr(reasons.internal_error({ reference: context.reference }), null);
  const { decision } = error;
  switch (decision.do) {
    case 'retry':
      if (isOutage(error) && context.failures + 1 >= FAILURES_OF_AN_OUTAGE)
        return afterOutage(error, decision.afterMs ?? 0);
      return retryOr(reasons.hubspot_unavailable({ detail: error.said }), decision.afterMs);
    case 'refresh':
      return retryOr(reasons.hubspot_unavailable({ detail: error.said }), null);
    case 'wait':
      return waitFor(decision.afterMs ?? WINDOW_MS[decision.limit], decision.limit);
    case 'reauthorize':
      return { next: 'park', reason: reasons.reauthorize() };
    case 'person':
      return {
        next: 'park',
        reason:
          decision.code === 'missing_scope'
            ? reasons.missing_scope({ scopes: decision.scopes })
            : reasons.hubspot_rejected({ rule: error.said }),
      };
    case 'refused':
      return { next: 'park', reason: reasons.hubspot_rejected({ rule: error.said }) };
  }

  function retryOr(givenUp: SyncReason, afterMs: number | null): Verdict {
    if (context.failures + 1 >= MAX_FAILURES) return { next: 'park', reason: givenUp };
    const backoff =
      Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** context.failures) * (0.75 + random() / 2) * context.timeScale;
    return { next: 'retry', afterMs: Math.max(backoff, afterMs ?? 0), counts: true };
  }

  function afterOutage({ said }: HubSpotError, ms: number): Verdict {
    const until = new Date(context.now + ms).toISOString();
    return { next: 'wait', ms, reason: reasons.hubspot_down({ until }), outage: { detail: said } };
  }

  function untilItAnswers({ downForMs, retryMs }: HubSpotDownError): Verdict {
    if (downForMs > OUTAGE_PATIENCE_MS * context.timeScale) {
      return { next: 'park', reason: reasons.hubspot_unavailable({ detail: 'it did not answer for hours' }) };
    }
    const until = new Date(context.now + retryMs).toISOString();
    return { next: 'wait', ms: retryMs * (1 + random() / 4), reason: reasons.hubspot_down({ until }) };
  }

  function waitFor(ms: number, limit: string | null): Verdict {
    // Everybody who waits was told the same time: a little apart they do not all come back at once.
    const spread = ms + random() * Math.min(2_000, ms / 4);
    if (ms <= LONGEST_ACTIVITY_WAIT_MS) return { next: 'retry', afterMs: spread, counts: false };
    const until = new Date(context.now + ms).toISOString();
    const reason =
      limit === 'day'
        ? reasons.daily_limit({ until })
        : limit === 'migration'
          ? reasons.hubspot_down({ until })
          : reasons.rate_limited({ until });
    return { next: 'wait', ms: spread, reason };
  }
}

/** The limiter knows how long a closed budget stays closed; these only bring the activity back to ask it. */
const WINDOW_MS = { second: 1_000, ten_seconds: 10_000, day: 10_000, migration: 10_000 };
