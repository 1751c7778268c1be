import { DateTime } from 'luxon';
import type { Budget } from '../../store/connections/tables';
import { HubSpotDownError, type Circuit } from './circuit';
import { HubSpotError, isOutage, needsFreshToken } from './errors';
import { isBusy, type Limiter } from './limiter';
import { WINDOW_MS, type RateLimit } from './rate-limits';
import type { Urgency } from './urgency';
import { HUBSPOT_API_VERSION, type HubSpotAnswer, type HubSpotRequest, type HubSpotTransport } from './transport';

/** After this many repeats of a request, its step decides how to go on. */
const MOST_REPEATS = 4;
/** While an account is busy, a wait of one second saves enough calls to be worth it. */
const LONGEST_LINGER_MS = 1_000;

/** Provides access tokens. `rejected` is a token that HubSpot just refused. */
export type AccessTokenSource = (rejected: string | null) => Promise<string>;

/** Called when the account of an access token must be connected again, before the caller gets the error. */
export type ReauthorizeObserver = (accessToken: string, error: HubSpotError) => Promise<void>;

/** Called for every request that was sent. `answered` is false for silence and for errors of HubSpot's servers. */
export type SentObserver = (sent: { portalId: number; timeZone: string; answered: boolean }) => void;

/** An error before the request left: nothing was applied. `cause` has the error. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/**
 * One HubSpot account, as all code above uses it. Sends requests with a valid token, within the account's limits, and
 * not at all while HubSpot is down.
 */
export class Portal {
  readonly id: number;
  /** How long a batch waits for more inputs at most, in milliseconds. */
  readonly longestLingerMs: number;
  readonly #transport: HubSpotTransport;
  readonly #limiter: Limiter;
  readonly #accessToken: AccessTokenSource;
  readonly #timeZone: string;
  readonly #circuit: Circuit;
  readonly #onSent: SentObserver;
  readonly #onReauthorize: ReauthorizeObserver;

  constructor(options: {
    id: number;
    timeZone: string;
    transport: HubSpotTransport;
    limiter: Limiter;
    circuit: Circuit;
    accessToken: AccessTokenSource;
    onSent: SentObserver;
    onReauthorize: ReauthorizeObserver;
    longestLingerMs?: number | undefined;
  }) {
    this.id = options.id;
    this.longestLingerMs = options.longestLingerMs ?? LONGEST_LINGER_MS;
    this.#timeZone = options.timeZone;
    this.#transport = options.transport;
    this.#limiter = options.limiter;
    this.#circuit = options.circuit;
    this.#accessToken = options.accessToken;
    this.#onSent = options.onSent;
    this.#onReauthorize = options.onReauthorize;
  }

  /**
   * Waits for a slot of a budget.
   *
   * @param urgency - `@default` that of the current work
   * @throws `BudgetExhaustedError` if no slot is free soon
   */
  slot(budget: Budget, urgency?: Urgency): Promise<void> {
    return this.#limiter.slot(this.id, budget, { urgency });
  }

  /**
   * Sends a request for which a slot was taken. HubSpot applies nothing of an unauthorised request, so a 401 leads to one
   * refresh and one repeat. The same holds for a 429, which closes the budget for all workers: when a rolling window is
   * full, the request is repeated once the budget opens again. Searches are repeated by their queue.
   *
   * @param sendBefore - `Date.now()` after which the request must not leave any more, regardless of what delayed it
   * @throws `HubSpotError` with HubSpot's answer, or {@link NotSentError}
   */
  async send(
    request: Omit<HubSpotRequest, 'accessToken'>,
    budget: Budget,
    sendBefore = Infinity,
  ): Promise<HubSpotAnswer> {
    let accessToken: string = await beforeSending(this.#accessToken(null));
    let isFresh = false;
    for (let repeats = 0; ; repeats += 1) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- repeats
        return await this.#sendWith(accessToken, request, budget, sendBefore);
      } catch (error) {
        if (!(error instanceof HubSpotError)) throw error;
        const isExpired: boolean = !isFresh && needsFreshToken(error);
        const isFull = repeats < MOST_REPEATS && budget !== 'search' && isWindowFull(error);
        if (!isExpired && !isFull) throw error;
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (isExpired) accessToken = await beforeSending(this.#accessToken(accessToken));
        isFresh ||= isExpired;
        // oxlint-disable-next-line no-await-in-loop -- as above
        await beforeSending(this.#limiter.slot(this.id, budget, { isRepeat: isFull }));
      }
    }
  }

  /**
   * Sends one cheap request even if the account is closed, and reopens it if HubSpot accepts the request.
   *
   * @throws `HubSpotError` with HubSpot's answer, or {@link NotSentError}
   */
  async probe(): Promise<void> {
    const path = `/crm/objects/${HUBSPOT_API_VERSION}/contacts`;
    await this.send({ method: 'GET', path, query: { limit: 1 } }, 'requests');
    await this.#limiter.reopen(this.id);
  }

  async #sendWith(
    accessToken: string,
    request: Omit<HubSpotRequest, 'accessToken'>,
    budget: Budget,
    sendBefore: number,
  ): Promise<HubSpotAnswer> {
    if (Date.now() > sendBefore) throw new NotSentError(new HubSpotError(request.path, { noAnswer: 'not_sent' }));
    try {
      const answer = await this.#circuit.run(() => this.#observed({ ...request, accessToken }));
      await this.#limiter.learn(this.id, budget, answer.headers);
      await this.#limiter.accepted(this.id, budget);
      return answer;
    } catch (error) {
      if (error instanceof HubSpotDownError) throw new NotSentError(error);
      // A request that HubSpot refused for another reason was within the limit.
      if (error instanceof HubSpotError && error.failure.kind !== 'wait' && !isOutage(error))
        await this.#limiter.accepted(this.id, budget);
      if (error instanceof HubSpotError && error.failure.kind === 'wait') await this.#close(budget, error.failure);
      if (error instanceof HubSpotError && error.failure.kind === 'reauthorize')
        await this.#onReauthorize(accessToken, error);
      throw error;
    }
  }

  async #observed(request: HubSpotRequest): Promise<HubSpotAnswer> {
    const sent = { portalId: this.id, timeZone: this.#timeZone };
    try {
      const answer = await this.#transport.send(request);
      this.#onSent({ ...sent, answered: true });
      return answer;
    } catch (error) {
      this.#onSent({ ...sent, answered: !isOutage(error) });
      throw error;
    }
  }

  async #close(budget: Budget, { limit, afterMs }: { limit: RateLimit; afterMs: number | null }): Promise<void> {
    const budgets = limit === 'day' || limit === 'migration' ? ALL_BUDGETS : [budget];
    const forMs = afterMs ?? this.#msClosed(limit);
    await Promise.all(budgets.map((each) => this.#limiter.close(this.id, each, forMs, limit)));
    if (budget === 'search' && isBusy(limit)) await this.#limiter.slowSearches(this.id);
  }

  /** How long a limit lasts if HubSpot does not say so. Null if only a probe can find out. */
  #msClosed(limit: RateLimit): number | null {
    switch (limit) {
      case 'ten_seconds':
        return null;
      case 'day':
        return this.#msUntilMidnight();
      default:
        return WINDOW_MS[limit];
    }
  }

  /** The daily limit ends at midnight in the account's time zone (usage guidelines). */
  #msUntilMidnight(): number {
    const zoned = DateTime.now().setZone(this.#timeZone);
    const now = zoned.isValid ? zoned : DateTime.utc();
    return now.plus({ days: 1 }).startOf('day').diff(now).toMillis();
  }
}

/** HubSpot refused the request, because the account made too many lately. */
function isWindowFull({ failure }: HubSpotError): boolean {
  return failure.kind === 'wait' && isBusy(failure.limit);
}

const ALL_BUDGETS: readonly Budget[] = ['requests', 'search', 'associations'];

async function beforeSending<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw new NotSentError(error);
  }
}
