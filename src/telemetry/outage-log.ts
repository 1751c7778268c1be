import { isGrpcServiceError } from '@temporalio/client';
import type { Logger } from 'pino';
import { isDatabaseUnavailable } from '../store/failures';

/** The message for {@link OutageLog.worked} after a call to Temporal. */
export const TEMPORAL_WORKS = 'Temporal accepts requests again';

const LOG_EVERY_MS = 60_000;
/** gRPC's DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE: failures that affect every call. */
const AWAY_CODES: readonly number[] = [4, 8, 14];

interface Outage {
  readonly since: number;
  readonly away: boolean;
  loggedAt: number;
  /** Counted since `loggedAt`. */
  failures: number;
}

/**
 * Logs that something fails: at once, then once a minute with the number of failures, and once when it works again.
 * Without this, an outage would log a line for every row every second. Each cause is logged separately, so that a
 * refusal of one row does not disappear in an outage.
 */
export class OutageLog {
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #outages = new Map<string, Outage>();

  constructor(log: Logger, now: () => number = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  /**
   * @param message - what fails, and what happens to the work
   * @param fields - of this failure; only those of the first failure in a minute are logged
   */
  failed(error: unknown, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const now = this.#now();
    const cause = causeOf(error);
    const outage = this.#outages.get(cause.key) ?? { since: now, away: cause.away, loggedAt: -Infinity, failures: 0 };
    this.#outages.set(cause.key, outage);
    outage.failures += 1;
    if (now - outage.loggedAt < LOG_EVERY_MS) return;
    const history = now === outage.since ? {} : { failures: outage.failures, since: new Date(outage.since) };
    this.#log.warn({ ...fields, error: cause.text, ...history }, message);
    outage.loggedAt = now;
    outage.failures = 0;
  }

  /** @param message - what works again; logged only after an outage */
  worked(message: string): void {
    if (this.#outages.size === 0) return;
    const now = this.#now();
    for (const [key, { since, away, loggedAt }] of this.#outages) {
      if (away) this.#log.info({ awaySeconds: Math.round((now - since) / 1_000) }, message);
      // One successful call does not clear another call's own refusal.
      if (away || now - loggedAt > 2 * LOG_EVERY_MS) this.#outages.delete(key);
    }
  }
}

/** The text of an error of Temporal's client or of the database, with its cause. */
export function causeText(error: unknown): string {
  return causeOf(error).text;
}

/** Temporal's client errors name only the call; their `cause` has the reason. */
function causeOf(error: unknown): { readonly key: string; readonly text: string; readonly away: boolean } {
  if (isGrpcServiceError(error)) {
    const text = `${error.code} ${error.details}`;
    // An outage's details change with every failure (times, ports), so they are not part of the key.
    if (AWAY_CODES.includes(error.code)) return { key: 'temporal', text, away: true };
    return { key: text.replaceAll(/\d+/g, '#').slice(0, 200), text, away: false };
  }
  if (isDatabaseUnavailable(error)) return { key: 'database', text: String(error), away: true };
  if (error instanceof Error && error.cause !== undefined) return causeOf(error.cause);
  const text = String(error);
  return { key: text.slice(0, 200), text, away: false };
}
