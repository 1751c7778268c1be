import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleWhen } from 'cockatiel';
import { isOutage } from './errors';

/** This many failures in a row, with no success between, are an outage and not bad luck. */
const FAILURES_IN_A_ROW = 8;
const FIRST_PROBE_MS = 5_000;
const LONGEST_PROBE_MS = 5 * 60_000;

/** HubSpot does not answer for this account. Nothing was sent. The caller should retry later and not keep a slot. */
export class HubSpotDownError extends Error {
  override readonly name = 'HubSpotDownError';
  constructor(
    /** Duration of the outage so far, in milliseconds. */
    readonly downForMs: number,
    readonly retryMs: number,
  ) {
    super('HubSpot is not answering for this account: not asking again for a while');
  }
}

/**
 * Keeps a HubSpot outage from filling the workers. During an outage, one probe at a time goes out, at growing
 * intervals, and all other callers are asked to retry later. One circuit per portal and process.
 */
export class Circuit {
  readonly #policy;
  readonly #timeScale: number;
  #downSince: number | null = null;

  /**
   * @param timeScale - multiplies the time between probes (`SYNC_TIME_SCALE`)
   * @param onChange - called when the circuit opens, and when HubSpot answers again
   */
  constructor(timeScale: number, onChange: (change: 'opened' | 'closed') => void = () => undefined) {
    this.#timeScale = timeScale;
    this.#policy = circuitBreaker(handleWhen(isOutage), {
      breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: FIRST_PROBE_MS * timeScale,
        maxDelay: LONGEST_PROBE_MS * timeScale,
      }),
    });
    this.#policy.onBreak(() => {
      // A failed probe opens the circuit again.
      if (this.#downSince !== null) return;
      this.#downSince = Date.now();
      onChange('opened');
    });
    this.#policy.onReset(() => {
      if (this.#downSince === null) return;
      this.#downSince = null;
      onChange('closed');
    });
  }

  /**
   * Does the work unless the circuit is open.
   *
   * @throws {@link HubSpotDownError}, or what the work throws
   */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#policy.execute(work);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      const downForMs = Date.now() - (this.#downSince ?? Date.now());
      const retryMs = Math.max(
        FIRST_PROBE_MS * this.#timeScale,
        Math.min(LONGEST_PROBE_MS * this.#timeScale, downForMs / 2),
      );
      throw new HubSpotDownError(downForMs, retryMs);
    }
  }
}
