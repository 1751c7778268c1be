import { z } from 'zod';
import type { ProcessedMeetingInput } from './meeting/schema';
import type { StatusDocument } from './meeting/status';

export type { ProcessedMeetingInput as ProcessedMeeting } from './meeting/schema';
export type { StatusDocument, SyncReason, SyncStatus } from './meeting/status';

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

export interface MeetingSyncClientOptions {
  /** Where the server is reached, for example `https://meetings.acme.example`. */
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
  readonly #options: MeetingSyncClientOptions;

  constructor(options: MeetingSyncClientOptions) {
    this.#options = options;
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

  /** Where a meeting stands. Throws {@link MeetingSyncError} with status 404 when it is not known. */
  status(meetingId: string): Promise<StatusDocument> {
    return this.call('GET', `/api/v1/meetings/${encodeURIComponent(meetingId)}`);
  }

  /** Runs a meeting's sync again, whatever its state, and writes both activities anew. */
  resync(meetingId: string): Promise<StatusDocument> {
    return this.call('POST', `/api/v1/meetings/${encodeURIComponent(meetingId)}/resync`);
  }

  /** Any other call of the API. @throws {@link MeetingSyncError}, or a `TypeError` of `fetch` when nothing answers */
  async call<Answer>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const { url, apiKey, timeoutMs = 30_000 } = this.#options;
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok) return (await response.json()) as Answer;
    const fault = problem
      .catch({ title: 'Error', detail: '', errors: [] })
      .parse(await response.json().catch(() => ({})));
    throw new MeetingSyncError(
      response.status,
      `${fault.title}${fault.detail === '' ? '' : `: ${fault.detail}`}`,
      fault.errors,
    );
  }
}
