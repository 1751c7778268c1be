import { z } from 'zod';

/**
 * What a failed HubSpot call means for us. Decided once, here; everything else only acts on it.
 *
 * - `retry`: passes by itself. `applied` tells whether the request may have taken effect.
 * - `wait`: HubSpot told us to come back later; nothing was applied.
 * - `refresh`: the access token is no longer good.
 * - `reauthorize`: the refresh token is no longer good: only a person can connect again.
 * - `person`: someone must change something in HubSpot or here.
 * - `refused`: HubSpot refused this very input; the caller knows what that means (gone, conflict, invalid).
 */
export type HubSpotDecision =
  | { readonly do: 'retry'; readonly applied: 'no' | 'unknown'; readonly afterMs: number | null }
  | { readonly do: 'wait'; readonly limit: RateLimit; readonly afterMs: number | null }
  | { readonly do: 'refresh' }
  | { readonly do: 'reauthorize' }
  | { readonly do: 'person'; readonly code: 'missing_scope'; readonly scopes: string[] }
  | { readonly do: 'person'; readonly code: 'app_misconfigured' }
  | { readonly do: 'refused'; readonly code: 'gone' | 'conflict' | 'invalid' };

/** Which of HubSpot's limits was met: `migration` is an account that moves between data centres (477). */
export type RateLimit = 'ten_seconds' | 'second' | 'day' | 'migration';

/** A failure before it is judged: HubSpot's answer, or why none came. */
export type HubSpotFailure =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfter: string | null; readonly body: unknown }
  | { readonly kind: 'no_answer'; readonly cause: NoAnswerCause };

/**
 * `not_sent`: the connection was never made (refused, DNS, TLS), so nothing was applied. `broken`: time-out, reset or
 * a cut body: the same client error stands for "applied" and "not applied".
 */
export type NoAnswerCause = 'not_sent' | 'broken';

// HubSpot: "treat every field as optional" (error handling guide).
const errorBody = z.object({
  status: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  category: z.string().optional().catch(undefined),
  correlationId: z.string().optional().catch(undefined),
  policyName: z.string().optional().catch(undefined),
  context: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
  errors: z
    .array(
      z.object({
        message: z.string().optional().catch(undefined),
        context: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
      }),
    )
    .optional()
    .catch(undefined),
});
type ErrorBody = z.output<typeof errorBody>;

/** Reads what it can of an error body; HTML and empty bodies read as an empty one. */
export function readErrorBody(body: unknown): ErrorBody {
  const result = errorBody.safeParse(body);
  return result.success ? result.data : {};
}

const RECONNECT = new Set(['BAD_REFRESH_TOKEN', 'BAD_HUB']);
const OUR_CONFIGURATION = new Set(['BAD_CLIENT_ID', 'BAD_CLIENT_SECRET', 'BAD_REDIRECT_URI', 'BAD_SCOPES']);

/**
 * Judges one failure. Pure; the status counts first, the body second, because some answers have no category at all.
 */
export function decide(failure: HubSpotFailure): HubSpotDecision {
  if (failure.kind === 'no_answer') {
    return { do: 'retry', applied: failure.cause === 'not_sent' ? 'no' : 'unknown', afterMs: null };
  }
  const { status } = failure;
  const body = readErrorBody(failure.body);
  const afterMs = retryAfterMs(failure.retryAfter);
  if (body.status !== undefined && RECONNECT.has(body.status)) return { do: 'reauthorize' };
  if (body.status !== undefined && OUR_CONFIGURATION.has(body.status))
    return { do: 'person', code: 'app_misconfigured' };
  switch (status) {
    case 401:
      return { do: 'refresh' };
    case 403:
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
  // A 2xx comes here only when its body could not be used (cut JSON, an input left unanswered): it may have worked.
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

/** Most calls name the scopes in the top-level context, the owners' and older ones in an entry of `errors`. */
function scopesNamed(body: ErrorBody): string[] {
  const scopes = [body, ...(body.errors ?? [])].flatMap(
    ({ context = {} }) => context['requiredGranularScopes'] ?? context['requiredScopes'] ?? [],
  );
  return [...new Set(scopes)];
}

/** `Retry-After` in milliseconds: seconds, as HubSpot sends them, or an HTTP date. */
function retryAfterMs(header: string | null): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** A HubSpot call that did not do what was asked. Carries no token and no meeting text. */
export class HubSpotError extends Error {
  override readonly name = 'HubSpotError';
  readonly decision: HubSpotDecision;
  readonly status: number | null;
  /** HubSpot's own words, for a person. */
  readonly said: string;
  readonly correlationId: string | null;
  readonly oauthStatus: string | null;

  constructor(
    readonly route: string,
    failure: HubSpotFailure,
    options?: ErrorOptions,
  ) {
    const body = failure.kind === 'answer' ? readErrorBody(failure.body) : {};
    const said = body.message ?? (failure.kind === 'answer' ? `HTTP ${failure.status}` : NO_ANSWER[failure.cause]);
    super(`${route}: ${said}`, options);
    this.decision = decide(failure);
    this.status = failure.kind === 'answer' ? failure.status : null;
    this.said = said;
    this.correlationId = body.correlationId ?? null;
    this.oauthStatus = body.status ?? null;
  }
}

const NO_ANSWER: Record<NoAnswerCause, string> = {
  not_sent: 'HubSpot could not be reached',
  broken: 'HubSpot gave no whole answer',
};
