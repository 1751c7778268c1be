import { isGrpcServiceError } from '@temporalio/client';
import type { Logger } from 'pino';
import { isDatabaseUnavailable } from './store/failures';

/** What {@link OutageLog.worked} says of Temporal. */
export const TEMPORAL_WORKS = 'Temporal takes requests again';

const SAY_EVERY_MS = 60_000;
/** gRPC's DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE: what any call would have met. */
const AWAY_CODES: readonly number[] = [4, 8, 14];

interface Outage {
  readonly since: number;
  readonly away: boolean;
  saidAt: number;
  /** Since it was last said. */
  failures: number;
}

/**
 * Says that something does not work: at once, then once a minute with how often it failed meanwhile, and once when it
 * works again. Without it, an outage writes a line a row a second. Every cause is said by itself: what is refused for a
 * reason of its own is not lost among others.
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
   * @param message - what does not work, and what becomes of the work
   * @param fields - of this failure; those of the first in a minute are written
   */
  failed(error: unknown, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const now = this.#now();
    const cause = causeOf(error);
    const outage = this.#outages.get(cause.key) ?? { since: now, away: cause.away, saidAt: -Infinity, failures: 0 };
    this.#outages.set(cause.key, outage);
    outage.failures += 1;
    if (now - outage.saidAt < SAY_EVERY_MS) return;
    const history = now === outage.since ? {} : { failures: outage.failures, since: new Date(outage.since) };
    this.#log.warn({ ...fields, error: cause.text, ...history }, message);
    outage.saidAt = now;
    outage.failures = 0;
  }

  /** @param message - what works again; written when it was away */
  worked(message: string): void {
    if (this.#outages.size === 0) return;
    const now = this.#now();
    for (const [key, { since, away, saidAt }] of this.#outages) {
      if (away) this.#log.info({ awaySeconds: Math.round((now - since) / 1_000) }, message);
      // That one call works says nothing about another that is refused for a reason of its own.
      if (away || now - saidAt > 2 * SAY_EVERY_MS) this.#outages.delete(key);
    }
  }
}

/** What an error of Temporal's client or of the database says, with its cause. */
export function causeText(error: unknown): string {
  return causeOf(error).text;
}

/** Temporal's client says only what it was doing: the error below has the cause. */
function causeOf(error: unknown): { readonly key: string; readonly text: string; readonly away: boolean } {
  if (isGrpcServiceError(error)) {
    const text = `${error.code} ${error.details}`;
    // The details of an outage name times and ports, a refusal's the row.
    if (AWAY_CODES.includes(error.code)) return { key: 'temporal', text, away: true };
    return { key: text.replaceAll(/\d+/g, '#').slice(0, 200), text, away: false };
  }
  if (isDatabaseUnavailable(error)) return { key: 'database', text: String(error), away: true };
  if (error instanceof Error && error.cause !== undefined) return causeOf(error.cause);
  const text = String(error);
  return { key: text.slice(0, 200), text, away: false };
}
