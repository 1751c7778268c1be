import { isLoopback } from '../../meeting/content/loopback';
import { withoutEchoes } from './redact-hubspot-message';
import { HubSpotError, type HubSpotFailure, type NoAnswerCause } from './errors';

/** HubSpot's dated API version that this product speaks (2026-03 is calm about customers' validation rules). */
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

/** Tells an observer (metrics, history) what one request came to; `answer` is null when none came. */
export type RequestObserver = (
  request: HubSpotRequest,
  route: string,
  answer: { status: number; headers: Headers } | null,
  ms: number,
  /** What the caller is told instead of an answer, if it is. */
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
 * One HTTP request to HubSpot with a time-out of ours, and nothing else: no retry, no limiter.
 *
 * `fetch` and not `client.apiRequest` of `@hubspot/api-client`: that one takes no signal, so a silent HubSpot would
 * hold a worker slot for minutes (measured: beyond 40 s). The package gives the association type ids.
 */
export class HubSpotTransport {
  readonly #base: URL;
  readonly #timeoutMs: number;
  readonly #observe: RequestObserver;

  /**
   * @param apiUrl - base of HubSpot's API; https, or http on a loopback address for the sandbox
   * @param options - `timeoutMs` for a whole request (default 20 s)
   * @throws when a token could leave for a host other than HubSpot's over plain http
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
   * @returns the answer when its status is 2xx
   * @throws {@link HubSpotError} on any other status and when no whole answer came
   */
  async send(request: HubSpotRequest): Promise<HubSpotAnswer> {
    const route = routeOf(request);
    const { status, headers, ok, parsed, ms } = await this.#fetch(this.#url(request), request, route);
    const body = withoutEchoes(parsed, request.json, secretsOf(request));
    const failure =
      !ok || parsed === UNREADABLE
        ? new HubSpotError(route, {
            kind: 'answer',
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
   * Reads a file to which HubSpot gave an address with a signature in it, where the file's store is: not HubSpot's API,
   * so no token goes there, and neither the address nor what the store says of it is told to anybody.
   *
   * @param address - https; http only on a loopback address beside an API there
   * @param path - what metrics and history call it
   * @returns the file's JSON
   * @throws {@link HubSpotError}, always one that passes: with another address, which the next answer has
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
      // A redirect would carry the token to wherever it points: HubSpot's API never sends one.
      const response = await fetch(url, {
        ...init(request),
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      const parsed = parse(await response.text());
      const { status, headers, ok } = response;
      return { status, headers, ok, parsed, ms: performance.now() - startedAt };
    } catch (error) {
      const silent = { kind: 'no_answer', cause: causeOf(error), grant: isGrant(request) } as const;
      const failure = new HubSpotError(route, silent, { cause: error });
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

/** Whether a token of an account is asked for. The app's own token (`client_credentials`) belongs to none. */
function isGrant({ form = {} }: HubSpotRequest): boolean {
  return form['grant_type'] === 'refresh_token' || form['grant_type'] === 'authorization_code';
}

function secretsOf({ accessToken, form = {} }: HubSpotRequest): string[] {
  const { grant_type: _grant, token_type_hint: _hint, ...secrets } = form;
  return [...(accessToken === undefined ? [] : [accessToken]), ...Object.values(secrets)];
}

/** As good as a cut answer: whatever was asked for may be had at the next try. */
function notWhole(message: string): HubSpotFailure {
  return { kind: 'answer', status: 200, retryAfter: null, body: { message } };
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

/** The path without ids and custom object types, so that logs and metrics stay few and hold no personal data. */
export function routeOf({ method, path }: HubSpotRequest): string {
  const shape = path
    .split('/')
    .map((part) =>
      /^\d+$/.test(part) || UUID.test(part) || part.includes('@') ? ':id' : part.replace(/^2-\d+$/, ':custom'),
    )
    .join('/');
  return `${method} ${shape}`;
}
