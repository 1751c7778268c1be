import type { HubSpotFailure } from '../../hubspot/client/classify-call';
import { HubSpotError, isOutage, whyReauthorize } from '../../hubspot/client/errors';
import { HubSpotDownError } from '../../hubspot/client/circuit';
import { BudgetExhaustedError, isBusy } from '../../hubspot/client/limiter';
import { WINDOW_MS, type RateLimit } from '../../hubspot/client/rate-limits';
import { NotSentError } from '../../hubspot/client/portal';
import { reasons } from '../../meeting/reasons';
import type { SyncReason } from '../../meeting/status';
import { LookUpUnfinishedError } from '../../planning/participants';
import type { StepFailure } from '../../temporal/failures';
import { isDatabaseUnavailable } from '../../store/failures';
import { KeyMissingError } from '../../secrets';
import { NotConnectedError } from '../../connection/tokens';
import { ContentDeletedError, OtherPassRunningError } from '../dependencies';

/** The outcome of a create is unknown and cannot be seen yet: look again, do not repeat it. */
export class NotSettledError extends Error {
  override readonly name = 'NotSettledError';
  constructor(readonly lookAgainMs: number) {
    super('HubSpot may still be working on an activity that was sent: looking again before it is sent once more');
  }
}

/** Transient failures are retried this often. After that, the meeting needs attention. */
const MAX_FAILURES = 15;
/**
 * A single failure is retried quietly. From the second on, the meeting shows as waiting and the workflow sets the
 * pause.
 */
const FAILURES_OF_AN_OUTAGE = 2;
/** After an outage of this length, the meeting needs attention. */
const OUTAGE_PATIENCE_MS = 6 * 3_600_000;
/** Pause before HubSpot's token endpoint is called again. The connection's own pause keeps the calls apart. */
const TOKEN_RETRY_MS = 15_000;
/** A database outage never stops a meeting: the database recovers, or an alert calls its operator. */
const DATABASE_RETRY_MS = 2_000;
/** A pass takes about a second. */
const OTHER_PASS_RETRY_MS = 500;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** The workflow does longer waits: they show as a timer, and no activity is pending during them. */
const LONGEST_ACTIVITY_WAIT_MS = 60_000;
/** Lets other meetings' searches go first. */
const LOOK_UP_PAUSE_MS = 500;

/** What the result depends on besides the error. */
export interface RetryContext {
  /** How often the activity failed for a reason that counts. */
  readonly failures: number;
  /** Multiplies our own delays, never HubSpot's. */
  readonly timeScale: number;
  /** Identifies the failure for support. */
  readonly reference: string;
  readonly now: number;
  readonly random?: () => number;
}

/** Decides what the error of a failed activity leads to. Pure except for `random`. */
export function classifyError(error: unknown, context: RetryContext): StepFailure {
  if (error instanceof NotSentError) return classifyError(error.cause, context);
  const random = context.random ?? Math.random;
  if (error instanceof ContentDeletedError) return { kind: 'wait', ms: 0, reason: reasons.being_deleted() };
  if (error instanceof NotConnectedError) return { kind: 'reauthorize', reason: notConnected(error) };
  if (error instanceof KeyMissingError)
    return { kind: 'needs_attention', reason: reasons.key_missing({ keyId: error.keyId }) };
  if (error instanceof OtherPassRunningError)
    return { kind: 'retry', afterMs: OTHER_PASS_RETRY_MS * (1 + random()), counts: false };
  if (error instanceof NotSettledError) return { kind: 'retry', afterMs: error.lookAgainMs, counts: false };
  if (error instanceof LookUpUnfinishedError) return goOnLookingUp(context, error);
  if (error instanceof BudgetExhaustedError) return waitForLimit(context, error.retryMs, error.closed);
  if (error instanceof HubSpotDownError) return waitForProbe(context, error);
  if (isDatabaseUnavailable(error))
    return { kind: 'retry', afterMs: DATABASE_RETRY_MS * (1 + random()), counts: false };
  if (error instanceof HubSpotError) return classifyHubSpotError(context, error);
  return retryOr(context, reasons.internal_error({ reference: context.reference }), null);
}

function classifyHubSpotError(context: RetryContext, error: HubSpotError): StepFailure {
  const { failure } = error;
  switch (failure.kind) {
    case 'retry':
      if (error.grant && context.failures + 1 >= FAILURES_OF_AN_OUTAGE) return waitForToken(context, failure.afterMs);
      if (isOutage(error) && context.failures + 1 >= FAILURES_OF_AN_OUTAGE)
        return afterOutage(context, error, failure.afterMs ?? 0);
      return retryOr(context, reasons.hubspot_unavailable({ detail: error.rawMessage }), failure.afterMs);
    case 'wait':
      // Only makes the activity ask the limiter again, which knows how long a closed budget stays closed.
      return waitForLimit(context, failure.afterMs ?? askAgainMs(failure.limit), failure.limit);
    case 'reauthorize':
      return { kind: 'reauthorize', reason: reasons.reauthorize({ why: whyReauthorize(error) }) };
    case 'needs_attention':
      return { kind: 'needs_attention', reason: reasonToAct(error, failure) };
    case 'rejected':
      return { kind: 'rejected', reason: reasonOfRejection(error) };
  }
}

function notConnected({ code, why }: NotConnectedError): SyncReason {
  return code === 'reauthorize' ? reasons.reauthorize({ why }) : reasons.not_connected();
}

function reasonToAct(
  { rawMessage, hasMessage }: HubSpotError,
  failure: Extract<HubSpotFailure, { readonly kind: 'needs_attention' }>,
): SyncReason {
  if (failure.code === 'app_misconfigured') return reasons.app_misconfigured({ message: rawMessage });
  if (failure.code === 'contact_limit') return reasons.contact_limit();
  return reasons.missing_scope({ scopes: failure.scopes, message: hasMessage ? rawMessage : null });
}

function reasonOfRejection(error: HubSpotError): SyncReason {
  const { readableMessage, rawMessage, correlationId, refusedProperties, objectType, route } = error;
  const properties = refusedProperties.map(({ name, rule }) => ({ name, rule }));
  const read = /^GET |\/batch\/read$|\/search$/.test(route);
  return {
    ...reasons.hubspot_rejected({ rule: readableMessage, properties, read }),
    refusal: { raw: rawMessage, correlationId, properties, objectType },
  };
}

function retryOr(
  { failures, timeScale, random = Math.random }: RetryContext,
  givenUp: SyncReason,
  afterMs: number | null,
): StepFailure {
  if (failures + 1 >= MAX_FAILURES) return { kind: 'needs_attention', reason: givenUp };
  const backoff = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures) * (0.75 + random() / 2) * timeScale;
  return { kind: 'retry', afterMs: Math.max(backoff, afterMs ?? 0), counts: true };
}

function afterOutage({ now }: RetryContext, { rawMessage }: HubSpotError, ms: number): StepFailure {
  const until = new Date(now + ms).toISOString();
  return { kind: 'wait', ms, reason: reasons.hubspot_down({ until }), outage: { detail: rawMessage } };
}

/** Without a token nothing can be done, and no person is needed: the meeting waits however long it takes. */
function waitForToken({ now, timeScale, random = Math.random }: RetryContext, afterMs: number | null): StepFailure {
  const ms = Math.max(TOKEN_RETRY_MS * timeScale, afterMs ?? 0);
  const until = new Date(now + ms).toISOString();
  return { kind: 'wait', ms: ms * (1 + random() / 4), reason: reasons.hubspot_down({ until }) };
}

function waitForProbe(
  { now, timeScale, random = Math.random }: RetryContext,
  { downForMs, retryMs }: HubSpotDownError,
): StepFailure {
  if (downForMs > OUTAGE_PATIENCE_MS * timeScale)
    return { kind: 'needs_attention', reason: reasons.hubspot_unavailable({ detail: 'it did not answer for hours' }) };
  const until = new Date(now + retryMs).toISOString();
  return { kind: 'wait', ms: retryMs * (1 + random() / 4), reason: reasons.hubspot_down({ until }) };
}

/** A short pause in which the meeting shows its progress. Its answers are kept, so every attempt gets further. */
function goOnLookingUp({ now }: RetryContext, { lookedUp, of, retryMs }: LookUpUnfinishedError): StepFailure {
  const until = new Date(now + Math.max(retryMs, LOOK_UP_PAUSE_MS)).toISOString();
  const reason = reasons.rate_limited({ until, lookedUp: { people: lookedUp, of } });
  return { kind: 'wait', ms: LOOK_UP_PAUSE_MS, reason, sameStep: true };
}

function waitForLimit({ now, random = Math.random }: RetryContext, ms: number, limit: string | null): StepFailure {
  // Everyone waits for the same moment, so spread the retries a little.
  const spread = ms + random() * Math.min(2_000, ms / 4);
  if (ms <= LONGEST_ACTIVITY_WAIT_MS) return { kind: 'retry', afterMs: spread, counts: false };
  const until = new Date(now + ms).toISOString();
  const reason =
    limit === 'day'
      ? reasons.daily_limit({ until })
      : limit === 'migration'
        ? reasons.hubspot_down({ until })
        : reasons.rate_limited({ until });
  return { kind: 'wait', ms: spread, reason };
}

function askAgainMs(limit: RateLimit): number {
  return WINDOW_MS[isBusy(limit) ? 'second' : 'ten_seconds'];
}
