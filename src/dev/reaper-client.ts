import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { DevError } from './errors';

/** How a process is ended: `signal` first, then SIGKILL to its whole group after `graceMs` milliseconds. */
export interface EndRule {
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
}

/** The state that a reaper reports in its first line. `pid` is the process that started the other reaper. */
export type ReaperState =
  | { readonly state: 'ready'; readonly reaper: Reaper }
  | { readonly state: 'busy'; readonly pid: number; readonly stopping: boolean };

const firstLine = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ready') }),
  z.object({ state: z.literal('busy'), pid: z.number(), stopping: z.boolean() }),
]);

/** Client of the program in process-reaper.ts, which ends the watched processes when this process ends for any reason. */
export class Reaper {
  readonly #process: ChildProcess;

  constructor(process: ChildProcess) {
    this.#process = process;
    process.stdin?.on('error', () => undefined);
  }

  /** Has the process ended after ours. The last one watched is ended first. */
  watch(pid: number, rule: EndRule): void {
    this.#send({ watch: { pid, ...rule } });
  }

  /** Stops watching a process that has ended: the system may reuse its id. */
  release(pid: number): void {
    this.#send({ release: pid });
  }

  /** Has a file or folder removed after the last watched process has ended. */
  removeAtEnd(path: string): void {
    this.#send({ removeAtEnd: path });
  }

  /** Ends the processes still watched, releases the lock, and waits for both. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.ref();
    this.#process.stdin?.end();
    await exited;
  }

  #send(command: object): void {
    this.#process.stdin?.write(`${JSON.stringify(command)}\n`);
  }
}

/**
 * Starts a reaper.
 *
 * @param lock - path of a Unix socket (under 100 characters) that only one reaper at a time can own; without it, the
 *   reaper takes no lock
 * @throws {@link DevError} when the program exits before it reports its state
 */
export async function startReaper(lock?: string): Promise<ReaperState> {
  const program = join(__dirname, __filename.endsWith('.ts') ? 'process-reaper.ts' : 'process-reaper.js');
  const child = spawn(process.execPath, ['--no-warnings', program, ...(lock === undefined ? [] : [lock])], {
    // Its own process group, so that Ctrl-C in the terminal does not end it.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {},
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const reported = firstLine.parse(JSON.parse(line));
    if (reported.state === 'busy') return reported;
    child.unref();
    return { state: 'ready', reaper: new Reaper(child) };
  }
  throw new DevError(`The process reaper did not start: node ${program}`);
}
