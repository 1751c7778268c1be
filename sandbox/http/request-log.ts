/** One API call as the sandbox received it. Tokens and secrets are not kept. */
export interface LoggedRequest {
  /** Milliseconds. */
  at: number;
  method: string;
  /** The path without the query. */
  path: string;
  query: string;
  portalId: number | null;
  /** The status that was sent; null when the connection was cut or is kept open without a response. */
  status: number | null;
  durationMs: number | null;
  body: unknown;
  /** The injected fault that applied to it. */
  fault: string | null;
}

const KEPT = 50_000;

/** The latest requests, up to 50,000, for tests and the control API. */
export class RequestLog {
  private entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.entries.push(entry);
    if (this.entries.length > KEPT) this.entries = this.entries.slice(-KEPT / 2);
  }

  /** Returns the log, oldest first. `filter` selects by method and by a part of the path. */
  list(filter: { method?: string | undefined; path?: string | undefined } = {}): LoggedRequest[] {
    return this.entries.filter(
      (entry) =>
        (filter.method === undefined || entry.method === filter.method.toUpperCase()) &&
        (filter.path === undefined || entry.path.includes(filter.path)),
    );
  }

  clear(): void {
    this.entries = [];
  }
}
