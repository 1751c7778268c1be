import { z } from 'zod';
import type { BackfillDocument } from './meeting/backfill';
import type { MeetingContext } from './meeting/context';
import type { MeetingPreview } from './meeting/preview';
import type { ReconciliationDocument } from './meeting/reconciliation';
import type { PickedPage } from './meeting/records';
import type { ProcessedMeetingInput } from './meeting/schema';
import type { ReasonCode, StatusDocument, SyncStatus } from './meeting/status';

export type { BackfillDocument, FaultyLine } from './meeting/backfill';
export type { ContextRecord, MeetingContext } from './meeting/context';
export type { MeetingPreview } from './meeting/preview';
export type { ReconciliationDocument } from './meeting/reconciliation';
export type { PickedPage, PickedRecord } from './meeting/records';
export type { ProcessedMeetingInput as ProcessedMeeting } from './meeting/schema';
export type { ReasonCode, StatusDocument, SyncReason, SyncStatus } from './meeting/status';

const problem = z.object({
  title: z.string().default('Error'),
  detail: z.string().default(''),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/** The API refused a call. `status` is HTTP's; `errors` name the fields of bad input. */
export class MeetingSyncError extends Error {
  override readonly name = 'MeetingSyncError';
  constructor(
    readonly status: number,
    message: string,
    readonly errors: readonly { readonly path: string; readonly message: string }[],
  ) {
    super([message, ...errors.map((error) => `  ${error.path}: ${error.message}`)].join('\n'));
  }
}

/** A file is taken in while it is sent. */
const UPLOAD_TIMEOUT_MS = 600_000;

/** Which meetings to list; what is absent does not narrow the list. */
export interface MeetingQuery {
  readonly status?: SyncStatus;
  /** A reason's code, such as `no_crm_match`. */
  readonly reason?: ReasonCode;
  /** Words of the title, of a participant's name or e-mail address, or of the meeting's id. */
  readonly q?: string;
  /** First and last day on which the meetings began: `2026-11-06`, in the HubSpot account's time zone. */
  readonly from?: string;
  readonly to?: string;
  /** A record that the meetings are linked to: `deals/123`. */
  readonly record?: string;
  readonly cursor?: string;
  /** 1 to 100; 25 when absent. */
  readonly limit?: number;
}

export interface MeetingPage {
  readonly meetings: readonly StatusDocument[];
  /** For the page of older ones; null on the last one. */
  readonly nextCursor: string | null;
  /** For the page of newer ones; null on the first one. */
  readonly previousCursor: string | null;
}

export interface MeetingSyncClientOptions {
  /** Where the server is reached (its `PUBLIC_URL`), for example `https://meetings.northwind.example`. */
  readonly url: string;
  /** The workspace's API key. */
  readonly apiKey: string;
  /** For one call, in milliseconds; default 30,000. */
  readonly timeoutMs?: number;
}

/**
 * What a meeting pipeline imports. Meetings go to the HTTP API and not straight to Temporal: they are stored before the
 * call returns, also while Temporal is away, and their content never stands in Temporal's history.
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

  /** @throws `RangeError` for an address or a key that no request can be made with */
  constructor({ url, apiKey, timeoutMs = 30_000 }: MeetingSyncClientOptions) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new RangeError(`"${url}" is not an http or https address: give the one that the server is reached at.`);
    if (!/^[\x21-\x7E]+$/.test(apiKey))
      throw new RangeError('The API key is empty or has spaces or other characters that no key has: copy it again.');
    this.#url = url.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Hands over one processed meeting (contract section 4). Repeating it is harmless; a changed meeting with a known
   * `meetingId` updates its two activities in place.
   *
   * @throws {@link MeetingSyncError}: 400 names every faulty field, 401 an unknown key, 503 means try again later
   */
  startSync(meeting: ProcessedMeetingInput): Promise<StatusDocument> {
    return this.call('POST', '/api/v1/meetings', meeting);
  }

  /**
   * Hands over many meetings at once, as a file of past ones: they are synced behind whatever is handed over alone. A
   * line that cannot be taken does not keep the others back: {@link backfill} tells of it. The same file again changes
   * nothing.
   *
   * @param ndjson - a processed meeting a line, as a text or as it is read: `createReadStream('meetings.ndjson')`
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

  /** How far a backfill has come, and which lines cannot be taken. */
  backfill(backfillId: string): Promise<BackfillDocument> {
    return this.call('GET', `/api/v1/backfills/${encodeURIComponent(backfillId)}`);
  }

  /** Where a meeting stands. Throws {@link MeetingSyncError} with status 404 when it is not known. */
  async status(meetingId: string): Promise<StatusDocument> {
    return await this.call('GET', meetingPath(meetingId));
  }

  /**
   * A page of the workspace's meetings, newest first. For the next page, the same query with `cursor` as the answer's
   * `nextCursor`.
   */
  list(query: MeetingQuery = {}): Promise<MeetingPage> {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
    return this.call('GET', `/api/v1/meetings?${given.toString()}`);
  }

  /** Runs a meeting's sync again, whatever its state, and writes both activities anew. */
  async resync(meetingId: string): Promise<StatusDocument> {
    return await this.call('POST', `${meetingPath(meetingId)}/resync`);
  }

  /**
   * What a sync of the meeting would do now, with nothing written: both activities, the records that would be linked
   * with the rule that chose each, and what is left out and why.
   *
   * @throws {@link MeetingSyncError}: 404 unknown, 409 not connected to HubSpot, 503 HubSpot cannot be asked now
   */
  async preview(meetingId: string): Promise<MeetingPreview> {
    return await this.call('GET', `${meetingPath(meetingId)}/preview`);
  }

  /** The business behind a meeting: the linked records with their names, stages, owners and properties. */
  async context(meetingId: string): Promise<MeetingContext> {
    return await this.call('GET', `${meetingPath(meetingId)}/context`);
  }

  /**
   * Records to link by hand, a page of them.
   *
   * @param objectType - `contacts`, `companies`, `deals` or a custom type's `2-…`
   * @param q - words, a record's id, or the address of its page in HubSpot; below two characters, records linked lately
   * @param options - `limit` 1 to 50, default 10; `after` as the page before gave it
   * @throws {@link MeetingSyncError}: 503 when HubSpot cannot be asked now
   */
  searchRecords(
    objectType: string,
    q: string,
    { limit = 10, after = null }: { readonly limit?: number; readonly after?: string | null } = {},
  ): Promise<PickedPage> {
    const query = new URLSearchParams({ q, limit: String(limit), ...(after === null ? {} : { after }) });
    return this.call('GET', `/api/v1/crm/${encodeURIComponent(objectType)}?${query.toString()}`);
  }

  /** Has the mirror and every link compared with HubSpot; see {@link reconciliation}. 409 without a connection. */
  async reconcile(): Promise<string> {
    const { reconciliationId } = await this.call<{ reconciliationId: string }>('POST', '/api/v1/reconcile');
    return reconciliationId;
  }

  /** How a comparison stands, and what it mended. */
  reconciliation(reconciliationId: string): Promise<ReconciliationDocument> {
    return this.call('GET', `/api/v1/reconcile/${encodeURIComponent(reconciliationId)}`);
  }

  /**
   * Any other call of the API.
   *
   * @param path - below the server's address, for example `/api/v1/connection`
   * @throws {@link MeetingSyncError} when it is refused; a `TypeError` of `fetch` when nothing answers, and a
   *   `DOMException` named `TimeoutError` when the answer takes too long: both may be repeated
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
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#apiKey}`,
        ...(given === undefined ? {} : { 'content-type': given.type }),
      },
      signal: AbortSignal.timeout(given?.timeoutMs ?? this.#timeoutMs),
      ...(given === undefined ? {} : { body: given.body, duplex: 'half' }),
    });
    const answer = await response.text();
    if (!response.ok) throw refusal(response, answer);
    try {
      return JSON.parse(answer) as Answer;
    } catch {
      throw new MeetingSyncError(
        response.status,
        `${response.url} does not answer as this API does: give the address that the server is reached at.`,
        [],
      );
    }
  }
}

/** A proxy before the server may answer with something else than a problem document. */
function refusal(response: Response, answer: string): MeetingSyncError {
  const given = problem.safeParse(parsed(answer));
  const { title, detail, errors } = given.success
    ? given.data
    : { title: `HTTP ${response.status} ${response.statusText}`.trim(), detail: '', errors: [] };
  return new MeetingSyncError(response.status, detail === '' ? title : `${title}: ${detail}`, errors);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @throws RangeError for an id that an address drops: the call would be another one, such as to run all meetings again */
function meetingPath(meetingId: string): string {
  if (['', '.', '..'].includes(meetingId)) throw new RangeError(`"${meetingId}" is no meeting id.`);
  return `/api/v1/meetings/${encodeURIComponent(meetingId)}`;
}
