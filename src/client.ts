import { z } from 'zod';
import type { BackfillDocument } from './meeting/backfill';
import type { MeetingContext } from './meeting/context';
import type { MeetingPreview } from './meeting/preview';
import type { ReconciliationDocument } from './meeting/reconciliation';
import type { PickedPage } from './meeting/records';
import type { ProcessedMeetingInput } from './meeting/intake/schema';
import type { ReasonCode, StatusDocument, SyncStatus } from './meeting/status';

export type { BackfillDocument, FaultyLine } from './meeting/backfill';
export type { ContextRecord, MeetingContext } from './meeting/context';
export type { MeetingPreview } from './meeting/preview';
export type { ReconciliationDocument } from './meeting/reconciliation';
export type { PickedPage, PickedRecord } from './meeting/records';
export type { ProcessedMeetingInput as ProcessedMeeting } from './meeting/intake/schema';
export type { ReasonCode, StatusDocument, SyncReason, SyncStatus } from './meeting/status';

/** A proxy in front of the server may answer with something other than a problem document. */
const problem = z.object({
  type: z.string().default('about:blank'),
  title: z.string().default('Error'),
  detail: z.string().default(''),
  reference: z.string().nullable().default(null),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/**
 * The API rejected a call: `status` is the HTTP status, `call` its method and address, `type` the address that explains
 * the kind of problem, `errors` the invalid fields, and `reference` finds the request in the server's log.
 */
export class MeetingSyncError extends Error {
  override readonly name = 'MeetingSyncError';
  constructor(
    message: string,
    readonly status: number,
    readonly call: string,
    readonly type = 'about:blank',
    readonly errors: readonly { readonly path: string; readonly message: string }[] = [],
    readonly reference: string | null = null,
  ) {
    super([message, ...errors.map((error) => `  ${error.path}: ${error.message}`)].join('\n'));
  }
}

/** The server stores a file while it receives it, so the response takes as long as the upload. */
const UPLOAD_TIMEOUT_MS = 600_000;

/** Filters of a list of meetings. An absent filter matches every meeting. */
export interface MeetingQuery {
  readonly status?: SyncStatus;
  /** A reason code, such as `no_crm_match`. */
  readonly reason?: ReasonCode;
  /** Words of the title, of a participant's name or e-mail address, or of the meeting id. */
  readonly q?: string;
  /** First and last day of the meetings' start: `2026-11-06`, in the time zone of the HubSpot account. */
  readonly from?: string;
  readonly to?: string;
  /** A record that the meetings are linked to: `deals/123`. */
  readonly record?: string;
  readonly cursor?: string;
  /** 1 to 100 (`@default 25`). */
  readonly limit?: number;
}

export interface MeetingPage {
  readonly meetings: readonly StatusDocument[];
  /** `cursor` of the page of older meetings; null on the last page. */
  readonly nextCursor: string | null;
  /** `cursor` of the page of newer meetings; null on the first page. */
  readonly previousCursor: string | null;
}

export interface MeetingSyncClientOptions {
  /** The server's address (its `PUBLIC_URL`), for example `https://meetings.northwind.example`. */
  readonly url: string;
  /** The workspace's API key. */
  readonly apiKey: string;
  /** Time-out of one call, in milliseconds (`@default 30,000`). */
  readonly timeoutMs?: number;
}

/**
 * The client for meeting pipelines. It posts meetings to the HTTP API, not to Temporal: the API stores them before the
 * call returns, also while Temporal is unreachable, and their content never enters Temporal's history.
 *
 * ```ts
 * const client = new MeetingSyncClient({ url: 'http://localhost:3000', apiKey });
 * await client.startSync(meeting);
 * ```
 */
export class MeetingSyncClient {
  readonly #url: string;
  readonly #apiKey: string;
  readonly #timeoutMs: number;

  /** @throws `RangeError` when the address or the key is malformed */
  constructor({ url, apiKey, timeoutMs = 30_000 }: MeetingSyncClientOptions) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new RangeError(`"${url}" is not an http or https address: use the server's PUBLIC_URL.`);
    if (!/^[\x21-\x7E]+$/.test(apiKey))
      throw new RangeError(
        'The API key is empty or contains characters that no key has, such as spaces: copy it again.',
      );
    this.#url = url.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Posts one processed meeting. Repeating the call is harmless. A changed meeting with a known `meetingId` updates its
   * two activities in place.
   *
   * @throws {@link MeetingSyncError}: 400 lists every invalid field, 401 means an unknown key, 503 means retry later
   */
  startSync(meeting: ProcessedMeetingInput): Promise<StatusDocument> {
    return this.call('POST', '/api/v1/meetings', meeting);
  }

  /**
   * Posts a file of past meetings. Meetings posted one by one are synced before them. An invalid line does not affect the
   * others; {@link backfill} lists it. Posting the same file again changes nothing.
   *
   * @param ndjson - one processed meeting per line, as a text or a stream: `createReadStream('meetings.ndjson')`
   * @returns the backfill's id
   */
  async startBackfill(ndjson: string | AsyncIterable<Uint8Array>): Promise<string> {
    const { backfillId } = await this.#send<{ backfillId: string }>('POST', '/api/v1/backfills', {
      body: ndjson,
      type: 'application/x-ndjson',
      timeoutMs: UPLOAD_TIMEOUT_MS,
    });
    return backfillId;
  }

  /** The progress of a backfill, with its invalid lines. */
  backfill(backfillId: string): Promise<BackfillDocument> {
    return this.call('GET', `/api/v1/backfills/${encodeURIComponent(backfillId)}`);
  }

  /** Starts no further syncs of a backfill until it is resumed. @throws {@link MeetingSyncError}: 409 when it has ended */
  pauseBackfill(backfillId: string): Promise<BackfillDocument> {
    return this.call('POST', `/api/v1/backfills/${encodeURIComponent(backfillId)}/pause`);
  }

  /** Resumes a paused backfill. @throws {@link MeetingSyncError}: 409 when it has ended */
  resumeBackfill(backfillId: string): Promise<BackfillDocument> {
    return this.call('POST', `/api/v1/backfills/${encodeURIComponent(backfillId)}/resume`);
  }

  /** Ends a backfill. Meetings whose sync has not been started are deleted. @throws as {@link pauseBackfill} */
  stopBackfill(backfillId: string): Promise<BackfillDocument> {
    return this.call('POST', `/api/v1/backfills/${encodeURIComponent(backfillId)}/stop`);
  }

  /** The status document of a meeting. @throws {@link MeetingSyncError}: 404 for an unknown meeting */
  async status(meetingId: string): Promise<StatusDocument> {
    return await this.call('GET', meetingPath(meetingId));
  }

  /**
   * A page of the workspace's meetings, newest first. For the next page, repeat the query with `cursor` set to
   * `nextCursor`.
   */
  list(query: MeetingQuery = {}): Promise<MeetingPage> {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
    return this.call('GET', `/api/v1/meetings?${given.toString()}`);
  }

  /**
   * Runs a meeting's sync again, in any state, and rewrites both activities.
   *
   * @param options - `overwrite`: also replaces what people changed in HubSpot; otherwise that stays, with a warning
   */
  async resync(meetingId: string, options: { readonly overwrite?: boolean } = {}): Promise<StatusDocument> {
    const body = options.overwrite === true ? { overwrite: true } : undefined;
    return await this.call('POST', `${meetingPath(meetingId)}/resync`, body);
  }

  /**
   * What a sync of the meeting would do now, without writing: both activities, the records to link with the rule that
   * chose each, and what is excluded and why.
   *
   * @throws {@link MeetingSyncError}: 404 unknown meeting, 409 not connected to HubSpot, 503 HubSpot is unavailable
   */
  async preview(meetingId: string): Promise<MeetingPreview> {
    return await this.call('GET', `${meetingPath(meetingId)}/preview`);
  }

  /** The business behind a meeting: the linked records with their names, stages, owners and properties. */
  async context(meetingId: string): Promise<MeetingContext> {
    return await this.call('GET', `${meetingPath(meetingId)}/context`);
  }

  /**
   * A page of records that can be linked by hand.
   *
   * @param objectType - `contacts`, `companies`, `deals` or a custom type's `2-…`
   * @param q - words, a record id, or the address of a record's page in HubSpot. With fewer than two characters, the page
   *   lists recently linked records
   * @param options - `limit`: 1 to 50 (`@default 10`); `after`: the value that the previous page returned
   * @throws {@link MeetingSyncError}: 503 when HubSpot is unavailable
   */
  searchRecords(
    objectType: string,
    q: string,
    { limit = 10, after = null }: { readonly limit?: number; readonly after?: string | null } = {},
  ): Promise<PickedPage> {
    const query = new URLSearchParams({ q, limit: String(limit), ...(after === null ? {} : { after }) });
    return this.call('GET', `/api/v1/crm/${encodeURIComponent(objectType)}?${query.toString()}`);
  }

  /**
   * Starts a comparison of the mirror and every link with HubSpot.
   *
   * @returns the id for {@link reconciliation}
   * @throws {@link MeetingSyncError}: 409 without a connection
   */
  async reconcile(): Promise<string> {
    const { reconciliationId } = await this.call<{ reconciliationId: string }>('POST', '/api/v1/reconcile');
    return reconciliationId;
  }

  /** The state of a reconciliation, and what it repaired. */
  reconciliation(reconciliationId: string): Promise<ReconciliationDocument> {
    return this.call('GET', `/api/v1/reconcile/${encodeURIComponent(reconciliationId)}`);
  }

  /**
   * Makes any other call of the API.
   *
   * @param path - relative to the server's address, for example `/api/v1/connection`
   * @throws {@link MeetingSyncError} when the API rejects the call; `TypeError` when the server cannot be reached and
   *   `DOMException` named `TimeoutError` when it does not answer in time, both of which may be retried
   */
  async call<Answer>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Answer> {
    if (body === undefined) return await this.#send(method, path);
    return await this.#send(method, path, { body: JSON.stringify(body), type: 'application/json' });
  }

  async #send<Answer>(
    method: string,
    path: string,
    given?: { readonly body: string | AsyncIterable<Uint8Array>; readonly type: string; readonly timeoutMs?: number },
  ): Promise<Answer> {
    const address = this.#url + path;
    const timeoutMs = given?.timeoutMs ?? this.#timeoutMs;
    const response = await fetch(address, {
      method,
      headers: {
        authorization: `Bearer ${this.#apiKey}`,
        ...(given === undefined ? {} : { 'content-type': given.type }),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(given === undefined ? {} : { body: given.body, duplex: 'half' }),
    }).catch((error: unknown) => {
      throw unanswered(error, address, timeoutMs);
    });
    const answer = await response.text();
    const call = `${method} ${address}`;
    if (!response.ok) throw refusal(response, answer, call);
    // The server's answers have the client's types: both come from this package.
    try {
      const document: Answer = JSON.parse(answer);
      return document;
    } catch {
      const message = `${response.url} is not this API: use the server's PUBLIC_URL.`;
      throw new MeetingSyncError(message, response.status, call);
    }
  }
}

/** The error of a call without an answer, with the address, which those of `fetch` do not name. */
function unanswered(error: unknown, address: string, timeoutMs: number): unknown {
  // By name: tests and bundles may have several classes of a name.
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : null;
  const { origin } = new URL(address);
  if (name === 'TimeoutError') return new DOMException(`${origin} did not answer within ${timeoutMs / 1_000} s.`, name);
  return name === 'TypeError' ? new TypeError(`${origin} cannot be reached.`, { cause: error }) : error;
}

function refusal(response: Response, answer: string, call: string): MeetingSyncError {
  const { status, statusText } = response;
  const isDocument = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const given = problem.safeParse(isDocument ? JSON.parse(answer) : null);
  if (!given.success) return new MeetingSyncError(`HTTP ${status} ${statusText} of ${call}`, status, call);
  const { title, detail, type, errors, reference } = given.data;
  const message = detail === '' ? `${title} (${call})` : `${title}: ${detail}`;
  return new MeetingSyncError(message, status, call, type, errors, reference);
}

/** @throws RangeError for an id that a URL drops: the call would become another one, such as a resync of all meetings */
function meetingPath(meetingId: string): string {
  if (['', '.', '..'].includes(meetingId)) throw new RangeError(`"${meetingId}" is not a meeting id.`);
  return `/api/v1/meetings/${encodeURIComponent(meetingId)}`;
}
