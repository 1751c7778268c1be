import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { HubSpotLimits } from '../config';
import { closeBudget, reserveSlot } from '../store/budgets';
import type { Budget, Database } from '../store/schema';

/** Longer waits are not waited for: the activity fails, its worker slot is free, Temporal brings it back. */
const MAX_WAIT_MS = 5_000;

/** HubSpot counts arrivals in a rolling window: this much slack keeps a late packet from meeting an early one. */
const WINDOW_SLACK_MS = 100;

/** A budget has no free slot soon. Nothing was sent. */
export class BudgetExhaustedError extends Error {
  override readonly name = 'BudgetExhaustedError';
  constructor(
    readonly budget: Budget,
    readonly retryMs: number,
    /** Why HubSpot closed it (`ten_seconds`, `day` …), null when it is merely busy. */
    readonly closed: string | null,
  ) {
    super(`HubSpot's ${budget} budget of this account has no free slot for ${Math.ceil(retryMs / 1000)} s`);
  }
}

/**
 * HubSpot's limits per account, shared by all workers through PostgreSQL. Three budgets: requests in ten seconds,
 * searches in a second, and association batches in ten seconds, which HubSpot counts apart (usage guidelines).
 */
export class Limiter {
  readonly #db: Kysely<Database>;
  readonly #spacingMs: Record<Budget, number>;

  constructor(db: Kysely<Database>, limits: HubSpotLimits) {
    this.#db = db;
    this.#spacingMs = {
      requests: spacing(10_000, limits.requestsPer10Seconds),
      search: spacing(1_000, limits.searchesPerSecond),
      associations: spacing(10_000, limits.associationRequestsPer10Seconds),
    };
  }

  /**
   * Waits for the next free slot.
   *
   * @throws {@link BudgetExhaustedError} when it is further away than a worker should wait
   */
  async slot(portalId: number, budget: Budget): Promise<void> {
    const slot = await reserveSlot(this.#db, {
      portalId,
      budget,
      spacingMs: this.#spacingMs[budget],
      maxWaitMs: MAX_WAIT_MS,
    });
    if (!slot.granted) throw new BudgetExhaustedError(budget, slot.retryMs, slot.closed);
    if (slot.waitMs > 1) await sleep(slot.waitMs);
  }

  /** HubSpot answered 429: nobody sends on this budget for `forMs`. */
  async close(portalId: number, budget: Budget, forMs: number, reason: string): Promise<void> {
    await closeBudget(this.#db, { portalId, budget, forMs, reason });
  }
}

function spacing(windowMs: number, limit: number): number {
  return (windowMs + WINDOW_SLACK_MS) / limit;
}
