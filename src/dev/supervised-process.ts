import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { DevError, messageOf, PortTakenError } from './errors';
import type { EndRule, Reaper } from './reaper-client';

export interface ProcessOptions extends EndRule {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Returns the environment. Called at every start. */
  readonly env: () => NodeJS.ProcessEnv;
  /** Runs the process as this user. Only root can. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** A line that the process prints once it listens. Without it, only `ready` is checked. */
  readonly announces?: RegExp | undefined;
  /**
   * Resolves once the process is ready. Called at every start, after the line that `announces` matches. Must reject when
   * the signal aborts.
   */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** The longest time that the first start may take, in milliseconds. */
  readonly readyWithinMs: number;
  /** Receives every line of output. */
  readonly onLine: (line: string) => void;
  /** Ends the process when we are killed. */
  readonly reaper: Reaper;
  /** Receives a sentence when the process exits unexpectedly and is restarted. Without it, it is not restarted. */
  readonly onRestart?: ((sentence: string) => void) | undefined;
  /** Called at every start with the process id. */
  readonly onStart?: ((pid: number) => void) | undefined;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** After a process has run this long, the back-off starts over at the first pause. */
const STEADY_MS = 60_000;
const LINES_KEPT = 15;
/** How PostgreSQL, Temporal, Node and our own programs report a taken port. */
const PORT_IN_USE = /address already in use|EADDRINUSE|Port \d+ is in use/i;

/** A program that `dev` or a test run starts, restarts when it dies, and ends. */
export class SupervisedProcess {
  readonly #options: ProcessOptions;
  readonly #stopped = new AbortController();
  #child: ChildProcess | null = null;
  #lastLines: string[] = [];
  #announced = Promise.withResolvers<void>();
  #supervision: Promise<void> = Promise.resolve();

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  /** The process id of the current run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Starts the process and waits until it is ready.
   *
   * @throws {@link PortTakenError} when it exits because another program listens on its port
   * @throws {@link DevError} with its last lines of output when it exits earlier or takes too long
   */
  async start(): Promise<void> {
    const { name, readyWithinMs } = this.#options;
    const child = this.#spawn();
    const ended = this.#untilEnd(child);
    const timeout = AbortSignal.timeout(readyWithinMs);
    const signal = AbortSignal.any([this.#stopped.signal, timeout]);
    const notReady = new AbortController();
    try {
      await Promise.race([
        this.#untilReady(AbortSignal.any([signal, notReady.signal])),
        ended.then((how) => {
          throw this.#failure(`${name} exited ${how} while starting`);
        }),
      ]);
    } catch (error) {
      notReady.abort();
      if (this.#stopped.signal.aborted) throw new DevError(`${name} was stopped while starting`);
      await this.#end(child);
      if (timeout.aborted) {
        throw new DevError(this.#withOutput(`${name} was not ready within ${readyWithinMs / 1000} s`));
      }
      throw error;
    }
    this.#supervision = this.#supervise(ended);
  }

  /** Ends the process for good: with its signal first, then with SIGKILL after its grace period. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    if (this.#child !== null) await this.#end(this.#child);
    await this.#supervision;
  }

  /** Kills the process for good. */
  kill(): void {
    this.#stopped.abort();
    if (this.#child !== null) killGroup(this.#child);
  }

  async #supervise(firstEnd: Promise<string>): Promise<void> {
    let ended = firstEnd;
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      const startedAt = performance.now();
      const how = await ended;
      const { name, onRestart } = this.#options;
      if (this.#stopped.signal.aborted || onRestart === undefined) return;
      if (performance.now() - startedAt > STEADY_MS) pause = FIRST_PAUSE_MS;
      onRestart(`${name} exited ${how}; restarting it in ${pause / 1000} s`);
      await delay(pause, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      if (this.#stopped.signal.aborted) return;
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      const child = this.#spawn();
      ended = this.#untilEnd(child);
      void this.#reportReady(ended);
    }
  }

  async #reportReady(ended: Promise<string>): Promise<void> {
    const { name, onRestart } = this.#options;
    const over = new AbortController();
    void ended.then(() => over.abort());
    try {
      await this.#untilReady(AbortSignal.any([this.#stopped.signal, over.signal]));
      onRestart?.(`${name} is running again`);
    } catch (error) {
      if (!over.signal.aborted && !this.#stopped.signal.aborted) onRestart?.(`${name}: ${messageOf(error)}`);
    }
  }

  async #untilReady(signal: AbortSignal): Promise<void> {
    await Promise.race([this.#announced.promise, rejectionOf(signal)]);
    await this.#options.ready(signal);
  }

  #spawn(): ChildProcess {
    const { command, args, env, user, signal, graceMs, reaper, onStart } = this.#options;
    this.#lastLines = [];
    this.#announced = Promise.withResolvers();
    if (this.#options.announces === undefined) this.#announced.resolve();
    const child = spawn(command, args, {
      env: env(),
      ...user,
      // Its own process group: Ctrl-C in the terminal reaches only us, and we end the programs in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) this.#read(stream);
    if (child.pid !== undefined) {
      reaper.watch(child.pid, { signal, graceMs });
      onStart?.(child.pid);
    }
    return child;
  }

  #read(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.#lastLines = [...this.#lastLines, line].slice(-LINES_KEPT);
      if (this.#options.announces?.test(line) === true) this.#announced.resolve();
      this.#options.onLine(line);
    });
  }

  /** @returns how the process ended: `with exit code 1` or `by SIGKILL`. Never rejects */
  #untilEnd(child: ChildProcess): Promise<string> {
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(`(it could not be started: ${error.message})`));
      // `close`, not `exit`: it fires after all output has been read.
      child.once('close', (code, signal) => {
        if (child.pid !== undefined) this.#options.reaper.release(child.pid);
        resolve(signal === null ? `with exit code ${code}` : `by ${signal}`);
      });
    });
  }

  async #end(child: ChildProcess): Promise<void> {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(this.#options.signal);
    const timer = setTimeout(() => killGroup(child), this.#options.graceMs);
    await exited;
    clearTimeout(timer);
  }

  #failure(sentence: string): DevError {
    const message = this.#withOutput(sentence);
    const output = this.#lastLines.join('\n');
    if (!PORT_IN_USE.test(output)) return new DevError(message);
    const port = /\bport (\d+)/i.exec(output)?.[1];
    return new PortTakenError(message, port === undefined ? null : Number(port));
  }

  #withOutput(sentence: string): string {
    const output = this.#lastLines.map((line) => `\n    ${line}`).join('');
    return output === '' ? sentence : `${sentence}. Its last lines:${output}`;
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
}
