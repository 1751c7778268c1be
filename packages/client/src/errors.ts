/** One invalid field of an input. */
export interface FieldError {
  /** Such as `smartCategories[0].items[3].clipUrl`. */
  readonly path: string;
  readonly message: string;
}

/** What the API says about a call that it rejected. */
interface Rejection {
  readonly type: string;
  readonly errors: readonly FieldError[];
  readonly reference: string | null;
}

const NOTHING_KNOWN: Rejection = { type: 'about:blank', errors: [], reference: null };

/** The API rejected a call. The message has what the API says, the address of the call and every invalid field. */
export class MeetingSyncError extends Error {
  override readonly name = 'MeetingSyncError';
  /** The address that explains the kind of problem; `about:blank` if the answer was not the API's. */
  readonly type: string;
  /** The invalid fields. */
  readonly errors: readonly FieldError[];
  /** The id of the request in the server's log; null if the answer was not the API's. */
  readonly reference: string | null;

  /**
   * @param status - the HTTP status
   * @param call - method and address of the call
   */
  constructor(
    message: string,
    readonly status: number,
    readonly call: string,
    { type, errors, reference }: Rejection = NOTHING_KNOWN,
  ) {
    super([`${message} (${call})`, ...errors.map((error) => `  ${error.path}: ${error.message}`)].join('\n'));
    this.type = type;
    this.errors = errors;
    this.reference = reference;
  }
}

/** The error for a response that is not successful. A proxy in front of the server may answer with anything. */
export function rejection(response: Response, answer: string, call: string): MeetingSyncError {
  const { status, statusText } = response;
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const problem = isProblem ? parsed(answer) : null;
  if (!isObject(problem)) return new MeetingSyncError(`HTTP ${status} ${statusText}`, status, call);
  const title = textOf(problem['title']) ?? 'Error';
  const detail = textOf(problem['detail']) ?? '';
  return new MeetingSyncError(detail === '' ? title : `${title}: ${detail}`, status, call, {
    type: textOf(problem['type']) ?? NOTHING_KNOWN.type,
    errors: fieldErrorsOf(problem['errors']),
    reference: textOf(problem['reference']),
  });
}

/** The error of a call without an answer, with the address, which those of `fetch` do not name. */
export function unanswered(error: unknown, address: string, timeoutMs: number): unknown {
  // By name: tests and bundles may have several classes of a name.
  const name = isObject(error) ? error['name'] : null;
  const { origin } = new URL(address);
  if (name === 'TimeoutError') return new DOMException(`${origin} did not answer within ${timeoutMs / 1_000} s.`, name);
  return name === 'TypeError' ? new TypeError(`${origin} cannot be reached.`, { cause: error }) : error;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fieldErrorsOf(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    const path = isObject(entry) ? textOf(entry['path']) : null;
    const message = isObject(entry) ? textOf(entry['message']) : null;
    return path === null || message === null ? [] : [{ path, message }];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
