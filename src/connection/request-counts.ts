import type { Logger } from 'pino';
import { addUsage, dayIn, type UsageNote } from '../store/connections/hubspot-usage';
import type { DbPool } from '../store/database';

/** Pages may be five seconds behind. A write per request would be too expensive. */
const FLUSH_MS = 5_000;

type Noted = { -readonly [Field in keyof UsageNote]: UsageNote[Field] } & { readonly calls: Map<string, number> };

/**
 * Counts the requests to each HubSpot account, and records when an account stops responding. Keeps the counts in memory and
 * adds them to PostgreSQL every few seconds, with one or two statements per account. The last counts of a killed process
 * are lost.
 */
export class Usage {
  readonly #db: DbPool;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #notes = new Map<number, Noted>();
  #timer: NodeJS.Timeout | null = null;

  constructor({ db, log }: { db: DbPool; log: Pick<Logger, 'warn'> }) {
    this.#db = db;
    this.#log = log;
  }

  /**
   * Counts one request.
   *
   * @param sent - `timeZone`: the account's, at whose midnight HubSpot's daily limit resets; `answered`: false without a
   *   response, or after a server error of HubSpot
   */
  sent({ portalId, timeZone, answered }: { portalId: number; timeZone: string; answered: boolean }): void {
    const now = new Date();
    const note = this.#notes.get(portalId) ?? empty(portalId, now);
    this.#notes.set(portalId, note);
    const day = dayIn(timeZone, now);
    note.calls.set(day, (note.calls.get(day) ?? 0) + 1);
    note.triedAt = now;
    if (answered) {
      note.answeredAt = now;
      note.silentSince = null;
      note.failures = 0;
    } else {
      note.silentSince ??= now;
      note.failures += 1;
    }
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Writes the counts to PostgreSQL now. Call it before the database is closed. Keeps the counts when the write fails. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const notes = [...this.#notes.values()];
    this.#notes.clear();
    for (const note of notes) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- only a few accounts
        await addUsage(this.#db, note);
      } catch (error) {
        this.#log.warn(
          { portalId: note.portalId, error: String(error) },
          'the count of HubSpot requests could not be stored yet',
        );
        this.#keep(note);
      }
    }
  }

  #keep(old: Noted): void {
    const newer = this.#notes.get(old.portalId);
    if (newer === undefined) {
      this.#notes.set(old.portalId, old);
      return;
    }
    for (const [day, calls] of old.calls) newer.calls.set(day, (newer.calls.get(day) ?? 0) + calls);
    if (newer.answeredAt !== null) return;
    newer.answeredAt = old.answeredAt;
    newer.silentSince = old.silentSince ?? newer.silentSince;
    newer.failures += old.failures;
  }
}

function empty(portalId: number, now: Date): Noted {
  return { portalId, calls: new Map(), answeredAt: null, triedAt: now, silentSince: null, failures: 0 };
}
