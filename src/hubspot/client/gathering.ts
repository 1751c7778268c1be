import { Urgency } from './urgency';

/**
 * Without another input for this long, the passes that ask at the same time have all asked. Longer than the pauses between
 * inputs of passes that run side by side, on a busy machine too.
 */
const QUIET_MS = 200;

/** How long a batch waits for more inputs. In milliseconds. */
export interface Linger {
  /** Once an input of live work has joined it. */
  readonly live: number;
  readonly bulk: number;
}

/** The inputs of the next batch of one kind, from the first one until the batch leaves. */
export class Gathering {
  /** That of the request which sends the batch. */
  readonly urgency = new Urgency(false);
  readonly #mostInputs: number;
  readonly #complete = Promise.withResolvers<void>();
  #inputs = 0;
  #quiet: NodeJS.Timeout | null = null;

  /** @param mostInputs - with so many, it waits no longer */
  constructor(mostInputs: number) {
    this.#mostInputs = mostInputs;
  }

  /** Counts an input. */
  joined(isLive: boolean): void {
    this.#inputs += 1;
    if (this.#inputs >= this.#mostInputs) this.#complete.resolve();
    if (isLive) this.urgency.hurry();
    this.#quiet = this.#quiet?.refresh() ?? this.#completeAfter(QUIET_MS);
  }

  /** Resolves when the batch should leave: it is full, no more inputs come, or it has waited long enough. */
  async done(linger: Linger): Promise<void> {
    const timers = [this.#completeAfter(linger.bulk)];
    void this.urgency.hurried.then(() => timers.push(this.#completeAfter(linger.live)));
    await this.#complete.promise;
    for (const timer of [...timers, this.#quiet ?? undefined]) clearTimeout(timer);
  }

  #completeAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#complete.resolve(), ms);
  }
}
