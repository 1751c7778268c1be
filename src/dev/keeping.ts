import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { DevError } from './errors';

/** How a process is ended: `signal` first, SIGKILL to its whole group `graceMs` later. */
export interface EndRule {
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
}

/** The keeper's state, as its first line tells it. `pid` is the process for which the other keeper works. */
export type KeeperState =
  | { readonly state: 'ready'; readonly keeper: Keeper }
  | { readonly state: 'busy'; readonly pid: number; readonly stopping: boolean };

const firstLine = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ready') }),
  z.object({ state: z.literal('busy'), pid: z.number(), stopping: z.boolean() }),
]);

/** This side of the program in keeper.ts: it ends what it watches when this process ends, in whatever way. */
export class Keeper {
  readonly #process: ChildProcess;

  constructor(process: ChildProcess) {
    this.#process = process;
    process.stdin?.on('error', () => undefined);
  }

  /** Ends the process with this id when we are gone; the last watched ends first. */
  watch(pid: number, rule: EndRule): void {
    this.#send({ watch: { pid, ...rule } });
  }

  /** The process ended: its id may soon belong to another. */
  release(pid: number): void {
    this.#send({ release: pid });
  }

  /** Removes a folder after the last watched process. */
  removeAtEnd(path: string): void {
    this.#send({ removeAtEnd: path });
  }

  /** Ends what is still watched, gives the lock back and waits for that. */
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
 * Starts a keeper.
 *
 * @param lock - path of a Unix socket (under 100 characters) that only one keeper at a time can hold; none when absent
 */
export async function startKeeper(lock?: string): Promise<KeeperState> {
  const program = join(__dirname, __filename.endsWith('.ts') ? 'keeper.ts' : 'keeper.js');
  const child = spawn(process.execPath, ['--no-warnings', program, ...(lock === undefined ? [] : [lock])], {
    // A group of its own: Ctrl-C in the terminal is not for it.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {},
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const told = firstLine.parse(JSON.parse(line));
    if (told.state === 'busy') return told;
    child.unref();
    return { state: 'ready', keeper: new Keeper(child) };
  }
  throw new DevError(`The program that ends the started processes did not start: node ${program}`);
}
