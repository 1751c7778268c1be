import { DevError } from './errors';
import type { Keeper } from './keeping';
import { SupervisedProcess, type ProcessOptions } from './supervised-process';

/** The programs of one `dev` or one test run: they end in the reverse order of their start. */
export class ProcessGroup {
  readonly #keeper: Keeper;
  readonly #onRestart: ((sentence: string) => void) | undefined;
  readonly #processes: SupervisedProcess[] = [];
  #stopped = false;

  /** @param onRestart - with it, a program that dies is started again, and this is told so in a sentence */
  constructor(keeper: Keeper, onRestart?: (sentence: string) => void) {
    this.#keeper = keeper;
    this.#onRestart = onRestart;
  }

  /** Starts one and waits until it serves. Throws {@link DevError} when it does not, or when the group was stopped. */
  async start(options: Omit<ProcessOptions, 'keeper' | 'onRestart'>): Promise<SupervisedProcess> {
    if (this.#stopped) throw new DevError(`${options.name} is not started: everything is being stopped`);
    const process = new SupervisedProcess({ ...options, keeper: this.#keeper, onRestart: this.#onRestart });
    this.#processes.push(process);
    await process.start();
    return process;
  }

  /** Ends all, one after the other, each in its own time; nothing starts afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const process of this.#processes.toReversed()) await process.stop();
  }

  /** Ends all at once, without asking. */
  kill(): void {
    this.#stopped = true;
    for (const process of this.#processes) process.kill();
  }
}
