import { DateTime } from 'luxon';
import type { Budget } from '../store/schema';
import { HubSpotError, type RateLimit } from './errors';
import type { Limiter } from './limiter';
import type { HubSpotAnswer, HubSpotRequest, HubSpotTransport } from './transport';

/** Gives access tokens; `rejected` is one that HubSpot just refused. */
export type AccessTokenSource = (rejected: string | null) => Promise<string>;

/**
 * One HubSpot account as seen by everything above: sends requests with a good token, within the account's limits.
 */
export class Portal {
  readonly id: number;
  readonly #transport: HubSpotTransport;
  readonly #limiter: Limiter;
  readonly #accessToken: AccessTokenSource;
  readonly #timeZone: string;

  constructor(options: {
    id: number;
    timeZone: string;
    transport: HubSpotTransport;
    limiter: Limiter;
    accessToken: AccessTokenSource;
  }) {
    this.id = options.id;
    this.#timeZone = options.timeZone;
    this.#transport = options.transport;
    this.#limiter = options.limiter;
    this.#accessToken = options.accessToken;
  }

  /** Waits for a slot of a budget; throws `BudgetExhaustedError` when none comes soon. */
  slot(budget: Budget): Promise<void> {
    return this.#limiter.slot(this.id, budget);
  }

  /**
   * Sends a request for which a slot was taken. A 401 leads to one refresh and one repeat: HubSpot applies nothing of
   * an unauthorised request. A 429 closes the budget for all workers.
   *
   * @throws `HubSpotError`; `NotConnectedError` when nobody may send any more
   */
  async send(request: Omit<HubSpotRequest, 'accessToken'>, budget: Budget): Promise<HubSpotAnswer> {
    const accessToken = await this.#accessToken(null);
    try {
      return await this.#sendWith(accessToken, request, budget);
    } catch (error) {
      if (!(error instanceof HubSpotError) || error.decision.do !== 'refresh') throw error;
      const fresh = await this.#accessToken(accessToken);
      await this.slot(budget);
      return await this.#sendWith(fresh, request, budget);
    }
  }

  async #sendWith(
    accessToken: string,
    request: Omit<HubSpotRequest, 'accessToken'>,
    budget: Budget,
  ): Promise<HubSpotAnswer> {
    try {
      return await this.#transport.send({ ...request, accessToken });
    } catch (error) {
      if (error instanceof HubSpotError && error.decision.do === 'wait') {
        const { limit, afterMs } = error.decision;
        await this.#limiter.close(this.id, budget, afterMs ?? this.#windowMs(limit), limit);
      }
      throw error;
    }
  }

  #windowMs(limit: RateLimit): number {
    switch (limit) {
      case 'second':
        return 1_000;
      case 'ten_seconds':
        return 10_000;
      case 'day':
        return this.#msUntilMidnight();
      case 'migration':
        return 3_600_000;
    }
  }

  /** The daily limit ends at midnight in the account's time zone (usage guidelines). */
  #msUntilMidnight(): number {
    const zoned = DateTime.now().setZone(this.#timeZone);
    const now = zoned.isValid ? zoned : DateTime.utc();
    return now.plus({ days: 1 }).startOf('day').diff(now).toMillis();
  }
}
