import { DevError } from './errors';
import type { Reaper } from './reaper-client';
import { SupervisedProcess, type ProcessOptions } from './supervised-process';

/** The programs of one `dev` or one test run. They are ended in the reverse order of their start. */
export class ProcessGroup {
  readonly #reaper: Reaper;
  readonly #onRestart: ((sentence: string) => void) | undefined;
  readonly #processes: SupervisedProcess[] = [];
  #stopped = false;

  /**
   * @param onRestart - receives a sentence when a program dies and is restarted. Without it, programs are not restarted
   */
  constructor(reaper: Reaper, onRestart?: (sentence: string) => void) {
    this.#reaper = reaper;
    this.#onRestart = onRestart;
  }

  /**
   * Starts a program and waits until it is ready.
   *
   * @throws {@link DevError} when it does not become ready, or after the group was stopped
   */
  async start(options: Omit<ProcessOptions, 'reaper' | 'onRestart'>): Promise<SupervisedProcess> {
    if (this.#stopped) throw new DevError(`${options.name} was not started: dev is stopping`);
    const process = new SupervisedProcess({ ...options, reaper: this.#reaper, onRestart: this.#onRestart });
    this.#processes.push(process);
    await process.start();
    return process;
  }

  /** Ends the programs one after the other, each within its grace period. No program starts afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const process of this.#processes.toReversed()) await process.stop();
  }

  /** Kills all programs at once. */
  kill(): void {
    this.#stopped = true;
    for (const process of this.#processes) process.kill();
  }
}
