import type { FailureKind } from '../../meeting/failure-kinds';
import { isMarkup, readErrorBody, scopesNamed, type ErrorBody } from './error-body';
import { WINDOW_MS, type RateLimit } from './rate-limits';

/**
 * What a failed HubSpot call leads to. Only {@link classifyCall} decides it; all other code acts on it.
 *
 * - `retry`: transient. `applied` says whether the request may have taken effect. `freshToken`: the access token is no
 *   longer valid, so the next try needs another one.
 * - `wait`: HubSpot asked us to come back later; nothing was applied.
 * - `reauthorize`: a person must connect again. The refresh token is no longer valid (`refused`), or the account is in
 *   another data center, where this authorisation does not count (`moved`).
 * - `needs_attention`: a person must change something in HubSpot or here.
 * - `rejected`: HubSpot rejected this very input; the caller knows what that means (gone, conflict, invalid).
 */
export type HubSpotFailure = { readonly kind: FailureKind } & (
  | {
      readonly kind: 'retry';
      readonly applied: 'no' | 'unknown';
      readonly afterMs: number | null;
      readonly freshToken?: true;
    }
  | { readonly kind: 'wait'; readonly limit: RateLimit; readonly afterMs: number | null }
  | { readonly kind: 'reauthorize'; readonly why: 'refused' }
  | { readonly kind: 'reauthorize'; readonly why: 'moved'; readonly hublet: string | null }
  | { readonly kind: 'needs_attention'; readonly code: 'missing_scope'; readonly scopes: string[] }
  | { readonly kind: 'needs_attention'; readonly code: 'app_misconfigured' }
  | { readonly kind: 'needs_attention'; readonly code: 'contact_limit' }
  | { readonly kind: 'rejected'; readonly code: Rejection }
);

/** Why HubSpot rejected an input: it does not exist, it exists already, or it breaks a rule. */
export type Rejection = 'gone' | 'conflict' | 'invalid';

/**
 * A failed call before it is classified: HubSpot's answer, or why none came. `grant`: the request asked the token
 * endpoint for a token of an account, and sent no CRM data.
 */
export type FailedCall =
  | {
      readonly status: number;
      readonly retryAfter: string | null;
      readonly body: unknown;
      readonly grant?: boolean;
    }
  | { readonly noAnswer: NoAnswerCause; readonly grant?: boolean };

/**
 * `not_sent`: the connection was never made (refused, DNS, TLS), so nothing was applied. `broken`: time-out, reset or a
 * cut body; the same client error can mean "applied" or "not applied".
 */
export type NoAnswerCause = 'not_sent' | 'broken';

const RECONNECT = new Set(['BAD_REFRESH_TOKEN', 'BAD_HUB']);
const OUR_CONFIGURATION = new Set(['BAD_CLIENT_ID', 'BAD_CLIENT_SECRET', 'BAD_REDIRECT_URI', 'BAD_SCOPES']);
/** A code or verifier that HubSpot does not accept. The person presses Connect again. */
const NOT_THIS_CODE = new Set(['BAD_AUTH_CODE', 'BAD_CODE_VERIFIER']);
/** Categories of a unique value that another record has. The entries of a batch have no status, only a category. */
const CONFLICTS = new Set(['CONFLICT', 'OBJECT_ALREADY_EXISTS', 'CONTACT_EXISTS']);
/** Statuses that a firewall in front of HubSpot answers with a page. HubSpot itself answers in JSON. */
export const OF_FIREWALL = new Set([403, 404, 410]);
/** HubSpot's status for an account in another data center. */
const WRONG_DATA_CENTRE = 488;

/**
 * Classifies a failed call. Pure. The status counts first and the body second, because some answers have no category at
 * all.
 */
export function classifyCall(call: FailedCall): HubSpotFailure {
  if ('noAnswer' in call)
    return { kind: 'retry', applied: call.noAnswer === 'not_sent' ? 'no' : 'unknown', afterMs: null };
  const { status } = call;
  const body = readErrorBody(call.body);
  const afterMs = retryAfterMs(call.retryAfter);
  const moved = movedTo(status, body);
  if (moved !== null) return moved;
  if (call.grant === true && status !== 429 && status !== 477) return classifyGrant(status, body, afterMs);
  const ofStatus = classifyOAuthStatus(body);
  if (ofStatus !== null) return ofStatus;
  // A page does not concern scopes, nor the record, which must not be taken for deleted.
  if (OF_FIREWALL.has(status) && isMarkup(call.body)) return { kind: 'retry', applied: 'no', afterMs };
  switch (status) {
    case 401:
      // HubSpot applies nothing of an unauthorised request.
      return { kind: 'retry', applied: 'no', afterMs: null, freshToken: true };
    case 403:
      return isContactLimit(body)
        ? { kind: 'needs_attention', code: 'contact_limit' }
        : { kind: 'needs_attention', code: 'missing_scope', scopes: scopesNamed(body) };
    case 404:
    case 410:
      return { kind: 'rejected', code: 'gone' };
    case 409:
      return { kind: 'rejected', code: 'conflict' };
    case 423:
      // Locks last two seconds (error handling guide).
      return { kind: 'retry', applied: 'no', afterMs: afterMs ?? 2_000 };
    case 429:
      return { kind: 'wait', limit: limitMet(body), afterMs };
    case 477:
      return { kind: 'wait', limit: 'migration', afterMs: afterMs ?? WINDOW_MS.migration };
  }
  if (status === 408 || status >= 500) return { kind: 'retry', applied: 'unknown', afterMs };
  // A 2xx gets here only if its body could not be used (cut JSON, an input left unanswered): it may have worked.
  if (status < 300) return { kind: 'retry', applied: 'unknown', afterMs: null };
  return { kind: 'rejected', code: CONFLICTS.has(body.category ?? '') ? 'conflict' : 'invalid' };
}

/** "This account has reached its limit of contacts." No scope lifts it. */
function isContactLimit(body: ErrorBody): boolean {
  const sentences = [body.message, ...(body.errors ?? []).map(({ message }) => message)];
  return sentences.some((sentence = '') =>
    /\b(?<!rate )limit (?:of|on|for) (?:\S{1,20} ){0,3}contacts\b|\bcontacts? (?:\S{1,20} ){0,2}limit\b/i.test(
      sentence,
    ),
  );
}

function limitMet({ policyName, message = '' }: ErrorBody): RateLimit {
  const text = `${policyName ?? ''} ${message}`.toLowerCase();
  if (text.includes('daily')) return 'day';
  // Search answers carry no policyName: "You have reached your secondly limit."
  if (/(^|[^_a-z])secondly/.test(text)) return 'second';
  return 'ten_seconds';
}

/**
 * Classifies a failure of the token endpoint, which follows RFC 6749: `error` decides, regardless of the other fields
 * and of which 4xx it is. `status` is HubSpot's older field and counts only if `error` is missing (oauth.2026-03: kept
 * "for backwards compatibility"). Every other answer is transient.
 */
function classifyGrant(status: number, body: ErrorBody, afterMs: number | null): HubSpotFailure {
  const retry = { kind: 'retry', applied: 'unknown', afterMs } as const;
  if (status < 400 || status >= 500) return retry;
  switch (body.error) {
    case undefined:
      if (NOT_THIS_CODE.has(body.status ?? '')) return { kind: 'rejected', code: 'invalid' };
      return classifyOAuthStatus(body) ?? retry;
    case 'invalid_grant':
      return { kind: 'reauthorize', why: 'refused' };
    case 'invalid_client':
      return { kind: 'needs_attention', code: 'app_misconfigured' };
    default:
      return retry;
  }
}

function classifyOAuthStatus({ status = '' }: ErrorBody): HubSpotFailure | null {
  if (RECONNECT.has(status)) return { kind: 'reauthorize', why: 'refused' };
  return isOurConfiguration(status) ? { kind: 'needs_attention', code: 'app_misconfigured' } : null;
}

/** Whether the token endpoint's `status` concerns the settings of our app. */
export function isOurConfiguration(oauthStatus: string | null): boolean {
  return oauthStatus !== null && OUR_CONFIGURATION.has(oauthStatus);
}

function movedTo(status: number, body: ErrorBody): HubSpotFailure | null {
  const hublet = body.correctHublet ?? body.context?.['correctHublet']?.[0] ?? null;
  const moved = status === WRONG_DATA_CENTRE || (status >= 400 && status < 500 && hublet !== null);
  return moved ? { kind: 'reauthorize', why: 'moved', hublet } : null;
}

/** `Retry-After` in milliseconds. The header has seconds, as HubSpot sends them, or an HTTP date. */
function retryAfterMs(header: string | null): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
