import { setTimeout as sleep } from 'node:timers/promises';
import type { HubSpotLimits } from '../../config';
import {
  closeBudget,
  closeBudgetBriefly,
  learnSpacing,
  openBudget,
  reopenBudgets,
  reserveSlot,
  slowBudget,
} from '../../store/connections/budgets';
import type { Budget } from '../../store/connections/tables';
import type { DbPool } from '../../store/database';
import { WINDOW_MS } from './rate-limits';
import { loadSearchShare } from '../../store/settings/settings';
import { Urgency } from './urgency';

/**
 * Longest wait for a slot. If it would take longer, the activity fails, which frees its worker slot, and Temporal
 * retries it.
 */
const MAX_WAIT_MS = 5_000;

/**
 * Bulk work reserves only a slot that is almost due. So a live call waits behind at most one slot of bulk work, and what
 * live calls do not use is free for bulk work.
 */
const BULK_AHEAD_MS = 100;
/** Longest wait of bulk work for a slot. */
const BULK_MAX_WAIT_MS = 30_000;

/**
 * HubSpot counts arrivals in a rolling window. This slack keeps a late packet and an early one from falling into the
 * same window.
 */
const WINDOW_SLACK_MS = 150;

/** HubSpot's limits for an OAuth app, per HubSpot account ("API usage guidelines and limits"). */
const HUBSPOT_OAUTH_LIMITS = { requestsPer10Seconds: 110, searchesPerSecond: 5, associationRequestsPer10Seconds: 100 };

/** How many requests in ten seconds a spacing allows. HubSpot's own limit while the account's is not known. */
export function requestsPer10Seconds(spacingMs: number | null): number {
  if (spacingMs === null) return HUBSPOT_OAUTH_LIMITS.requestsPer10Seconds;
  return Math.round((WINDOW_MS.ten_seconds + WINDOW_SLACK_MS) / spacingMs);
}

/** A budget has no free slot soon. Nothing was sent. */
export class BudgetExhaustedError extends Error {
  override readonly name = 'BudgetExhaustedError';
  constructor(
    readonly budget: Budget,
    readonly retryMs: number,
    /** Why HubSpot closed the budget (`ten_seconds`, `day` …). Null if it is only busy. */
    readonly closed: string | null,
  ) {
    super(`HubSpot's ${budget} budget of this account has no free slot for ${Math.ceil(retryMs / 1000)} s`);
  }
}

/** Whether a budget that was closed for this reason opens again in moments. Null means that it is only used up. */
export function isBusy(closed: string | null): boolean {
  return closed === null || closed === 'second' || closed === 'ten_seconds';
}

/** The result of one request for a slot. */
export interface LimiterSlot {
  readonly budget: Budget;
  readonly waitMs: number;
  /** Null if a slot was granted. Otherwise the HubSpot limit that closed the budget, or `busy`. */
  readonly refused: string | null;
}

/**
 * Keeps to HubSpot's limits per account, shared by all workers through PostgreSQL. There are three budgets: requests in
 * ten seconds, searches in a second, and association batches in ten seconds, which HubSpot counts apart (usage
 * guidelines).
 */
export class Limiter {
  readonly #db: DbPool;
  readonly #observe: (slot: LimiterSlot) => void;
  /** Spacing until HubSpot's headers report the limit. */
  readonly #spacingMs: Record<Budget, number>;
  /** Smallest spacing, even if HubSpot reports a higher limit. */
  readonly #ceilingMs: Record<Budget, number>;
  readonly #learned = new Map<string, number>();
  /** Budgets for which this process sends the probe. */
  readonly #probes = new Set<string>();
  /** The account's limit, shared by all apps. */
  readonly #searchesPerSecond: number;

  /** @param limits - configured limits; null for HubSpot's, which headers then correct */
  constructor(db: DbPool, limits: HubSpotLimits, observe: (slot: LimiterSlot) => void = () => undefined) {
    this.#db = db;
    this.#observe = observe;
    const associationRequestsPer10Seconds =
      limits.associationRequestsPer10Seconds ?? HUBSPOT_OAUTH_LIMITS.associationRequestsPer10Seconds;
    // The headers of association answers may describe the other budget (HubSpot does not say), so they can only slow
    // this one down.
    this.#ceilingMs = spaced({ ...limits, associationRequestsPer10Seconds });
    this.#searchesPerSecond = limits.searchesPerSecond ?? HUBSPOT_OAUTH_LIMITS.searchesPerSecond;
    this.#spacingMs = spaced({
      requestsPer10Seconds: limits.requestsPer10Seconds ?? HUBSPOT_OAUTH_LIMITS.requestsPer10Seconds,
      searchesPerSecond: this.#searchesPerSecond,
      associationRequestsPer10Seconds,
    });
  }

  /**
   * Waits for the next free slot. Bulk work lets live work go first.
   *
   * @param options - `urgency`: `@default` that of the current work; `isRepeat`: HubSpot refused the request before, so it
   *   goes first once the budget opens: it probes the budget, and many inputs may wait for its answer (`@default false`)
   * @throws {@link BudgetExhaustedError} if it is further away than a worker should wait
   */
  async slot(
    portalId: number,
    budget: Budget,
    { urgency = new Urgency(), isRepeat = false }: { readonly urgency?: Urgency; readonly isRepeat?: boolean } = {},
  ): Promise<void> {
    const spacingMs =
      budget === 'search' ? spacing(WINDOW_MS.second, await this.#ourSearches(portalId)) : this.#spacingMs[budget];
    const askedAt = performance.now();
    for (;;) {
      const maxWaitMs = urgency.urgent ? MAX_WAIT_MS : BULK_AHEAD_MS;
      // oxlint-disable-next-line no-await-in-loop -- until a slot is granted
      const slot = await reserveSlot(this.#db, { portalId, budget, spacingMs, maxWaitMs });
      if (slot.granted) {
        if (slot.probe) this.#probes.add(`${portalId}/${budget}`);
        this.#observe({ budget, waitMs: slot.waitMs, refused: null });
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (slot.waitMs > 1) await sleep(slot.waitMs);
        return;
      }
      const againMs = askAgainAfter(slot, {
        urgent: urgency.urgent,
        waitedMs: performance.now() - askedAt,
        spreadMs: isRepeat ? 0 : Math.random() * spacingMs,
      });
      if (againMs === null) {
        this.#observe({ budget, waitMs: 0, refused: slot.closed ?? 'busy' });
        throw new BudgetExhaustedError(budget, slot.retryMs, slot.closed);
      }
      // oxlint-disable-next-line no-await-in-loop -- as above
      await (urgency.urgent ? sleep(againMs) : Promise.race([sleep(againMs), urgency.hurried]));
    }
  }

  /**
   * Closes a budget for all workers, after HubSpot answered 429.
   *
   * @param forMs - milliseconds; null if HubSpot does not say when its rolling window has room again
   */
  async close(portalId: number, budget: Budget, forMs: number | null, reason: string): Promise<void> {
    this.#probes.delete(`${portalId}/${budget}`);
    if (forMs === null) await closeBudgetBriefly(this.#db, { portalId, budget, reason });
    else await closeBudget(this.#db, { portalId, budget, forMs, reason });
  }

  /** Opens a budget again, if the request that HubSpot just answered was its probe. */
  async accepted(portalId: number, budget: Budget): Promise<void> {
    if (this.#probes.delete(`${portalId}/${budget}`)) await openBudget(this.#db, portalId, budget);
  }

  /** Slows our searches down for a while, after HubSpot refused one. Other apps use its limit, too. */
  async slowSearches(portalId: number): Promise<void> {
    await slowBudget(this.#db, { portalId, budget: 'search', perSecond: await this.#ourSearches(portalId) });
  }

  async #ourSearches(portalId: number): Promise<number> {
    return ourSearches(this.#searchesPerSecond, await loadSearchShare(this.#db, portalId));
  }

  /** Reopens the account before the limit that closed it ends. */
  async reopen(portalId: number): Promise<void> {
    await reopenBudgets(this.#db, portalId);
  }

  /**
   * Reads the account's limit from an answer's headers, if HubSpot sends them (search answers carry none). A configured
   * limit stays the ceiling.
   */
  async learn(portalId: number, budget: Budget, headers: Headers): Promise<void> {
    const [max, remaining, intervalMs] = HEADERS.map((name) => Number(headers.get(name) ?? Number.NaN));
    if (!isPositive(max) || !isPositive(intervalMs)) return;
    const spacingMs = Math.max(spacing(intervalMs, max), this.#ceilingMs[budget]);
    const key = `${portalId}/${budget}`;
    if (this.#learned.get(key) === spacingMs) return;
    this.#learned.set(key, spacingMs);
    const used = remaining === undefined || Number.isNaN(remaining) ? 0 : Math.max(0, max - remaining);
    await learnSpacing(this.#db, { portalId, budget, spacingMs, used });
  }
}

/**
 * When to ask again for a slot that was not granted.
 *
 * @param asked - `waitedMs`: how long the caller has waited; `spreadMs`: keeps callers from asking at the same moment
 * @returns milliseconds, or null to give up
 */
export function askAgainAfter(
  { retryMs, closed }: { readonly retryMs: number; readonly closed: string | null },
  { urgent, waitedMs, spreadMs }: { readonly urgent: boolean; readonly waitedMs: number; readonly spreadMs: number },
): number | null {
  if (!isBusy(closed) || waitedMs + retryMs > (urgent ? MAX_WAIT_MS : BULK_MAX_WAIT_MS)) return null;
  // During a closure, no slot is reserved ahead.
  if (closed !== null) return retryMs + spreadMs;
  // A live call that found a free slot too far away only gives up.
  return urgent ? null : Math.max(0, retryMs - BULK_AHEAD_MS) + spreadMs;
}

/**
 * How many searches a second are ours.
 *
 * @param limit - what the account allows all apps together
 * @param share - the workspace's setting: how many of HubSpot's five are ours. A higher limit leaves others as many as
 *   five does; a lower one is never exceeded.
 */
export function ourSearches(limit: number, share: number): number {
  return Math.min(limit, Math.max(share, limit - (HUBSPOT_OAUTH_LIMITS.searchesPerSecond - share)));
}

const HEADERS = [
  'X-HubSpot-RateLimit-Max',
  'X-HubSpot-RateLimit-Remaining',
  'X-HubSpot-RateLimit-Interval-Milliseconds',
];

function spaced(limits: HubSpotLimits): Record<Budget, number> {
  return {
    requests: spacing(WINDOW_MS.ten_seconds, limits.requestsPer10Seconds ?? Infinity),
    search: spacing(WINDOW_MS.second, limits.searchesPerSecond ?? Infinity),
    associations: spacing(WINDOW_MS.ten_seconds, limits.associationRequestsPer10Seconds ?? Infinity),
  };
}

function isPositive(value: number | undefined): value is number {
  return value !== undefined && value > 0;
}

function spacing(windowMs: number, limit: number): number {
  return (windowMs + WINDOW_SLACK_MS) / limit;
}
