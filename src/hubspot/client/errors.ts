import {
  existingIdOf,
  isMarkup,
  propertyRefusals,
  readErrorBody,
  scopesNamed,
  wordsOf,
  type ErrorBody,
  type PropertyRefusal,
} from './error-body';
import { ACCESS_LOST } from '../../meeting/reasons';

/**
 * What a failed HubSpot call means for us. It is decided only here; all other code acts on it.
 *
 * - `retry`: transient. `applied` says whether the request may have taken effect.
 * - `wait`: HubSpot asked us to come back later; nothing was applied.
 * - `refresh`: the access token is no longer valid.
 * - `reauthorize`: a person must connect again. The refresh token is no longer valid (`refused`), or the account is in
 *   another data center, where this authorisation does not count (`moved`).
 * - `person`: a person must change something in HubSpot or here.
 * - `refused`: HubSpot refused this very input; the caller knows what that means (gone, conflict, invalid).
 */
export type HubSpotDecision =
  | { readonly do: 'retry'; readonly applied: 'no' | 'unknown'; readonly afterMs: number | null }
  | { readonly do: 'wait'; readonly limit: RateLimit; readonly afterMs: number | null }
  | { readonly do: 'refresh' }
  | { readonly do: 'reauthorize'; readonly why: 'refused' }
  | { readonly do: 'reauthorize'; readonly why: 'moved'; readonly hublet: string | null }
  | { readonly do: 'person'; readonly code: 'missing_scope'; readonly scopes: string[] }
  | { readonly do: 'person'; readonly code: 'app_misconfigured' }
  | { readonly do: 'refused'; readonly code: 'gone' | 'conflict' | 'invalid' };

/** The HubSpot limit that was reached. `migration` is an account that moves between data centers (477). */
export type RateLimit = 'ten_seconds' | 'second' | 'day' | 'migration';

/**
 * A failure before it is classified: HubSpot's answer, or why none came. `grant`: the request asked the token endpoint
 * for a token of an account, and sent no CRM data.
 */
export type HubSpotFailure =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly retryAfter: string | null;
      readonly body: unknown;
      readonly grant?: boolean;
    }
  | { readonly kind: 'no_answer'; readonly cause: NoAnswerCause; readonly grant?: boolean };

/**
 * `not_sent`: the connection was never made (refused, DNS, TLS), so nothing was applied. `broken`: time-out, reset or a
 * cut body; the same client error can mean "applied" or "not applied".
 */
export type NoAnswerCause = 'not_sent' | 'broken';

const RECONNECT = new Set(['BAD_REFRESH_TOKEN', 'BAD_HUB']);
const OUR_CONFIGURATION = new Set(['BAD_CLIENT_ID', 'BAD_CLIENT_SECRET', 'BAD_REDIRECT_URI', 'BAD_SCOPES']);
/** A code or verifier that HubSpot does not accept. The person presses Connect again. */
const NOT_THIS_CODE = new Set(['BAD_AUTH_CODE', 'BAD_CODE_VERIFIER']);
/** HubSpot's status for an account in another data center. */
const WRONG_DATA_CENTRE = 488;

/**
 * Classifies one failure. Pure. The status counts first and the body second, because some answers have no category at
 * all.
 */
export function decide(failure: HubSpotFailure): HubSpotDecision {
  if (failure.kind === 'no_answer') {
    return { do: 'retry', applied: failure.cause === 'not_sent' ? 'no' : 'unknown', afterMs: null };
  }
  const { status } = failure;
  const body = readErrorBody(failure.body);
  const afterMs = retryAfterMs(failure.retryAfter);
  const moved = movedTo(status, body);
  if (moved !== null) return moved;
  if (failure.grant === true && status !== 429 && status !== 477) return decideGrant(status, body, afterMs);
  const ofStatus = decideOAuthStatus(body);
  if (ofStatus !== null) return ofStatus;
  switch (status) {
    case 401:
      return { do: 'refresh' };
    case 403:
      // HubSpot itself answers in JSON. A page comes from the firewall in front of it and does not concern scopes.
      if (isMarkup(failure.body)) return { do: 'retry', applied: 'no', afterMs };
      return { do: 'person', code: 'missing_scope', scopes: scopesNamed(body) };
    case 404:
    case 410:
      return { do: 'refused', code: 'gone' };
    case 409:
      return { do: 'refused', code: 'conflict' };
    case 423:
      // Locks last two seconds (error handling guide).
      return { do: 'retry', applied: 'no', afterMs: afterMs ?? 2_000 };
    case 429:
      return { do: 'wait', limit: limitMet(body), afterMs };
    case 477:
      return { do: 'wait', limit: 'migration', afterMs: afterMs ?? 3_600_000 };
  }
  if (status === 408 || status >= 500) return { do: 'retry', applied: 'unknown', afterMs };
  // A 2xx gets here only if its body could not be used (cut JSON, an input left unanswered): it may have worked.
  if (status < 300) return { do: 'retry', applied: 'unknown', afterMs: null };
  return { do: 'refused', code: 'invalid' };
}

function limitMet({ policyName, message = '' }: ErrorBody): RateLimit {
  const said = `${policyName ?? ''} ${message}`.toLowerCase();
  if (said.includes('daily')) return 'day';
  // Search answers carry no policyName: "You have reached your secondly limit."
  if (/(^|[^_a-z])secondly/.test(said)) return 'second';
  return 'ten_seconds';
}

/**
 * Classifies a failure of the token endpoint, which follows RFC 6749: `error` decides, regardless of the other fields
 * and of which 4xx it is. `status` is HubSpot's older field and counts only if `error` is missing (oauth.2026-03: kept
 * "for backwards compatibility"). Every other answer is transient.
 */
function decideGrant(status: number, body: ErrorBody, afterMs: number | null): HubSpotDecision {
  const retry = { do: 'retry', applied: 'unknown', afterMs } as const;
  if (status < 400 || status >= 500) return retry;
  switch (body.error) {
    case undefined:
      if (NOT_THIS_CODE.has(body.status ?? '')) return { do: 'refused', code: 'invalid' };
      return decideOAuthStatus(body) ?? retry;
    case 'invalid_grant':
      return { do: 'reauthorize', why: 'refused' };
    case 'invalid_client':
      return { do: 'person', code: 'app_misconfigured' };
    default:
      return retry;
  }
}

function decideOAuthStatus({ status = '' }: ErrorBody): HubSpotDecision | null {
  if (RECONNECT.has(status)) return { do: 'reauthorize', why: 'refused' };
  return isOurConfiguration(status) ? { do: 'person', code: 'app_misconfigured' } : null;
}

/** Whether the token endpoint's `status` concerns the settings of our app. */
export function isOurConfiguration(oauthStatus: string | null): boolean {
  return oauthStatus !== null && OUR_CONFIGURATION.has(oauthStatus);
}

function movedTo(status: number, body: ErrorBody): HubSpotDecision | null {
  const hublet = body.correctHublet ?? body.context?.['correctHublet']?.[0] ?? null;
  const moved = status === WRONG_DATA_CENTRE || (status >= 400 && status < 500 && hublet !== null);
  return moved ? { do: 'reauthorize', why: 'moved', hublet } : null;
}

/** `Retry-After` in milliseconds. The header has seconds, as HubSpot sends them, or an HTTP date. */
function retryAfterMs(header: string | null): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** A failed HubSpot call. Carries no token and no meeting text. */
export class HubSpotError extends Error {
  override readonly name = 'HubSpotError';
  readonly decision: HubSpotDecision;
  readonly status: number | null;
  /** HubSpot's original message. */
  readonly said: string;
  readonly correlationId: string | null;
  readonly oauthStatus: string | null;
  /** The request asked the token endpoint for a token. */
  readonly grant: boolean;
  /** The properties that HubSpot refused, as far as it names them. */
  readonly refusedProperties: readonly PropertyRefusal[];
  /** The record that already has the unique value (409). */
  readonly existingId: string | null;

  constructor(
    readonly route: string,
    failure: HubSpotFailure,
    options?: ErrorOptions,
  ) {
    const body = failure.kind === 'answer' ? readErrorBody(failure.body) : {};
    const said = wordsOf(body) ?? silence(failure);
    super(`${route}: ${said}`, options);
    this.decision = decide(failure);
    this.status = failure.kind === 'answer' ? failure.status : null;
    this.said = said;
    this.correlationId = body.correlationId ?? null;
    this.oauthStatus = body.status ?? null;
    this.grant = failure.grant === true;
    this.refusedProperties = ['refused', 'person'].includes(this.decision.do) ? propertyRefusals(body) : [];
    this.existingId = existingIdOf(body);
  }

  /** HubSpot's message without the JSON in it. */
  get words(): string {
    if (this.refusedProperties.length === 0 || !this.said.includes('[{')) return this.said;
    return this.refusedProperties.map(({ name, rule }) => `${name}: ${rule}`).join('; ');
  }

  /** The object type of the request, such as `meetings`. Null for other paths and for custom types. */
  get objectType(): string | null {
    return /\/crm\/objects\/[^/]+\/([a-z_]+)(?:\/|$)/.exec(this.route)?.[1] ?? null;
  }
}

/**
 * Whether HubSpot refuses the request, or the permission for it. Repeating it does not help. A caller that wanted an
 * extra continues without it.
 */
export function isRefusal(error: unknown): error is HubSpotError {
  if (!(error instanceof HubSpotError)) return false;
  const { decision } = error;
  return decision.do === 'refused' || (decision.do === 'person' && decision.code === 'missing_scope');
}

/** Why HubSpot wants the account to be connected again, as the end of a sentence. Null for every other error. */
export function whyReauthorize({ decision, said }: HubSpotError): string | null {
  if (decision.do !== 'reauthorize') return null;
  if (decision.why === 'refused') return `${ACCESS_LOST} (HubSpot: “${said}”)`;
  const where = decision.hublet === null ? '' : ` (${decision.hublet})`;
  return `this account is in another HubSpot data center now${where}, and has to be connected again there (HubSpot: “${said}”)`;
}

function silence(failure: HubSpotFailure): string {
  if (failure.kind === 'no_answer') return NO_ANSWER[failure.cause];
  if (failure.status === 403 && isMarkup(failure.body))
    return 'a firewall in front of HubSpot answered 403 with a page';
  return `HTTP ${failure.status}`;
}

const NO_ANSWER: Record<NoAnswerCause, string> = {
  not_sent: 'HubSpot could not be reached',
  broken: 'HubSpot gave no whole answer',
};
