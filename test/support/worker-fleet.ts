import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startReaper, type Reaper } from '../../src/dev/reaper-client';
import { shared } from './shared';

export interface FleetOptions {
  readonly workers: number;
  readonly env: NodeJS.ProcessEnv;
  /** Time-out of one HubSpot request. */
  readonly requestTimeoutMs: number;
}

/** Real worker processes that are restarted whenever they exit, as by a supervisor. */
export class WorkerFleet {
  readonly #reaper: Reaper;
  readonly #env: NodeJS.ProcessEnv;
  readonly #requestTimeoutMs: number;
  readonly #children: (ChildProcess | null)[];
  readonly #output: string[] = [];
  readonly #lives: Promise<void>[];
  #stopped = false;
  #kills = 0;

  private constructor(options: FleetOptions, reaper: Reaper) {
    this.#reaper = reaper;
    this.#env = options.env;
    this.#requestTimeoutMs = options.requestTimeoutMs;
    this.#children = Array.from({ length: options.workers }, () => null);
    this.#lives = this.#children.map((_, index) => this.#live(index));
  }

  static async start(options: FleetOptions): Promise<WorkerFleet> {
    const started = await startReaper();
    if (started.state !== 'ready') throw new Error('A reaper without a lock is never busy');
    return new WorkerFleet(options, started.reaper);
  }

  /** The output of all workers, including killed ones. */
  get output(): string {
    return this.#output.join('');
  }

  get kills(): number {
    return this.#kills;
  }

  /** Kills a worker with SIGKILL. Does nothing while it is down. */
  kill(index: number): void {
    const child = this.#children[index % this.#children.length];
    if (child === null || child === undefined || child.killed || child.exitCode !== null) return;
    child.kill('SIGKILL');
    this.#kills += 1;
  }

  /** Waits until a worker is ready. */
  async ready(): Promise<void> {
    while (!this.output.includes('worker ready')) {
      if (this.#stopped) throw new Error(`no worker became ready: ${this.output.slice(-2_000)}`);
      // oxlint-disable-next-line no-await-in-loop -- polling
      await delay(50);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const child of this.#children) child?.kill('SIGKILL');
    await Promise.all(this.#lives);
    await this.#reaper.close();
  }

  async #live(index: number): Promise<void> {
    while (!this.#stopped) {
      const child = spawn(
        process.execPath,
        [path.join(__dirname, 'worker-process.cjs'), shared('dist'), String(this.#requestTimeoutMs)],
        { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      this.#children[index] = child;
      const { pid } = child;
      if (pid !== undefined) this.#reaper.watch(pid, { signal: 'SIGKILL', graceMs: 0 });
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => this.#output.push(text));
      }
      // oxlint-disable-next-line no-await-in-loop -- one life after the other
      await once(child, 'close');
      if (pid !== undefined) this.#reaper.release(pid);
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (!this.#stopped) await delay(100);
    }
  }
}
