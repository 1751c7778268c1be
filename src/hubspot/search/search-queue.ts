import { setTimeout as sleep } from 'node:timers/promises';
import { currentCaller, onBehalfOf, type Caller } from '../client/batch-callers';
import { HubSpotError } from '../client/errors';
import { BudgetExhaustedError, isBusy } from '../client/limiter';
import type { Portal } from '../client/portal';
import { isBulk, Urgency, withUrgency } from '../client/urgency';

/** Questions that are asked within this time share a search. */
const LINGER_MS = 10;
/** A question that was not sent by then fails. Its asker keeps the answers that it has, and retries later. */
const PATIENCE_MS = 5_000;
/** HubSpot's own client keeps the same number of searches under way. */
const MOST_IN_FLIGHT = 3;
/** Assumed duration of a search until one is measured. */
const FIRST_GUESS_MS = 400;

/**
 * On whose behalf questions are asked, compared by identity. Askers take turns, regardless of how many questions one
 * has.
 */
export interface Asker {
  /** Once it aborts, questions that were not sent fail. */
  readonly signal?: AbortSignal | undefined;
}

interface Question<Answer> {
  readonly input: string;
  readonly asker: Asker;
  readonly caller: Caller;
  readonly deadline: number;
  readonly isLive: boolean;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * Merges questions of concurrent activities for one account into searches. A search leaves when the limiter grants a
 * slot. It waits for only one slot at a time, so neither a large meeting nor one worker blocks the slots that others
 * wait for. Within a search, askers take turns. A search that HubSpot refuses with 429 is repeated.
 */
export class SearchQueue<Answer> {
  readonly #portal: Pick<Portal, 'slot'>;
  readonly #fits: (inputs: readonly string[]) => boolean;
  readonly #send: (inputs: readonly string[]) => Promise<readonly Answer[]>;
  /** In the order of turns. */
  readonly #waiting = new Map<Asker, Question<Answer>[]>();
  #running = false;
  #inFlight = 0;
  #landed: () => void = () => undefined;
  #msEach = FIRST_GUESS_MS;
  #lastSize = 1;
  /** Of the slot that is waited for. */
  #urgency = new Urgency(false);

  /**
   * @param options - `fits`: whether HubSpot accepts these inputs in one search; `send`: searches for inputs that fit,
   *   for which a slot was taken, and answers each at its position
   */
  constructor(
    portal: Pick<Portal, 'slot'>,
    options: {
      fits: (inputs: readonly string[]) => boolean;
      send: (inputs: readonly string[]) => Promise<readonly Answer[]>;
    },
  ) {
    this.#portal = portal;
    this.#fits = options.fits;
    this.#send = options.send;
  }

  /** @throws `BudgetExhaustedError` if the question could not be sent soon, `HubSpotError` … */
  async ask(input: string, asker: Asker): Promise<Answer> {
    return await new Promise<Answer>((resolve, reject) => {
      const deadline = Date.now() + PATIENCE_MS;
      const isLive = !isBulk();
      const question = { input, asker, caller: currentCaller(), deadline, isLive, resolve, reject };
      const withdraw = () => this.#withdraw(question);
      const timer = setTimeout(withdraw, PATIENCE_MS);
      asker.signal?.addEventListener('abort', withdraw, { once: true });
      const settled = <Value>(settle: (value: Value) => void) => {
        return (value: Value) => {
          clearTimeout(timer);
          asker.signal?.removeEventListener('abort', withdraw);
          settle(value);
        };
      };
      question.resolve = settled(resolve);
      question.reject = settled(reject);
      if (asker.signal?.aborted === true) return question.reject(this.#exhausted());
      this.#put([question], 'last');
      if (isLive) this.#urgency.hurry();
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- sequential: one slot at a time
        await sleep(LINGER_MS);
        // oxlint-disable-next-line no-await-in-loop -- as above
        while (this.#inFlight >= MOST_IN_FLIGHT) await new Promise<void>((resolve) => (this.#landed = resolve));
        if (this.#waiting.size === 0) return;
        const startedAt = performance.now();
        // oxlint-disable-next-line no-await-in-loop -- as above
        const granted = await this.#slot();
        if (!granted) continue;
        const batch = this.#take();
        this.#msEach = (this.#msEach * 3 + (performance.now() - startedAt)) / 4;
        if (batch.length > 0) void this.#answer(batch);
      }
    } finally {
      this.#running = false;
    }
  }

  async #slot(): Promise<boolean> {
    this.#urgency = new Urgency([...this.#waiting.values()].some(([first]) => first?.isLive === true));
    try {
      await this.#portal.slot('search', this.#urgency);
      return true;
    } catch (error) {
      if (error instanceof BudgetExhaustedError && isBusy(error.closed)) await sleep(Math.min(error.retryMs, 1_000));
      else for (const question of this.#takeAll()) question.reject(error);
      return false;
    }
  }

  /** Takes one question of each asker in turn, live ones first, as many as fit into one search. */
  #take(): Question<Answer>[] {
    const batch: Question<Answer>[] = [];
    const inputs = new Set<string>();
    for (;;) {
      const turns = [...this.#waiting];
      const turn = turns.find(([, [first]]) => first?.isLive === true) ?? turns[0];
      if (turn === undefined) return batch;
      const [asker, questions] = turn;
      const [next] = questions;
      if (next === undefined) return batch;
      if (batch.length > 0 && !inputs.has(next.input) && !this.#fits([...inputs, next.input])) return batch;
      this.#waiting.delete(asker);
      if (questions.length > 1) this.#waiting.set(asker, questions.slice(1));
      inputs.add(next.input);
      batch.push(next);
    }
  }

  async #answer(batch: readonly Question<Answer>[]): Promise<void> {
    this.#inFlight += 1;
    const inputs = [...new Set(batch.map(({ input }) => input))];
    this.#lastSize = inputs.length;
    try {
      const callers = batch.map(({ caller }) => caller);
      const isLive = batch.some((question) => question.isLive);
      const answers = await withUrgency(isLive, () => onBehalfOf(callers, () => this.#send(inputs)));
      const byInput = new Map(inputs.map((input, index) => [input, answers[index]]));
      for (const question of batch) {
        const answer = byInput.get(question.input);
        if (answer === undefined) question.reject(new Error('a search left an input unanswered'));
        else question.resolve(answer);
      }
    } catch (error) {
      this.#again(batch, error);
    } finally {
      this.#inFlight -= 1;
      this.#landed();
    }
  }

  /** HubSpot applied nothing of a search that reached the limit, so it is repeated while its askers wait. */
  #again(batch: readonly Question<Answer>[], error: unknown): void {
    const now = Date.now();
    const again = metLimit(error)
      ? batch.filter(({ deadline, asker }) => deadline > now && asker.signal?.aborted !== true)
      : [];
    const kept = new Set(again);
    for (const question of batch) if (!kept.has(question)) question.reject(metLimit(error) ? this.#exhausted() : error);
    this.#put(again, 'first');
    if (again.length > 0 && !this.#running) void this.#run();
  }

  #put(questions: readonly Question<Answer>[], place: 'first' | 'last'): void {
    for (const question of questions) {
      const others = this.#waiting.get(question.asker) ?? [];
      this.#waiting.set(question.asker, place === 'first' ? [question, ...others] : [...others, question]);
    }
  }

  #withdraw(question: Question<Answer>): void {
    const questions = this.#waiting.get(question.asker) ?? [];
    if (!questions.includes(question)) return;
    const left = questions.filter((other) => other !== question);
    if (left.length === 0) this.#waiting.delete(question.asker);
    else this.#waiting.set(question.asker, left);
    question.reject(this.#exhausted(left.length + 1));
  }

  #takeAll(): Question<Answer>[] {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return all;
  }

  #exhausted(left = 1): BudgetExhaustedError {
    return new BudgetExhaustedError('search', Math.ceil(left / this.#lastSize) * this.#msEach, null);
  }
}

function metLimit(error: unknown): boolean {
  if (error instanceof BudgetExhaustedError) return isBusy(error.closed);
  return error instanceof HubSpotError && error.failure.kind === 'wait' && isBusy(error.failure.limit);
}
