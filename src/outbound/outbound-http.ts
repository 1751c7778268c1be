import { lookup as lookUp } from 'node:dns/promises';
import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { addressKind, isPermitted, type PrivateAddressPolicy } from './address-kind';
import { checkUrl, ipOfHost, NOT_PUBLIC } from './check-url';
import { causeOf, RefusedAddressError, type FailureCause } from './failure-cause';

/** How much of an answer's body is kept, in bytes. */
const MAX_ANSWER_BYTES = 16 * 1_024;
const DEFAULT_TIMEOUT_MS = 15_000;
/** How much of an answer is read for a library, in bytes. Metadata and keys of a provider are far smaller. */
const MAX_FETCHED_BYTES = 256 * 1_024;

/** What became of one POST. `ms`: the time that it took, in milliseconds. */
export type PostOutcome =
  | { readonly outcome: 'delivered'; readonly status: number; readonly body: string; readonly ms: number }
  /** An answer with another status than 2xx. A redirect is one, because none is followed. */
  | {
      readonly outcome: 'failed';
      readonly cause: 'http_status';
      readonly status: number;
      /** The header `Retry-After`, if there is one. */
      readonly retryAfter: string | null;
      readonly body: string;
      readonly ms: number;
    }
  /** No answer came. `detail` is one English sentence without the URL's path. */
  | { readonly outcome: 'failed'; readonly cause: FailureCause; readonly detail: string; readonly ms: number };

export interface OutboundRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the libraries that take a `fetch` send. */
export interface FetchRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface OutboundOptions {
  readonly privateAddresses: PrivateAddressPolicy;
  /** For a whole request, in milliseconds (`@default 15,000`). */
  readonly timeoutMs?: number;
  /** `@default` the system's resolver. Only tests set it. */
  readonly resolve?: (host: string) => Promise<readonly ResolvedAddress[]>;
  /** Certificate authorities instead of the usual ones (PEM). Only tests set it. */
  readonly ca?: string;
}

/**
 * Sends requests to URLs that customers entered, and never into the network that we run in: it resolves each name itself,
 * refuses it if one of its addresses is not permitted, and connects to the addresses that it has checked. Each request has
 * its own connection, so each is checked.
 */
export class OutboundHttp {
  readonly #policy: PrivateAddressPolicy;
  readonly #timeoutMs: number;
  readonly #resolve: (host: string) => Promise<readonly ResolvedAddress[]>;
  readonly #ca: string | undefined;

  constructor({ privateAddresses, timeoutMs, resolve, ca }: OutboundOptions) {
    this.#policy = privateAddresses;
    this.#timeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#resolve = resolve ?? ((host) => lookUp(host, { all: true }));
    this.#ca = ca;
  }

  /**
   * Checks a URL before it is saved, in text and by its name's present addresses. A name without an address passes: its
   * DNS entry may come later, and each request checks again.
   *
   * @returns what is wrong, in English, to follow the name of the field; null if nothing is
   */
  async problemOf(text: string): Promise<string | null> {
    const { url, problem } = checkUrl(text, this.#policy);
    if (url === null) return problem;
    try {
      await this.#permittedAddresses(url);
      return null;
    } catch (error) {
      return error instanceof RefusedAddressError ? NOT_PUBLIC : null;
    }
  }

  /** Sends one POST. It follows no redirect and does not retry. Never throws for what a receiver does. */
  async post(text: string, request: OutboundRequest): Promise<PostOutcome> {
    const startedAt = performance.now();
    const ms = () => Math.round(performance.now() - startedAt);
    const { url, problem } = checkUrl(text, this.#policy);
    if (url === null)
      return { outcome: 'failed', cause: 'refused_address', detail: `The address ${problem}.`, ms: ms() };
    try {
      const answer = await this.#send(url, request);
      const { statusCode: status = 0, headers } = answer;
      const body = await beginningOf(answer);
      if (status >= 200 && status < 300) return { outcome: 'delivered', status, body, ms: ms() };
      const retryAfter = headers['retry-after'] ?? null;
      return { outcome: 'failed', cause: 'http_status', status, retryAfter, body, ms: ms() };
    } catch (error) {
      return { outcome: 'failed', ...causeOf(error, this.#timeoutMs), ms: ms() };
    }
  }

  /**
   * Sends one request for a library that takes a `fetch`. It follows no redirect.
   *
   * @returns the answer with at most 256 KiB of its body
   * @throws {@link RefusedAddressError} for an address that is not permitted, else the errors of the connection
   */
  async fetch(text: string, { method, headers, body, signal }: FetchRequest): Promise<Response> {
    const { url } = checkUrl(text, this.#policy);
    if (url === null) throw new RefusedAddressError(text);
    const request = { headers, body: body ?? '' };
    const answer = await this.#send(url, request, { method, ...(signal === undefined ? {} : { signal }) });
    const { statusCode = 0, headers: answered } = answer;
    const content = await beginningOf(answer, MAX_FETCHED_BYTES);
    const pairs = Object.entries(answered).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    );
    const hasBody = statusCode !== 204 && statusCode !== 304;
    return new Response(hasBody ? content : null, { status: statusCode, headers: Object.fromEntries(pairs) });
  }

  /** @returns the answer once its headers are there */
  #send(
    url: URL,
    { headers, body }: OutboundRequest,
    { method, signal }: { readonly method: string; readonly signal?: AbortSignal } = { method: 'POST' },
  ): Promise<IncomingMessage> {
    const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = {
      method,
      headers: { 'user-agent': 'hubspot-meeting-sync', ...length, ...headers },
      // A connection of its own, closed after the answer.
      agent: false,
      signal: signal ?? AbortSignal.timeout(this.#timeoutMs),
      // Then `lookup` returns all addresses.
      autoSelectFamily: true,
      lookup: this.#lookupFor(url),
    } as const;
    return new Promise((resolve, reject) => {
      const sent =
        url.protocol === 'https:'
          ? requestSecure(url, { ...options, ...(this.#ca === undefined ? {} : { ca: this.#ca }) })
          : requestPlain(url, options);
      sent.once('response', resolve).on('error', reject).end(body);
    });
  }

  /** Called for names only: `checkUrl` has checked a host that is an address. */
  #lookupFor(url: URL): LookupFunction {
    const addresses = callbackify(() => this.#permittedAddresses(url));
    return (_hostname, _options, callback) => {
      addresses((error, found) => callback(error, error === null ? [...found] : []));
    };
  }

  /** @throws {@link RefusedAddressError} if one of the name's addresses is not permitted; the resolver's errors */
  async #permittedAddresses(url: URL): Promise<readonly ResolvedAddress[]> {
    if (ipOfHost(url) !== null) return [];
    const addresses = await this.#resolve(url.hostname);
    for (const { address } of addresses) {
      const kind = addressKind(address);
      // Plain http stays inside of what the policy permits beyond the public internet.
      if (!isPermitted(kind, this.#policy) || (kind === 'public' && url.protocol === 'http:'))
        throw new RefusedAddressError(url.hostname);
    }
    return addresses;
  }
}

/** The beginning of a body, as text. The rest is not read. A body that breaks off counts as far as it came. */
async function beginningOf(answer: AsyncIterable<Uint8Array>, most = MAX_ANSWER_BYTES): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    // Leaving the loop early closes the connection.
    for await (const chunk of answer) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= most) break;
    }
  } catch {
    // The status has arrived, and it decides.
  }
  return Buffer.concat(chunks).subarray(0, most).toString('utf8');
}
