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

  /** Where a meeting stands. Throws {@link MeetingSyncError} with status 404 when it is not known. */
  status(meetingId: string): Promise<StatusDocument> {
    return this.call('GET', `/api/v1/meetings/${encodeURIComponent(meetingId)}`);
  }

  /** Runs a meeting's sync again, whatever its state, and writes both activities anew. */
  resync(meetingId: string): Promise<StatusDocument> {
    return this.call('POST', `/api/v1/meetings/${encodeURIComponent(meetingId)}/resync`);
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
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(this.#timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
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
