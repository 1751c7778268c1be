import { bulkhead, BulkheadRejectedError, type BulkheadPolicy } from 'cockatiel';
import { setTimeout as delay } from 'node:timers/promises';
import { tooManyRequests } from '../limits';
import { ProblemError } from './problems';

/** A body above this size is large: large bodies are read and processed in turns. */
export const LARGE_BODY_BYTES = 256 * 1024;

/** Limits the large bodies of one workspace: those being read, and those waiting unread. */
const LARGE_AT_ONCE = 4;
const LARGE_WAITING = 50;
/** Limits the bodies of one sender that are read at once, and their bytes. Senders without a key get less. */
const BODIES = { workspace: 1_000, address: 200 };
const BYTES = { workspace: 64 * 1024 * 1024, address: 16 * 1024 * 1024 };
/** Limits the bytes of all senders together. */
const ALL_BYTES = 256 * 1024 * 1024;
const RETRY_SECONDS = 2;

/**
 * A pause for other requests follows the processing of a large body, four times as long. The pause is capped, because
 * with a slow database most of that time is spent waiting.
 */
const PAUSE_FACTOR = 4;
const LONGEST_PAUSE_MS = 1_000;

/** The sender of a body. */
export interface Sender {
  readonly kind: 'workspace' | 'address';
  readonly id: string;
}

/**
 * Limits the bodies that are read or processed at once, for each sender and for all together, so that one sender cannot
 * use up the memory and time of the others.
 */
export class InFlight {
  readonly #senders = new Map<string, { bodies: number; bytes: number }>();
  readonly #queues = new Map<string, BulkheadPolicy>();
  readonly #turns = bulkhead(1, Number.MAX_SAFE_INTEGER);
  #bytes = 0;

  /**
   * Reserves room for a body until `ended`.
   *
   * @throws {@link ProblemError} 429 when this sender's bodies exceed its limit, 503 when all bodies together exceed
   *   theirs
   */
  take({ kind, id }: Sender, bytes: number, ended: Promise<void>): void {
    const key = `${kind}:${id}`;
    const open = this.#senders.get(key) ?? { bodies: 0, bytes: 0 };
    if (open.bodies >= BODIES[kind] || (open.bodies > 0 && open.bytes + bytes > BYTES[kind]))
      throw tooManyRequests(`Too many bodies of this ${kind} are being sent at once.`, RETRY_SECONDS);
    if (this.#bytes + bytes > ALL_BYTES)
      throw new ProblemError('overloaded', 'Too many bodies are being sent at once.', {
        headers: { 'retry-after': String(RETRY_SECONDS) },
      });
    this.#senders.set(key, { bodies: open.bodies + 1, bytes: open.bytes + bytes });
    this.#bytes += bytes;
    void this.#leave(key, bytes, ended);
  }

  async #leave(key: string, bytes: number, ended: Promise<void>): Promise<void> {
    await ended;
    this.#bytes -= bytes;
    const left = this.#senders.get(key);
    if (left === undefined || left.bodies <= 1) this.#senders.delete(key);
    else this.#senders.set(key, { bodies: left.bodies - 1, bytes: left.bytes - bytes });
  }

  /**
   * Waits, before a large body is read, until few others of its sender are in progress.
   *
   * @throws {@link ProblemError} 429
   */
  async queue({ kind, id }: Sender, ended: Promise<void>): Promise<void> {
    const key = `${kind}:${id}`;
    const queue = this.#queues.get(key) ?? bulkhead(LARGE_AT_ONCE, LARGE_WAITING);
    this.#queues.set(key, queue);
    const begun = Promise.withResolvers<void>();
    const run = queue.execute(async () => {
      begun.resolve();
      await ended;
    });
    run
      .finally(() => {
        if (queue.executionSlots === LARGE_AT_ONCE && queue.queueSlots === LARGE_WAITING) this.#queues.delete(key);
      })
      .catch((error: unknown) => {
        const full = error instanceof BulkheadRejectedError;
        const detail = `Too many large bodies of this ${kind} are waiting.`;
        begun.reject(full ? tooManyRequests(detail, RETRY_SECONDS) : error);
      });
    await begun.promise;
  }

  /** Waits for the turn to process a large body. The turn lasts until `ended`. */
  async turn(ended: Promise<void>): Promise<void> {
    const begun = Promise.withResolvers<void>();
    void this.#turns.execute(async () => {
      begun.resolve();
      const startedAt = performance.now();
      await ended;
      await delay(Math.min((performance.now() - startedAt) * PAUSE_FACTOR, LONGEST_PAUSE_MS), undefined, {
        ref: false,
      });
    });
    await begun.promise;
  }
}
