import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StepFailure } from '../../temporal/failures';
import { PASS_STEPS } from '../../temporal/names';
import { classifyAndLog, publicMessage } from '../interceptors/failures';
import { stepHistory } from '../interceptors/history';
import { stepLogging } from '../interceptors/logging';
import type { ActivityDependencies } from '../dependencies';

/**
 * A failing step is retried within the bulk pass for this long after its first failure. Then its meeting gets a workflow,
 * which can wait longer.
 */
const PATIENCE_MS = 30_000;

/**
 * How long a step waits for what other work of the account uses up: searches, and slots of its limit. It includes the
 * attempts, which wait for slots themselves, so that a bulk pass ends in time.
 */
const LONG_PATIENCE_MS = 5 * 60_000;

/** The first pause after failures that look like an outage. Each pause is as long as all before it together, or longer. */
const OUTAGE_PAUSE_MS = 4_000;

/** The pass cannot go on without a longer wait or a person: the meeting's own workflow takes over. */
export class HandedOverError extends Error {
  override readonly name = 'HandedOverError';
  constructor(readonly failure: StepFailure) {
    super('the bulk pass hands this meeting over to its workflow');
  }
}

/** Where a step runs: the claim identifies the pass, and the run of the bulk workflow has it. */
export interface BulkRun {
  readonly token: string;
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * What a bulk pass does about a failed step.
 *
 * @param waitedMs - time since the first failure of this kind: one of HubSpot or our own, or a wait
 * @returns the time after which to retry the step, or null to hand the meeting over
 */
export function retryInBulk(failure: StepFailure, waitedMs: number, timeScale: number): number | null {
  if (failure.kind === 'retry') {
    // A retry that does not count as a failure waits for something short, such as a slot that live work uses first.
    const patienceMs = failure.counts ? PATIENCE_MS : LONG_PATIENCE_MS;
    return failure.afterMs > PATIENCE_MS || waitedMs + failure.afterMs > patienceMs ? null : failure.afterMs;
  }
  // HubSpot may fail only for this meeting. If it fails for all, their attempts open the circuit of the account meanwhile.
  if (failure.kind === 'wait' && failure.outage !== undefined) {
    const afterMs = Math.max(failure.ms, OUTAGE_PAUSE_MS * timeScale + waitedMs);
    return waitedMs + afterMs > PATIENCE_MS ? null : afterMs;
  }
  // A look-up that waits for searches gets further with every attempt.
  if (failure.kind === 'wait' && failure.sameStep === true)
    return waitedMs + failure.ms > LONG_PATIENCE_MS ? null : failure.ms;
  return null;
}

/** Runs the steps of a pass in this process, with the history, log lines and retries that a workflow's steps have. */
export class BulkSteps {
  readonly #dependencies: ActivityDependencies;
  readonly #run: BulkRun;
  readonly #passId = randomUUID();
  readonly #logging;
  readonly #history;
  readonly #running = new Set<Promise<unknown>>();
  readonly #errors: unknown[] = [];

  constructor(dependencies: ActivityDependencies, run: BulkRun) {
    this.#dependencies = dependencies;
    this.#run = run;
    this.#logging = stepLogging(dependencies);
    this.#history = stepHistory(dependencies);
  }

  /**
   * Runs a step until it succeeds. When the activity is cancelled, only the end of a pass still runs.
   *
   * @throws {@link HandedOverError}, or the cancellation
   */
  async do<Input, Result>(activity: string, input: Input, step: (input: Input) => Promise<Result>): Promise<Result> {
    const running = this.#untilDone(activity, input, step);
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      this.#errors.push(error);
      throw error;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Waits for steps that run beside a failed one, because a pass must not write after its end. @returns all errors */
  async errors(): Promise<readonly unknown[]> {
    await Promise.allSettled(this.#running);
    return this.#errors;
  }

  async #untilDone<Input, Result>(
    activity: string,
    input: Input,
    step: (input: Input) => Promise<Result>,
  ): Promise<Result> {
    if (activity !== PASS_STEPS.end) cancellationSignal().throwIfAborted();
    const since: { failing?: number; waiting?: number } = {};
    let failures = 0;
    for (let attempt = 1; ; attempt += 1) {
      const { workflowId, runId } = this.#run;
      const one = { activity, attempt, id: this.#passId, workflowId, runId };
      try {
        // oxlint-disable-next-line no-await-in-loop -- retries
        return await this.#logging(one, input, () =>
          this.#history(one, input, () => this.#decided(activity, failures, () => step(input))),
        );
      } catch (error) {
        if (!(error instanceof StepFailedError)) throw error;
        const { failure } = error;
        const counts = failure.kind === 'retry' && failure.counts;
        const now = performance.now();
        const isFailing = counts || (failure.kind === 'wait' && failure.outage !== undefined);
        const from = (since[isFailing ? 'failing' : 'waiting'] ??= now);
        const afterMs = retryInBulk(failure, now - from, this.#dependencies.timeScale);
        if (afterMs === null) throw new HandedOverError(failure);
        if (counts) failures += 1;
        // oxlint-disable-next-line no-await-in-loop -- as above
        await sleep(afterMs, undefined, { signal: cancellationSignal() });
      }
    }
  }

  async #decided<Result>(activity: string, failures: number, step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof ApplicationFailure || error instanceof CancelledFailure) throw error;
      const { log, timeScale } = this.#dependencies;
      const reference = `${this.#run.workflowId}/${activity}/${this.#run.token}`;
      const failure = classifyAndLog(error, { failures, timeScale, reference, now: Date.now() }, log, { activity });
      throw new StepFailedError(publicMessage(error, reference), failure);
    }
  }
}

/** A failed attempt of a step, with a message that the history may contain. */
class StepFailedError extends Error {
  override readonly name = 'StepFailedError';
  constructor(
    message: string,
    readonly failure: StepFailure,
  ) {
    super(message);
  }
}
