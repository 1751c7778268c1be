/** One call of the API, as the sandbox saw it. Tokens and secrets are not kept. */
export interface LoggedRequest {
  /** Milliseconds. */
  at: number;
  method: string;
  /** Path without query. */
  path: string;
  query: string;
  portalId: number | null;
  /** What went out; null when the connection was cut or is held. */
  status: number | null;
  durationMs: number | null;
  body: unknown;
  /** The fault that struck it. */
  fault: string | null;
}

const KEPT = 50_000;

export class RequestLog {
  private entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.entries.push(entry);
    if (this.entries.length > KEPT) this.entries = this.entries.slice(-KEPT / 2);
  }

  /** Oldest first; `filter` narrows by method and by part of the path. */
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
