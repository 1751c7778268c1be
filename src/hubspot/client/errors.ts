import { ACCESS_LOST } from '../../meeting/reasons';
import {
  classifyCall,
  OF_FIREWALL,
  type FailedCall,
  type HubSpotFailure,
  type NoAnswerCause,
  type Rejection,
} from './classify-call';
import { existingIdOf, isMarkup, messageOf, propertyRefusals, readErrorBody, type PropertyRefusal } from './error-body';

/** A failed HubSpot call. Carries no token and no meeting text. */
export class HubSpotError extends Error {
  override readonly name = 'HubSpotError';
  readonly failure: HubSpotFailure;
  readonly status: number | null;
  /** HubSpot's original message, or a description of the answer if it has none. */
  readonly rawMessage: string;
  /** Whether HubSpot sent a message. */
  readonly hasMessage: boolean;
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
    call: FailedCall,
    options?: ErrorOptions,
  ) {
    const body = 'noAnswer' in call ? {} : readErrorBody(call.body);
    const sent = messageOf(body);
    const message = sent ?? silence(call);
    super(`${route}: ${message}`, options);
    this.hasMessage = sent !== null;
    this.failure = classifyCall(call);
    this.status = 'noAnswer' in call ? null : call.status;
    this.rawMessage = message;
    this.correlationId = body.correlationId ?? null;
    this.oauthStatus = body.status ?? null;
    this.grant = call.grant === true;
    this.refusedProperties = ['rejected', 'needs_attention'].includes(this.failure.kind) ? propertyRefusals(body) : [];
    this.existingId = existingIdOf(body);
  }

  /** HubSpot's message without the JSON in it, and with the properties that it is about. */
  get readableMessage(): string {
    const message = this.rawMessage;
    const isJson = message.includes('[{');
    const isNamed = this.refusedProperties.some(({ name }) => message.includes(name));
    if (this.refusedProperties.length === 0 || (isNamed && !isJson)) return message;
    const rules = this.refusedProperties.map(({ name, rule }) => `${name}: ${rule}`).join('; ');
    return isJson || rules.includes(message) ? rules : `${message.replace(/\.$/, '')} (${rules})`;
  }

  /** The object type of the request, such as `meetings`. Null for other paths and for custom types. */
  get objectType(): string | null {
    return /\/crm\/objects\/[^/]+\/([a-z_]+)(?:\/|$)/.exec(this.route)?.[1] ?? null;
  }
}

/** An error of a call whose input HubSpot rejected. */
export type RejectedError = HubSpotError & {
  readonly failure: { readonly kind: 'rejected'; readonly code: Rejection };
};

/** Whether HubSpot rejected this very input, for the reason `code` if given. */
export function isRejected(error: unknown, code?: Rejection): error is RejectedError {
  return (
    error instanceof HubSpotError &&
    error.failure.kind === 'rejected' &&
    (code === undefined || error.failure.code === code)
  );
}

/** Whether HubSpot denies the permission for the request. A firewall's 403 is no answer of HubSpot. */
export function isForbidden(error: unknown): error is HubSpotError {
  if (!(error instanceof HubSpotError)) return false;
  return error.failure.kind === 'needs_attention' && error.failure.code === 'missing_scope';
}

/** Whether the account cannot take another contact. */
export function isContactLimit(error: unknown): boolean {
  if (!(error instanceof HubSpotError)) return false;
  return error.failure.kind === 'needs_attention' && error.failure.code === 'contact_limit';
}

/** Whether HubSpot refuses the request for good. A caller that wanted an extra continues without it. */
export function isRejectedOrForbidden(error: unknown): error is HubSpotError {
  return error instanceof HubSpotError && (isRejected(error) || isForbidden(error) || isContactLimit(error));
}

/** Whether HubSpot did not accept the access token. */
export function needsFreshToken({ failure }: HubSpotError): boolean {
  return failure.kind === 'retry' && failure.freshToken === true;
}

/**
 * Whether HubSpot will answer this call the same way again, also with a fresh token. A limit, an outage or a lost answer
 * is temporary. A path that HubSpot does not have is a 404 with a page.
 */
export function isPermanent(error: unknown): error is HubSpotError {
  if (!(error instanceof HubSpotError) || error.failure.kind === 'wait') return false;
  return error.failure.kind !== 'retry' || needsFreshToken(error) || error.status === 404;
}

/**
 * Whether only this call failed, so that a caller can continue without its answer. A limit, an access token that HubSpot
 * does not accept and a lost authorisation concern every call.
 */
export function concernsThisCallOnly(error: unknown): error is HubSpotError {
  if (!(error instanceof HubSpotError) || needsFreshToken(error)) return false;
  return error.failure.kind !== 'wait' && error.failure.kind !== 'reauthorize';
}

/**
 * Whether an error is part of an outage: silence, a server error, or a firewall that answers with a page. A lock, a limit
 * or a refusal is an answer.
 */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof HubSpotError &&
    error.failure.kind === 'retry' &&
    (error.status === null || OF_FIREWALL.has(error.status) || error.status >= 500)
  );
}

/** Why HubSpot wants the account to be connected again, as the end of a sentence. Null for every other error. */
export function whyReauthorize({ failure, rawMessage }: HubSpotError): string | null {
  if (failure.kind !== 'reauthorize') return null;
  if (failure.why === 'refused') return `${ACCESS_LOST} (HubSpot: “${rawMessage}”)`;
  const where = failure.hublet === null ? '' : ` (${failure.hublet})`;
  return `this account is in another HubSpot data center now${where}, and has to be connected again there (HubSpot: “${rawMessage}”)`;
}

function silence(call: FailedCall): string {
  if ('noAnswer' in call) return NO_ANSWER[call.noAnswer];
  if (OF_FIREWALL.has(call.status) && isMarkup(call.body))
    return `a firewall in front of HubSpot answered ${call.status} with a page`;
  return `HTTP ${call.status}`;
}

const NO_ANSWER: Record<NoAnswerCause, string> = {
  not_sent: 'HubSpot could not be reached',
  broken: 'HubSpot gave no whole answer',
};
