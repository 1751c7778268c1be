import { isLoopback } from '../../meeting/content/loopback';
import { withoutEchoes } from './redact-hubspot-message';
import type { FailedCall, NoAnswerCause } from './classify-call';
import { HubSpotError } from './errors';

/** HubSpot's dated API version that this product uses (2026-03 is calm about customers' validation rules). */
export const HUBSPOT_API_VERSION = '2026-03';

export interface HubSpotRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the API's base, beginning with `/`. */
  readonly path: string;
  readonly query?: Record<string, string | number | boolean>;
  readonly json?: unknown;
  readonly form?: Record<string, string>;
  readonly accessToken?: string;
}

export interface HubSpotAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; null for an empty body. */
  readonly body: unknown;
}

/** Reports the result of one request to an observer (metrics, history). `answer` is null if none came. */
export type RequestObserver = (
  request: HubSpotRequest,
  route: string,
  answer: { status: number; headers: Headers } | null,
  ms: number,
  /** The error that the caller gets instead of an answer, if any. */
  error: HubSpotError | null,
) => void;

const DEFAULT_TIMEOUT_MS = 20_000;
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Sends one HTTP request to HubSpot with our own time-out. It has no retry and no limiter.
 *
 * It uses `fetch` and not `client.apiRequest` of `@hubspot/api-client`, which takes no signal: a silent HubSpot would
 * block a worker slot for minutes (measured: beyond 40 s). The package gives the association type ids.
 */
export class HubSpotTransport {
  readonly #base: URL;
  readonly #timeoutMs: number;
  readonly #observe: RequestObserver;

  /**
   * @param apiUrl - base of HubSpot's API; https, or http on a loopback address for the sandbox
   * @param options - `timeoutMs` for a whole request (default 20 s)
   * @throws if a token could leave for a host other than HubSpot's over plain http
   */
  constructor(apiUrl: string, options: { timeoutMs?: number; observe?: RequestObserver } = {}) {
    this.#base = new URL(apiUrl);
    if (this.#base.protocol !== 'https:' && !isLoopback(this.#base.hostname)) {
      throw new Error(
        `HUBSPOT_API_URL must be https (plain http is only allowed on a loopback address), not ${this.#base.origin}`,
      );
    }
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#observe = options.observe ?? (() => undefined);
  }

  /**
   * Sends one request.
   *
   * @returns the answer if its status is 2xx
   * @throws {@link HubSpotError} on any other status and if no complete answer came
   */
  async send(request: HubSpotRequest): Promise<HubSpotAnswer> {
    const route = routeOf(request);
    const { status, headers, ok, parsed, ms } = await this.#fetch(this.#url(request), request, route);
    const body = withoutEchoes(parsed, request.json, secretsOf(request));
    const failure =
      !ok || parsed === UNREADABLE
        ? new HubSpotError(route, {
            status,
            retryAfter: headers.get('retry-after'),
            body,
            grant: isGrant(request),
          })
        : null;
    this.#observe(request, route, { status, headers }, ms, failure);
    if (failure !== null) throw failure;
    return { status, headers, body };
  }

  /**
   * Downloads a file from the signed address that HubSpot gave. The address belongs to the file's store, not to
   * HubSpot's API, so no token is sent there. Neither the address nor the store's messages are passed on.
   *
   * @param address - https; http only on a loopback address beside an API there
   * @param path - its name in metrics and history
   * @returns the file's JSON
   * @throws {@link HubSpotError}, always transient: the next answer has another address
   */
  async download(address: string, path: string): Promise<unknown> {
    const request: HubSpotRequest = { method: 'GET', path };
    const route = routeOf(request);
    const url = URL.canParse(address) ? new URL(address) : null;
    const here = url !== null && isLoopback(url.hostname) && isLoopback(this.#base.hostname);
    if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && here)))
      throw new HubSpotError(route, notWhole('HubSpot gave a file an address without https'));
    const { status, headers, ok, parsed, ms } = await this.#fetch(url, request, route);
    const failure =
      !ok || parsed === UNREADABLE ? new HubSpotError(route, notWhole(`a file was answered with ${status}`)) : null;
    this.#observe(request, route, { status, headers }, ms, failure);
    if (failure !== null) throw failure;
    return parsed;
  }

  async #fetch(url: URL, request: HubSpotRequest, route: string) {
    const startedAt = performance.now();
    try {
      // A redirect would carry the token to its target. HubSpot's API never sends one.
      const response = await fetch(url, {
        ...init(request),
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      const parsed = parse(await response.text());
      const { status, headers, ok } = response;
      return { status, headers, ok, parsed, ms: performance.now() - startedAt };
    } catch (error) {
      const call = { noAnswer: causeOf(error), grant: isGrant(request) } as const;
      const failure = new HubSpotError(route, call, { cause: error });
      this.#observe(request, route, null, performance.now() - startedAt, failure);
      throw failure;
    }
  }

  #url({ path, query = {} }: HubSpotRequest): URL {
    const url = new URL(this.#base.pathname.replace(/\/$/, '') + path, this.#base.origin);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    return url;
  }
}

/**
 * Whether a request asks for a token of an account. The app's own token (`client_credentials`) belongs to no account.
 */
function isGrant({ form = {} }: HubSpotRequest): boolean {
  return form['grant_type'] === 'refresh_token' || form['grant_type'] === 'authorization_code';
}

function secretsOf({ accessToken, form = {} }: HubSpotRequest): string[] {
  const { grant_type: _grant, token_type_hint: _hint, ...secrets } = form;
  return [...(accessToken === undefined ? [] : [accessToken]), ...Object.values(secrets)];
}

/** Treated like a cut answer: the next try may succeed. */
function notWhole(message: string): FailedCall {
  return { status: 200, retryAfter: null, body: { message } };
}

const UNREADABLE = Symbol('a body that is not JSON');

function parse(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
}

function init({ method, json, form, accessToken }: HubSpotRequest): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (accessToken !== undefined) headers['authorization'] = `Bearer ${accessToken}`;
  if (json !== undefined)
    return { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(json) };
  if (form !== undefined) return { method, headers, body: new URLSearchParams(form) };
  return { method, headers };
}

function causeOf(error: unknown): NoAnswerCause {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? String(cause.code) : '';
    if (NEVER_SENT.has(code) || code.startsWith('ERR_TLS') || code.startsWith('CERT_')) return 'not_sent';
    if (cause instanceof AggregateError && cause.errors.every((each) => causeOf(each) === 'not_sent'))
      return 'not_sent';
  }
  return 'broken';
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The path without ids and custom object types, so that logs and metrics have few routes and no personal data. */
function routeOf({ method, path }: HubSpotRequest): string {
  const shape = path
    .split('/')
    .map((part) =>
      /^\d+$/.test(part) || UUID.test(part) || part.includes('@') ? ':id' : part.replace(/^2-\d+$/, ':custom'),
    )
    .join('/');
  return `${method} ${shape}`;
}
