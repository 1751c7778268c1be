import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { addUsage, dayIn, type UsageNote } from './store/hubspot-usage';
import type { Database } from './store/schema';

/** A page that is five seconds behind is fine; a write for every request is not. */
const FLUSH_MS = 5_000;

type Noted = { -readonly [Field in keyof UsageNote]: UsageNote[Field] } & { readonly calls: Map<string, number> };

/**
 * Counts the requests to each HubSpot account, and notices when one stops answering. It is kept here and added to
 * PostgreSQL every few seconds: one statement or two for an account that was called, whatever the number of calls.
 * What a killed process had not told yet is missing from the count.
 */
export class Usage {
  readonly #db: Kysely<Database>;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #notes = new Map<number, Noted>();
  #timer: NodeJS.Timeout | null = null;

  constructor({ db, log }: { db: Kysely<Database>; log: Pick<Logger, 'warn'> }) {
    this.#db = db;
    this.#log = log;
  }

  /**
   * One request was sent.
   *
   * @param timeZone - the account's, whose midnight ends HubSpot's day
   * @param answered - false when no answer came, or a fault of HubSpot's servers
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

  /** Tells PostgreSQL now. Call it before the database is closed; while the database is away, the counts are kept. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const notes = [...this.#notes.values()];
    this.#notes.clear();
    for (const note of notes) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- few, and nobody waits
        await addUsage(this.#db, note);
      } catch (error) {
        this.#log.warn({ portalId: note.portalId, error: String(error) }, 'calls of HubSpot could not be counted yet');
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
