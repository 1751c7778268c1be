import type { FieldError } from '../../meeting/validation-errors';

/** Every problem that the API answers with, and its solution. Shown at `/api/problems`. */
export const PROBLEMS = {
  'invalid-input': {
    status: 400,
    title: 'The input is not valid',
    solution: 'Correct each field that "errors" names.',
  },
  'invalid-json': { status: 400, title: 'The body is not JSON', solution: 'Send one JSON document, encoded as UTF-8.' },
  'bad-request': { status: 400, title: 'The request cannot be read', solution: 'Correct what "detail" names.' },
  unauthorized: {
    status: 401,
    title: 'The API key is missing or unknown',
    solution:
      'Send the header "Authorization: Bearer <API key>" with the key that "workspace create" printed. A revoked or expired key no longer works.',
  },
  'scope-missing': {
    status: 403,
    title: 'The API key may not do this',
    solution:
      'Use a key with the scope that "detail" names. An admin creates one under Settings → API keys, or with POST /api/v1/keys.',
  },
  'links-off': {
    status: 403,
    title: 'Sign-in links are switched off',
    solution:
      'Sign in with single sign-on or HubSpot on the pages. An admin switches links on under Settings → Sign-in; the operator of the installation can create a link with "workspace sign-in".',
  },
  'form-expired': {
    status: 403,
    title: 'This form can no longer be sent',
    solution: 'Open the page again and send the form from there.',
  },
  'foreign-origin': {
    status: 403,
    title: 'Web pages of other sites may not call this address',
    solution: 'Call it from a program or an agent, which sends no "Origin" header.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this address',
    solution: 'Compare the address with the API documentation at /api/docs.',
  },
  'meeting-not-found': {
    status: 404,
    title: 'The workspace has no such meeting',
    solution: 'Check the meetingId, and that the API key belongs to the workspace that the meeting was posted to.',
  },
  'review-not-found': {
    status: 404,
    title: 'The workspace has no such review',
    solution: 'Take the id from GET /api/v1/reviews, and check that the API key belongs to the workspace.',
  },
  'review-decided': {
    status: 409,
    title: 'The suggestion was decided before',
    solution: 'Nothing was changed. GET /api/v1/reviews/{id} shows who decided what.',
  },
  'review-ended': {
    status: 409,
    title: 'The suggestion is no longer open',
    solution: 'Nothing was written. "detail" says why. A newer suggestion, if there is one, is in GET /api/v1/reviews.',
  },
  'review-changed': {
    status: 409,
    title: 'HubSpot has another value by now',
    solution:
      'Nothing was written. Compare "present" of GET /api/v1/reviews/{id} with the suggestion, and decide again.',
  },
  'outlet-not-found': {
    status: 404,
    title: 'The workspace has no such outlet or delivery',
    solution: 'Take the ids from GET /api/v1/outlets and GET /api/v1/outlets/{id}/deliveries.',
  },
  'outlet-off': {
    status: 409,
    title: 'The outlet is off',
    solution: 'Switch it on with PATCH /api/v1/outlets/{id} and {"state": "on"}, then send it again.',
  },
  'outlet-limit': {
    status: 409,
    title: 'The workspace has too many outlets',
    solution: 'Delete one that is no longer needed. A receiver can pass notices on to others.',
  },
  'backfill-ended': {
    status: 409,
    title: 'The backfill has ended',
    solution:
      'Only a running backfill can be paused, resumed or stopped. To sync the other meetings, post a file with them.',
  },
  'unknown-report': {
    status: 404,
    title: 'There is no such report',
    solution: 'Use one of the names that "detail" and GET /api/v1/analytics list.',
  },
  'bad-signature': {
    status: 401,
    title: 'The signature is not valid',
    solution:
      'Compare HUBSPOT_CLIENT_SECRET and PUBLIC_URL with the app in HubSpot: webhook target URL and card address.',
  },
  'temporal-unavailable': {
    status: 503,
    title: 'Temporal cannot be reached',
    solution: 'Make the call again in a moment. /readyz shows when Temporal is reachable again.',
  },
  'not-connected': {
    status: 409,
    title: 'The workspace is not connected to HubSpot',
    solution: 'Connect HubSpot under Settings → HubSpot, then make the call again.',
  },
  'hubspot-unavailable': {
    status: 503,
    title: 'HubSpot is not available',
    solution: 'Make the call again after the seconds that the header "Retry-After" names.',
  },
  'hubspot-refused': {
    status: 409,
    title: 'HubSpot refused the request',
    solution: 'Do what "detail" says. To grant a missing permission, connect HubSpot again under Settings → HubSpot.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not accept this method',
    solution: 'Use one of the methods that the header "Allow" names.',
  },
  'request-timeout': {
    status: 408,
    title: 'The body was sent too slowly',
    solution: 'Send the request again, over a faster connection or with a smaller body.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    solution: 'Make the call again after the seconds that the header "Retry-After" names.',
  },
  overloaded: {
    status: 503,
    title: 'The server is overloaded',
    solution: 'Nothing was stored. Send the request again after the seconds that the header "Retry-After" names.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    solution:
      'Keep a meeting below 5 MiB: shorten its longest notes or the overview. Send a large file of meetings in parts.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type of the body is not supported',
    solution: 'Send JSON as UTF-8 with the header "Content-Type: application/json", and without "Content-Encoding".',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong on our side',
    solution:
      'Try again. If the error persists, send the "reference" of the response to the operator of this installation: the log has the details.',
  },
  'database-unavailable': {
    status: 503,
    title: 'The database is not available',
    solution:
      'Send the request again after the seconds that the header "Retry-After" names. Sending a meeting twice does no harm.',
  },
  'encryption-key-missing': {
    status: 503,
    title: 'An encryption key is missing',
    solution: 'Ask the operator of this installation to put the key that /readyz names back into ENCRYPTION_KEYS.',
  },
  'client-closed-request': {
    status: 499,
    title: 'The connection was closed before the request was complete',
    solution: 'Send the whole request again. Nothing was stored.',
  },
} as const satisfies Record<string, { status: number; title: string; solution: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Ends a request with a problem document (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail - what happened this time, for a person */
  constructor(
    code: ProblemCode,
    detail: string,
    options: { errors?: readonly FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.code = code;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** The body of an `application/problem+json` response. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly reference?: string;
}

/**
 * The problem document of an error (RFC 9457).
 *
 * @param publicUrl - the base of `type`, a URL that explains the kind of problem
 * @param reference - finds the request in the log; null for one that was never read
 */
export function problemDocument(
  error: ProblemError,
  { publicUrl, reference }: { publicUrl: string; reference: string | null },
): ProblemDocument {
  const { status, title } = PROBLEMS[error.code];
  return {
    type: `${publicUrl}/api/problems#${error.code}`,
    title,
    status,
    detail: error.message,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
    ...(reference === null ? {} : { reference }),
  };
}
