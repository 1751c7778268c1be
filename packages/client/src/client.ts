import type {
  AuditPage,
  Backfill,
  MeetingContext,
  MeetingPage,
  MeetingPreview,
  ProcessedMeeting,
  Properties,
  Reconciliation,
  Records,
  Review,
  ReviewDecision,
  ReviewPage,
  StandardProperties,
  StatusDocument,
} from './documents';
import { MeetingSyncError, rejection, unanswered } from './errors';

/** The server stores a file while it receives it, so the response takes as long as the upload. */
const UPLOAD_TIMEOUT_MS = 600_000;

/** Filters of a list of meetings. An absent filter matches every meeting. */
export interface MeetingQuery {
  readonly status?: StatusDocument['status'];
  /** A reason code, such as `no_crm_match`. */
  readonly reason?: NonNullable<StatusDocument['reason']>['code'];
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

/** Filters of a list of suggestions. */
export interface ReviewQuery {
  /** `@default open` */
  readonly status?: Review['status'];
  readonly objectType?: string;
  readonly field?: string;
  readonly meetingId?: string;
  /** `deals/123`. */
  readonly record?: string;
  readonly cursor?: string;
  /** 1 to 100 (`@default 25`). */
  readonly limit?: number;
}

/** Filters of the audit trail. */
export interface AuditQuery {
  /** The id of a member, API key or session, or the label of an actor without an id, such as `the operator`. */
  readonly who?: string;
  /** A group of actions, such as `settings`. */
  readonly group?: string;
  /** One action, such as `key.create`. */
  readonly action?: string;
  readonly objectType?: string;
  readonly objectId?: string;
  /** First and last day: `2026-11-06`, in the time zone of the HubSpot account. */
  readonly from?: string;
  readonly to?: string;
  /** Beginnings of words of who, where, object, before and after. */
  readonly q?: string;
  readonly cursor?: string;
  /** 1 to 100 (`@default 25`). */
  readonly limit?: number;
}

export interface MeetingSyncClientOptions {
  /** The server's address (its `PUBLIC_URL`), for example `https://meetings.northwind.example`. */
  readonly url: string;
  /** The workspace's API key. */
  readonly apiKey: string;
  /** Time-out of one call, in milliseconds (`@default 30,000`). */
  readonly timeoutMs?: number;
  /** The header `User-Agent` of every call (`@default` that of `fetch`). */
  readonly userAgent?: string;
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
  readonly #userAgent: string | undefined;

  /** @throws `RangeError` when the address or the key is malformed */
  constructor({ url, apiKey, timeoutMs = 30_000, userAgent }: MeetingSyncClientOptions) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new RangeError(`"${url}" is not an http or https address: use the server's PUBLIC_URL.`);
    if (!/^[\x21-\x7E]+$/.test(apiKey))
      throw new RangeError(
        'The API key is empty or contains characters that no key has, such as spaces: copy it again.',
      );
    this.#url = url.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#timeoutMs = timeoutMs;
    this.#userAgent = userAgent;
  }

  /**
   * Posts one processed meeting. Repeating the call is harmless. A changed meeting with a known `meetingId` updates its
   * two activities in place.
   *
   * @throws {@link MeetingSyncError}: 400 lists every invalid field, 401 means an unknown key, 503 means retry later
   */
  startSync(meeting: ProcessedMeeting): Promise<StatusDocument> {
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
  backfill(backfillId: string): Promise<Backfill> {
    return this.call('GET', `/api/v1/backfills/${encodeURIComponent(backfillId)}`);
  }

  /** Starts no further syncs of a backfill until it is resumed. @throws {@link MeetingSyncError}: 409 when it has ended */
  pauseBackfill(backfillId: string): Promise<Backfill> {
    return this.call('POST', `/api/v1/backfills/${encodeURIComponent(backfillId)}/pause`);
  }

  /** Resumes a paused backfill. @throws {@link MeetingSyncError}: 409 when it has ended */
  resumeBackfill(backfillId: string): Promise<Backfill> {
    return this.call('POST', `/api/v1/backfills/${encodeURIComponent(backfillId)}/resume`);
  }

  /** Ends a backfill. Meetings whose sync has not been started are deleted. @throws as {@link pauseBackfill} */
  stopBackfill(backfillId: string): Promise<Backfill> {
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
    return this.call('GET', `/api/v1/meetings?${queryOf(query)}`);
  }

  /** A page of the suggestions for properties, newest first; by default those that wait for a person. */
  reviews(query: ReviewQuery = {}): Promise<ReviewPage> {
    return this.call('GET', `/api/v1/reviews?${queryOf({ status: 'open', ...query })}`);
  }

  /** A page of the audit trail, newest first. The API key needs the scope `admin`. */
  audit(query: AuditQuery = {}): Promise<AuditPage> {
    return this.call('GET', `/api/v1/audit?${queryOf(query)}`);
  }

  /**
   * Accepts a suggestion, perhaps with another value, or refuses it.
   *
   * @throws {@link MeetingSyncError}: 400 the property does not take the value, 409 decided before, no longer possible, or
   *   HubSpot has another value by now: the review shows it, and can be decided again
   */
  async decideReview(
    id: string,
    decision: ReviewDecision['decision'],
    value?: ReviewDecision['value'],
  ): Promise<Review> {
    return await this.call('POST', `/api/v1/reviews/${encodeURIComponent(id)}`, {
      decision,
      ...(value === undefined ? {} : { value }),
    });
  }

  /**
   * Runs a meeting's sync again, in any state, and rewrites both activities and the tasks that people left as they were.
   *
   * @param options - `overwrite`: also replaces what people changed in HubSpot; otherwise that stays, with a warning
   */
  async resync(meetingId: string, options: { readonly overwrite?: boolean } = {}): Promise<StatusDocument> {
    const body = options.overwrite === true ? { overwrite: true } : undefined;
    return await this.call('POST', `${meetingPath(meetingId)}/resync`, body);
  }

  /**
   * What a sync of the meeting would do now, without writing: both activities, the records to link with the rule that
   * chose each, what each property has before and after, the tasks of next steps, and what is excluded and why.
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
  ): Promise<Records> {
    const query = new URLSearchParams({ q, limit: String(limit), ...(after === null ? {} : { after }) });
    return this.call('GET', `/api/v1/crm/${encodeURIComponent(objectType)}?${query.toString()}`);
  }

  /**
   * The properties of an object type, which the setting `fieldMappings` can name.
   *
   * @throws {@link MeetingSyncError}: 400 for an unknown object type, 409 without a connection or a permission
   */
  properties(objectType: string): Promise<Properties> {
    return this.call('GET', `/api/v1/crm/${encodeURIComponent(objectType)}/properties`);
  }

  /** Makes the standard properties where they are missing. A second call changes nothing. @throws as {@link properties} */
  createStandardProperties(): Promise<StandardProperties> {
    return this.call('POST', '/api/v1/crm/standard-properties');
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
  reconciliation(reconciliationId: string): Promise<Reconciliation> {
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
        ...(this.#userAgent === undefined ? {} : { 'user-agent': this.#userAgent }),
        ...(given === undefined ? {} : { 'content-type': given.type }),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(given === undefined ? {} : { body: given.body, duplex: 'half' }),
    }).catch((error: unknown) => {
      throw unanswered(error, address, timeoutMs);
    });
    const answer = await response.text();
    const call = `${method} ${address}`;
    if (!response.ok) throw rejection(response, answer, call);
    // The types are generated from the schemas that the server's answers are written with.
    try {
      const document: Answer = JSON.parse(answer);
      return document;
    } catch {
      const message = `${response.url} is not this API: use the server's PUBLIC_URL.`;
      throw new MeetingSyncError(message, response.status, call);
    }
  }
}

/** @throws RangeError for an id that a URL drops: the call would become another one, such as a resync of all meetings */
function meetingPath(meetingId: string): string {
  if (['', '.', '..'].includes(meetingId)) throw new RangeError(`"${meetingId}" is not a meeting id.`);
  return `/api/v1/meetings/${encodeURIComponent(meetingId)}`;
}

function queryOf(query: object): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.toString();
}
